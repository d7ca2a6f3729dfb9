// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "vitest";
import type { ForeignRegistry } from "../../../../test/support/foreign-registry.ts";
import { buildImage } from "../../../../test/support/image-builder.ts";
import {
  cleanScan,
  DEBIAN_LAYER,
  IMAGE,
  OTHER_IMAGE,
  outcomeOf,
  SCANNED,
} from "../../../../test/support/remote-world.ts";
import { codesOf, useForeignRegistry } from "../../../../test/support/use-foreign-registry.ts";

let registry: ForeignRegistry;
const gate = useForeignRegistry((started) => {
  registry = started;
});

describe("an image of another registry", () => {
  it("that the policy leaves unchecked contacts nothing", async () => {
    const { ask } = await gate({ policies: [{ ...SCANNED, repositories: [{ name: "*" }] }] });
    expect((await ask(registry.reference("app:1"))).verdict.outcome).toBe("allow");
    expect(registry.asked).toEqual([]);
  });

  it("is scanned in a process of its own while the review waits, and pinned to what was judged", async () => {
    const { ask, database } = await gate();
    const { verdict, pinned } = await ask(registry.reference("app:1"));
    expect(outcomeOf(verdict)).toBe("allow");
    expect(pinned).toBe(`${registry.host}/app@${IMAGE.manifest.digest}`);
    expect((await database.scans.find(IMAGE.manifest.digest))?.isRemote).toBe(true);
  });

  it("is asked for again neither by tag nor by digest while it is remembered", async () => {
    const { ask } = await gate({ scan: cleanScan({ scans: 0 }) });
    const { pinned = "" } = await ask(registry.reference("app:1"));
    const before = registry.asked.length;
    expect((await ask(registry.reference("app:1"))).verdict.outcome).toBe("allow");
    expect((await ask(pinned)).verdict.outcome).toBe("allow");
    expect(registry.asked).toHaveLength(before);
  });

  it("is judged by what it is now when the tag moves, and only bytes that are new are fetched", async () => {
    let nowMs = Date.now();
    const { ask } = await gate({ scan: cleanScan({ scans: 0 }), clock: { now: () => new Date(nowMs) } });
    await ask(registry.reference("app:1"));
    nowMs += 11_000;
    registry.asked.length = 0;
    await ask(registry.reference("app:1"));
    expect(registry.asked).toEqual(["HEAD /v2/app/manifests/1"]);
    registry.push("app", "1", OTHER_IMAGE);
    nowMs += 11_000;
    const { pinned } = await ask(registry.reference("app:1"));
    expect(pinned).toBe(`${registry.host}/app@${OTHER_IMAGE.manifest.digest}`);
    expect(registry.asked).toContain("GET /v2/app/manifests/1");
  });

  it("45 reviews at once cost one manifest, one verification and one scan", async () => {
    const count = { scans: 0 };
    const { ask } = await gate({ scan: cleanScan(count) });
    const answers = await Promise.all(Array.from({ length: 45 }, () => ask(registry.reference("app:1"))));
    expect(new Set(answers.map(({ verdict, pinned }) => `${verdict.outcome} ${pinned ?? ""}`)).size).toBe(1);
    expect(answers[0]?.verdict.outcome).toBe("allow");
    expect({ asked: registry.asked, scans: count.scans }).toEqual({ asked: ["GET /v2/app/manifests/1"], scans: 1 });
  });

  it("is not scanned where that is switched off, and the verdict says so", async () => {
    const { ask, database } = await gate({ admission: { inlineScan: false } });
    const { verdict } = await ask(registry.reference("app:1"));
    expect(verdict).toMatchObject({
      outcome: "undecided",
      reasons: [{ code: "SCAN_MISSING", params: { origin: "remote" } }],
    });
    expect(await database.scans.find(IMAGE.manifest.digest)).toBeUndefined();
  });

  it("whose scan takes longer than the review is undecided, and allowed when it is asked for again", async () => {
    const { promise: hold, resolve: release } = Promise.withResolvers<void>();
    const { ask } = await gate({ scan: cleanScan({ scans: 0 }, hold) });
    const { verdict } = await ask(registry.reference("app:1"), { deadline: performance.now() + 300 });
    expect(outcomeOf(verdict)).toBe("undecided SCAN_PENDING");
    release();
    const later = await ask(registry.reference("app:1"));
    expect(later.verdict.outcome).toBe("allow");
  });

  it("whose digest the policy wants pinned, and nothing else, does not pass unpinned while the registry is away", async () => {
    const { ask } = await gate({
      policies: [{ ...SCANNED, repositories: [{ name: "*", policy: { mutateImage: true } }] }],
    });
    expect((await ask(registry.reference("app:1"))).pinned).toBe(`${registry.host}/app@${IMAGE.manifest.digest}`);
    expect(outcomeOf((await ask(registry.reference("app:none"))).verdict)).toBe("undecided IMAGE_NOT_FOUND");
  });

  it("is known to reports without an access, from what is stored alone", async () => {
    const { ask, judge } = await gate({ scan: cleanScan({ scans: 0 }) });
    await ask(registry.reference("app:1"));
    const before = registry.asked.length;
    const { verdict } = await judge.judge({
      reference: registry.reference("app:1"),
      repository: "app",
      digest: IMAGE.manifest.digest,
      gate: "admission",
    });
    expect(verdict.outcome).toBe("allow");
    expect(registry.asked).toHaveLength(before);
  });

  it("tells its user and its age where the policy asks, and no more is fetched for that than the configuration", async () => {
    const image = buildImage([DEBIAN_LAYER], { config: { User: "0:0" }, created: "2020-01-01T00:00:00Z" });
    registry.push("root", "1", image);
    const { ask } = await gate({
      policies: [
        {
          ...SCANNED,
          repositories: [{ name: "*", policy: { image: { maxAge: "90d" }, configuration: { rootUser: "deny" } } }],
        },
      ],
    });
    const { verdict } = await ask(registry.reference("root:1"));
    expect(codesOf(verdict).toSorted()).toEqual(["IMAGE_TOO_OLD", "ROOT_USER"]);
    const { config } = JSON.parse(String(image.blobs.get(image.manifest.digest))) as { config: { digest: string } };
    expect(registry.asked).toEqual(["GET /v2/root/manifests/1", `GET /v2/root/blobs/${config.digest}`]);
  });
});
