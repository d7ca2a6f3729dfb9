// SPDX-License-Identifier: Apache-2.0
import { beforeEach, describe, expect, it } from "vitest";
import { digestOf } from "#base";
import {
  AdmissionWorld,
  ask,
  image,
  OURS,
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

describe("/validate", () => {
  it("lets through what was pinned, and changes and records nothing", async () => {
    await world.start();
    expect(await ask(world, request(pod(pinned("good"))), "/validate")).toEqual({ uid: "u1", allowed: true });
    expect(world.decisions).toEqual([]);
  });

  it("refuses an image that was put in after the first webhook", async () => {
    await world.start();
    expect(await ask(world, request(pod(pinned("bad"))), "/validate")).toMatchObject({ allowed: false });
    expect(world.decisions).toMatchObject([{ outcome: "deny" }]);
  });

  it("refuses a tag where the policy pins digests", async () => {
    await world.start();
    const response = await ask(world, request(pod(image("good"))), "/validate");
    expect(response).toMatchObject({
      allowed: false,
      status: { code: 403, details: { causes: [{ reason: "DIGEST_REQUIRED" }] } },
    });
  });

  it("accepts a tag where it does not", async () => {
    world.mutateImage = false;
    await world.start();
    expect(await ask(world, request(pod(image("good"))), "/validate")).toMatchObject({ allowed: true });
  });

  it.each([
    {
      name: "a tag that names the digest counts",
      claim: image("one"),
      tags: { "team/app:one": "hidden" },
      allowed: true,
    },
    {
      name: "a tag that names another digest does not",
      claim: image("one"),
      tags: { "team/app:one": "good" },
      allowed: false,
    },
    {
      name: "a tag of another repository does not",
      claim: `${OURS}/other/app:one`,
      tags: { "other/app:one": "hidden" },
      allowed: false,
    },
    { name: "what is no reference does not", claim: "::", tags: {}, allowed: false },
  ])("the note of the tag is only a hint: $name", async ({ claim, tags, allowed }) => {
    await world.start();
    for (const [tag, name] of Object.entries(tags)) {
      world.tags.set(tag, digestOf(name));
    }
    const judged: string[] = [];
    world.verdict = (digest) => {
      const reference = world.questions.at(-1) ?? "";
      judged.push(reference);
      // Only the entry for the tag allows the image.
      const outcome = reference.includes(":one ") ? "allow" : "deny";
      const base = new AdmissionWorld().verdict(digestOf(outcome === "allow" ? "good" : "bad"));
      return { ...base, digest };
    };
    const object = {
      ...pod(pinned("hidden")),
      metadata: { annotations: { "haechi.dev/original-images": JSON.stringify({ c0: claim }) } },
    };
    // The first webhook is asked again when another one changes the Pod.
    for (const path of ["/validate", "/admit"]) {
      judged.length = 0;
      expect((await ask(world, request(object), path)).allowed).toBe(allowed);
      expect(judged.length).toBe(allowed ? 2 : 1);
    }
  });
});
