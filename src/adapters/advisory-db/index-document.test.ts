// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "vitest";
import { digestOf, LIMITS } from "#base";
import { infoOf, parseIndexDocument } from "./index-document.ts";
import { FORMAT_VERSION } from "./schema.ts";

function shard(name: string, more: object = {}): object {
  return { name, digest: digestOf(name), records: 1, newest: "", scopes: { [name]: 1 }, sources: [], ...more };
}

function documentOf(...shards: readonly object[]): Uint8Array {
  return Buffer.from(JSON.stringify({ format: FORMAT_VERSION, isBundled: false, shards }));
}

describe("an index document that somebody made", () => {
  it.each([
    { name: "a shard twice", shards: [shard("npm"), shard("npm")] },
    { name: "shards out of order", shards: [shard("npm"), shard("PyPI")] },
    { name: "a digest that is a path", shards: [shard("npm", { digest: "sha256:../../etc/passwd" })] },
    { name: "control characters in a name", shards: [shard("npm\u001b[2J")] },
    { name: "fewer records than none", shards: [shard("npm", { records: -1 })] },
  ])("with $name is refused", ({ shards }) => {
    expect(() => parseIndexDocument(documentOf(...shards), "index.json")).toThrow(
      expect.objectContaining({ code: "ADVISORY_DATABASE_CORRUPT" }),
    );
  });

  it("larger than the limit is not even parsed", () => {
    const bytes = Buffer.alloc(LIMITS.maxAdvisoryIndexBytes + 1, " ");
    bytes.set(documentOf(shard("npm")));
    expect(() => parseIndexDocument(bytes, "index.json")).toThrow(/is larger than \d+ bytes/);
    expect(parseIndexDocument(bytes.subarray(0, -1), "index.json").shards).toHaveLength(1);
  });

  it("does not claim to know an ecosystem whose rows lie in the shard of another", () => {
    const bytes = documentOf(shard("npm", { scopes: { npm: 1, "Debian:12": 9 } }));
    expect(infoOf(parseIndexDocument(bytes, "index.json")).ecosystems).toEqual({ npm: 1 });
  });
});
