// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "vitest";
import { digestOf, LIMITS } from "#base";
import { type Descriptor, OCI_CONFIG, OCI_MANIFEST } from "#oci";
import type { ReferrerSource } from "#signatures";
import { type AttachedKind, readReferrers } from "./attached.ts";

const TYPE = "application/vnd.example.signature";
const ASKED: AttachedKind = { kind: "cosign", isLayer: (type) => type === TYPE, maxBytes: LIMITS.maxAttestationBytes };

function describeBlob(size: number, name = "blob"): Descriptor {
  return { mediaType: TYPE, digest: digestOf(name), size };
}

/** A repository with one manifest for each list of layers; blobs have no content, and the sizes of their descriptors. */
function repositoryOf(manifests: readonly (readonly Descriptor[])[]) {
  const read: Descriptor[] = [];
  const config = { mediaType: OCI_CONFIG, digest: digestOf("{}"), size: 2 };
  const contents = manifests.map((layers, index) =>
    Buffer.from(
      JSON.stringify({ schemaVersion: 2, mediaType: OCI_MANIFEST, config, layers, annotations: { at: `${index}` } }),
    ),
  );
  const byDigest = new Map(contents.map((bytes) => [digestOf(bytes), bytes]));
  const referrers = contents.map((bytes) => ({
    mediaType: OCI_MANIFEST,
    digest: digestOf(bytes),
    size: bytes.length,
  }));
  const source: ReferrerSource = {
    listReferrers: () => Promise.resolve(referrers),
    readManifest: (name) => {
      const bytes = byDigest.get(name as Descriptor["digest"]);
      return Promise.resolve(bytes && { mediaType: OCI_MANIFEST, digest: digestOf(bytes), bytes });
    },
    readBlob: (descriptor) => {
      read.push(descriptor);
      return Promise.resolve(Buffer.alloc(0));
    },
  };
  return { source, referrers, read };
}

const signal = new AbortController().signal;

describe("what is attached is counted before it is read", () => {
  it("one blob that many manifests list many times", async () => {
    const layers = Array.from({ length: LIMITS.maxSignatures }, () => describeBlob(1_000_000));
    const { source, referrers, read } = repositoryOf([layers, layers, layers]);
    const found = await readReferrers(source, referrers, ASKED, signal);
    expect(read).toHaveLength(LIMITS.maxSignatures);
    expect(found).toMatchObject({ isComplete: false, problems: [{ code: "LIMIT_EXCEEDED", effect: "unknown" }] });
  });

  it("large ones up to a number of bytes; the small one behind them is read", async () => {
    const large = Array.from({ length: 20 }, () => describeBlob(LIMITS.maxAttestationBytes));
    const small = describeBlob(1_000, "small");
    const { source, referrers, read } = repositoryOf([[...large, small]]);
    const found = await readReferrers(source, referrers, ASKED, signal);
    expect(read.reduce((sum, { size }) => sum + size, 0)).toBe(2 * LIMITS.maxAttestationBytes + small.size);
    expect(read).toContainEqual(small);
    expect(found.isComplete).toBe(false);
  });

  it("everything, when it is within the limits", async () => {
    const { source, referrers, read } = repositoryOf([[describeBlob(10)], [describeBlob(20)], []]);
    const found = await readReferrers(source, referrers, ASKED, signal);
    expect(found).toMatchObject({ isComplete: true, problems: [] });
    expect(read.map(({ size }) => size)).toEqual([10, 20]);
  });
});
