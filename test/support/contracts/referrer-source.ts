// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "vitest";
import { type Digest, digestOf } from "#base";
import { OCI_EMPTY, OCI_MANIFEST } from "#oci";
import type { ReferrerSource } from "#signatures";

/** Content of one repository for the suite: manifests by tag or digest, and blobs. */
export interface TestRepository {
  readonly subject: TestManifest;
  /** Attached to the subject, in order. */
  readonly referrers: readonly TestManifest[];
  /** Under the tag `<tag>`; not attached. */
  readonly tagged: { readonly tag: string; readonly manifest: TestManifest };
  readonly blobs: ReadonlyMap<Digest, Uint8Array>;
}

export interface TestManifest {
  readonly mediaType: string;
  readonly artifactType: string;
  readonly digest: Digest;
  readonly bytes: Buffer;
}

const EMPTY = Buffer.from("{}");
const SIGNATURE = Buffer.from("a signature");

/** A repository with an image, two artifacts attached to it, and one under a tag. */
export function buildTestRepository(): TestRepository {
  const subject = manifest("application/vnd.example.image");
  return {
    subject,
    referrers: [
      manifest("application/vnd.example.signature", subject),
      manifest("application/vnd.example.other", subject),
    ],
    tagged: { tag: `sha256-${subject.digest.slice(7)}.sig`, manifest: manifest("application/vnd.example.tagged") },
    blobs: new Map([EMPTY, SIGNATURE].map((bytes) => [digestOf(bytes), bytes])),
  };
}

function manifest(artifactType: string, subject?: TestManifest): TestManifest {
  const bytes = Buffer.from(
    JSON.stringify({
      schemaVersion: 2,
      mediaType: OCI_MANIFEST,
      artifactType,
      config: describeBlob(EMPTY, OCI_EMPTY),
      layers: [describeBlob(SIGNATURE, "application/vnd.example.layer")],
      ...(subject === undefined
        ? {}
        : { subject: { mediaType: subject.mediaType, digest: subject.digest, size: subject.bytes.length } }),
    }),
  );
  return { mediaType: OCI_MANIFEST, artifactType, digest: digestOf(bytes), bytes };
}

function describeBlob(bytes: Uint8Array, mediaType: string) {
  return { mediaType, digest: digestOf(bytes), size: bytes.length };
}

/** What every `ReferrerSource` must do. `open` serves the repository; `close` is called after each test. */
export function describeReferrerSourceContract(
  name: string,
  open: (
    repository: TestRepository,
  ) => Promise<{ readonly source: ReferrerSource; readonly close: () => Promise<void> }>,
): void {
  const repository = buildTestRepository();

  describe(`${name} as a ReferrerSource`, () => {
    async function within(action: (source: ReferrerSource) => Promise<void>): Promise<void> {
      const { source, close } = await open(repository);
      try {
        await action(source);
      } finally {
        await close();
      }
    }

    it("certainly nothing is attached to what nobody attached to", async () => {
      await within(async (source) => {
        expect(await source.listReferrers(digestOf("nothing"))).toEqual([]);
      });
    });

    it("lists what is attached, each once, with its type", async () => {
      await within(async (source) => {
        const listed = await source.listReferrers(repository.subject.digest);
        const byDigest = Object.fromEntries(listed.map((each) => [each.digest, each.artifactType]));
        expect(listed).toHaveLength(2);
        expect(byDigest).toEqual(
          Object.fromEntries(repository.referrers.map((each) => [each.digest, each.artifactType])),
        );
      });
    });

    it("reads manifests by digest and by tag, and says when there is none", async () => {
      await within(async (source) => {
        const { tag, manifest: tagged } = repository.tagged;
        expect(await source.readManifest(tag)).toMatchObject({ digest: tagged.digest, mediaType: OCI_MANIFEST });
        const [referrer] = repository.referrers;
        const found = await source.readManifest(referrer?.digest ?? "");
        expect(Buffer.from(found?.bytes ?? []).equals(referrer?.bytes ?? EMPTY)).toBe(true);
        expect(await source.readManifest("no-such-tag")).toBeUndefined();
        expect(await source.readManifest(digestOf("no such manifest"))).toBeUndefined();
      });
    });

    it("reads blobs, at most as large as asked for", async () => {
      const descriptor = { mediaType: "x/y", digest: digestOf(SIGNATURE), size: SIGNATURE.length };
      await within(async (source) => {
        expect(Buffer.from(await source.readBlob(descriptor, 100)).toString()).toBe("a signature");
        await expect(source.readBlob(descriptor, 5)).rejects.toMatchObject({ code: "LIMIT_EXCEEDED" });
      });
    });

    it("a blob that is missing, or of another size, is an error", async () => {
      await within(async (source) => {
        const missing = { mediaType: "x/y", digest: digestOf("missing"), size: 7 };
        await expect(source.readBlob(missing, 100)).rejects.toHaveProperty("code");
        const longer = { mediaType: "x/y", digest: digestOf(SIGNATURE), size: SIGNATURE.length + 1 };
        await expect(source.readBlob(longer, 100)).rejects.toHaveProperty("code");
      });
    });
  });
}
