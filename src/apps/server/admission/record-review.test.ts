// SPDX-License-Identifier: Apache-2.0
import { beforeEach, describe, expect, it } from "vitest";
import {
  type AdmissionWorld,
  ask,
  image,
  pinned,
  pod,
  request,
  useAdmissionWorld,
} from "../../../../test/support/admission-world.ts";

const place = useAdmissionWorld();
let world: AdmissionWorld;
beforeEach(() => {
  world = place.current;
});

/** The values of a counter by their labels. */
async function counts(name: "images" | "undecided" | "passes"): Promise<Readonly<Record<string, number>>> {
  const metric = world.metrics.getSingleMetric(`haechi_admission_${name}_total`);
  const { values } = (await metric?.get()) ?? { values: [] };
  return Object.fromEntries(values.map(({ labels, value }) => [Object.values(labels).join(" "), value]));
}

/** Asks the webhooks one after the other, as the API server does: not the next one where one refuses. */
async function admit(paths: readonly string[], ...asked: readonly { written: string; stored: string }[]) {
  for (const path of paths) {
    const references = asked.map(({ written, stored }) => (path === paths[0] ? written : stored));
    const response = await ask(world, request(pod(...references)), path);
    if (!response.allowed) {
      return;
    }
  }
}

const GOOD = { written: image("good"), stored: pinned("good") };
const UNKNOWN = { written: image("unknown"), stored: pinned("unknown") };
const OURS = ["/admit", "/validate"];
const CISE = ["/admit/trust", "/admit/va", "/validate"];

describe.each([
  { name: "with our webhooks", paths: OURS },
  { name: "with those of CISE", paths: CISE },
])("$name", ({ paths }) => {
  it("an image that is allowed counts once", async () => {
    await world.start();
    await admit(paths, GOOD);
    expect(await counts("images")).toEqual({ allow: 1 });
  });

  it("an image that passes undecided counts once, as such", async () => {
    world.failure = "allow";
    await world.start();
    await admit(paths, UNKNOWN, GOOD);
    expect([await counts("images"), await counts("undecided"), await counts("passes")]).toEqual([
      { allow: 1, undecided: 1 },
      { "SCAN_MISSING allow": 1 },
      { failure: 1 },
    ]);
  });

  it("what is undecided for no reason of the scan counts once, too, and is recorded as such", async () => {
    world.failure = "allow";
    world.undecidedCode = "CONFIG_UNKNOWN";
    await world.start();
    await admit(paths, UNKNOWN);
    expect([await counts("images"), await counts("passes")]).toEqual([{ undecided: 1 }, { failure: 1 }]);
    expect(world.decisions).toMatchObject([{ outcome: "undecided", passedAs: "failure" }]);
  });

  it("an image that is denied counts once", async () => {
    await world.start();
    await admit(paths, { written: image("bad"), stored: pinned("bad") });
    expect(await counts("images")).toEqual({ deny: 1 });
  });

  it("an image that another webhook put there counts when validation refuses it, and the others not again", async () => {
    await world.start();
    await admit(paths, GOOD, { written: image("good"), stored: pinned("good") });
    expect(await counts("images")).toEqual({ allow: 2 });
    expect((await ask(world, request(pod(pinned("good"), pinned("bad"))), "/validate")).allowed).toBe(false);
    expect(await counts("images")).toEqual({ allow: 2, deny: 1 });
  });

  it("a dry run does not count", async () => {
    await world.start();
    for (const path of paths) {
      expect((await ask(world, request(pod(pinned("good")), { dryRun: true }), path)).allowed).toBe(true);
    }
    expect(await counts("images")).toEqual({});
  });
});
