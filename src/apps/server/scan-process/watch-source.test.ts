// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "vitest";
import { digestOf } from "#base";
import { type Descriptor, type ImageSource, OCI_LAYER, OCI_MANIFEST } from "#oci";
import { watchSource } from "./watch-source.ts";

const LAYER: Descriptor = { mediaType: OCI_LAYER, digest: digestOf("layer"), size: 3 };

/** A source whose only blob comes in three parts and ends with the error, if one is given. */
function source(error?: Error): { readonly source: ImageSource; readonly sent: () => number } {
  let sent = 0;
  async function* parts(): AsyncGenerator<Uint8Array, void, undefined> {
    for (; sent < 3; ) {
      sent += 1;
      yield await Promise.resolve(Uint8Array.of(sent));
    }
    if (error !== undefined) {
      throw error;
    }
  }
  return {
    sent: () => sent,
    source: {
      location: "docker://registry.example/app",
      root: { mediaType: OCI_MANIFEST, digest: digestOf("root"), bytes: new Uint8Array() },
      readManifest: () => (error === undefined ? Promise.resolve(new Uint8Array()) : Promise.reject(error)),
      openBlob: () => Promise.resolve(parts()),
      [Symbol.asyncDispose]: () => Promise.resolve(),
    },
  };
}

describe("a watched source", () => {
  it("that is read to its end and keeps its word has no failure", async () => {
    const watched = watchSource(source().source);
    const read: number[] = [];
    for await (const chunk of await watched.source.openBlob(LAYER)) {
      read.push(...chunk);
    }
    expect([read, watched.failure()]).toEqual([[1, 2, 3], undefined]);
  });

  it("is read to its end though the reader gave up, since only then its digest is known", async () => {
    const lie = new Error("another digest");
    const inner = source(lie);
    const watched = watchSource(inner.source);
    for await (const chunk of await watched.source.openBlob(LAYER)) {
      expect(chunk).toEqual(Uint8Array.of(1));
      break;
    }
    expect([inner.sent(), watched.failure()]).toEqual([3, lie]);
  });

  it("remembers a manifest that could not be had", async () => {
    const gone = new Error("gone");
    const watched = watchSource(source(gone).source);
    await expect(watched.source.readManifest(LAYER)).rejects.toBe(gone);
    expect(watched.failure()).toBe(gone);
  });
});
