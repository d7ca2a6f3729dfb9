// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "vitest";
import { digestOf } from "#base";
import type { AdmissionRecordStore, AdmittedOwner, KnownImage } from "#database";

const NOW = new Date("2026-11-22T12:00:00.000Z");
const HOUR_MS = 3_600_000;

/** A moment some hours before the time of the stores under test. */
function hoursAgo(hours: number): string {
  return new Date(NOW.getTime() - hours * HOUR_MS).toISOString();
}

const KNOWN: KnownImage = {
  namespace: "team",
  reference: "registry.example/app:1",
  digest: digestOf("app"),
  policyGeneration: "0123456789abcdef",
  admittedAt: hoursAgo(2),
};
const ASKED = { namespace: "team", reference: KNOWN.reference, policyGeneration: KNOWN.policyGeneration };

const OWNER: AdmittedOwner = {
  uid: "u-1",
  namespace: "team",
  images: [
    { place: "/spec/containers/0/image", reference: "app:1", digest: digestOf("app") },
    { place: "/spec/containers/1/image", reference: "sidecar:1" },
  ],
  usedAt: hoursAgo(2),
};

/** What admission remembers, of a store whose clock stands still at 2026-11-22T12:00:00Z. */
export function admissionRecordContract(open: (now: () => Date) => Promise<AdmissionRecordStore>): void {
  function start(): Promise<AdmissionRecordStore> {
    return open(() => NOW);
  }

  describe("a known image", () => {
    it.each<{ readonly name: string; readonly known?: Partial<KnownImage>; readonly asked?: Partial<typeof ASKED> }>([
      { name: "that is older than a day", known: { admittedAt: hoursAgo(24.1) } },
      { name: "in another namespace", asked: { namespace: "other" } },
      { name: "by another reference", asked: { reference: "registry.example/app:2" } },
      { name: "under other policies", asked: { policyGeneration: "fedcba9876543210" } },
      {
        name: "whose parts are cut differently",
        known: { namespace: "team\nregistry.example/app:1", reference: "" },
        asked: { namespace: "team" },
      },
    ])("$name is not found", async ({ known, asked }) => {
      const store = await start();
      store.recordKnown({ ...KNOWN, ...known });
      await store.flush();
      expect(await store.findKnown({ ...ASKED, ...asked })).toBeUndefined();
    });

    it.each<{ readonly name: string; readonly denied: Partial<Parameters<AdmissionRecordStore["recordDenied"]>[0]> }>([
      { name: "its reference", denied: {} },
      { name: "its reference, with another digest", denied: { digest: digestOf("other") } },
      { name: "its digest, by another reference", denied: { reference: "other", digest: KNOWN.digest } },
      { name: "it at the same moment", denied: { deniedAt: KNOWN.admittedAt } },
    ])("is ended by a denial of $name, whichever record arrives first", async ({ denied }) => {
      const denial = { namespace: "team", reference: KNOWN.reference, deniedAt: hoursAgo(1), ...denied };
      const [first, second] = [await start(), await start()];
      first.recordKnown(KNOWN);
      await first.flush();
      first.recordDenied(denial);
      second.recordDenied(denial);
      await second.flush();
      second.recordKnown(KNOWN);
      // What still waits to be written counts.
      expect([await first.findKnown(ASKED), await second.findKnown(ASKED)]).toEqual([undefined, undefined]);
    });

    it("is known again after a later allow, and not ended by an earlier or foreign denial", async () => {
      const store = await start();
      store.recordDenied({ namespace: "team", reference: KNOWN.reference, deniedAt: hoursAgo(3) });
      store.recordDenied({
        namespace: "other",
        reference: KNOWN.reference,
        digest: KNOWN.digest,
        deniedAt: hoursAgo(1),
      });
      store.recordDenied({ namespace: "team", reference: "other", digest: digestOf("other"), deniedAt: hoursAgo(1) });
      store.recordKnown(KNOWN);
      expect(await store.findKnown(ASKED)).toBe(KNOWN.digest);
      store.recordDenied({ namespace: "team", reference: KNOWN.reference, deniedAt: hoursAgo(1) });
      expect(await store.findKnown(ASKED)).toBeUndefined();
      store.recordKnown({ ...KNOWN, admittedAt: hoursAgo(0.5) });
      expect(await store.findKnown(ASKED)).toBe(KNOWN.digest);
    });

    it("is the one that was admitted last", async () => {
      const store = await start();
      store.recordKnown({ ...KNOWN, digest: digestOf("newer"), admittedAt: hoursAgo(1) });
      store.recordKnown(KNOWN);
      expect(await store.findKnown(ASKED)).toBe(digestOf("newer"));
    });
  });

  describe("an admitted owner", () => {
    it("is found by its uid in its namespace, for thirty days", async () => {
      const store = await start();
      store.recordOwner(OWNER);
      store.recordOwner({ ...OWNER, uid: "u-2", usedAt: hoursAgo(30 * 24 + 1) });
      expect((await store.findOwners({ uid: "u-1", namespace: "team" })).map(({ images }) => images)).toEqual([
        OWNER.images,
      ]);
      expect(await store.findOwners({ uid: "u-1", namespace: "other" })).toEqual([]);
      expect(await store.findOwners({ uid: "u-2", namespace: "team" })).toEqual([]);
    });

    it("keeps the digests that were admitted last for the same references", async () => {
      const store = await start();
      store.recordOwner(OWNER);
      await store.flush();
      const images = OWNER.images.map((image) => ({ ...image, digest: digestOf("newer") }));
      store.recordOwner({ ...OWNER, images, usedAt: hoursAgo(1) });
      expect((await store.findOwners({ uid: "u-1", namespace: "team" })).map((each) => each.images)).toEqual([images]);
    });

    it("may have been admitted with several sets of images, newest first", async () => {
      const store = await start();
      const other = {
        ...OWNER,
        images: [{ place: "/spec/containers/0/image", reference: "app:2" }],
        usedAt: hoursAgo(1),
      };
      store.recordOwner(OWNER);
      store.recordOwner(other);
      expect((await store.findOwners({ uid: "u-1", namespace: "team" })).map(({ images }) => images)).toEqual([
        other.images,
        OWNER.images,
      ]);
    });
  });
}
