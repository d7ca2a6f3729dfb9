// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "vitest";
import { digestOf } from "#base";
import type { ReferrerSource } from "#signatures";
import { keepManifests } from "./keep-manifests.ts";

const small = Buffer.from("{}");
const large = Buffer.alloc(17 * 1024, " ");

/** A source with these manifests, and the names that it was asked for. */
function countedSource(manifests: Readonly<Record<string, Buffer>>): { source: ReferrerSource; asked: string[] } {
  const asked: string[] = [];
  const source: ReferrerSource = {
    listReferrers: () => Promise.resolve([]),
    readBlob: () => Promise.resolve(Buffer.alloc(0)),
    readManifest: (name) => {
      asked.push(name);
      const bytes = manifests[name];
      return Promise.resolve(
        bytes === undefined ? undefined : { mediaType: "application/json", digest: digestOf(bytes), bytes },
      );
    },
  };
  return { source, asked };
}

describe("manifests of one look", () => {
  it.each([
    ["a small one by digest is asked for once", digestOf(small), 1],
    ["a large one is not held", digestOf(large), 2],
    ["a tag is asked for each time", "sha256-00.sig", 2],
    ["what is not there is asked for each time", digestOf(Buffer.from("gone")), 2],
  ])("%s", async (_, name, times) => {
    const { source, asked } = countedSource({
      [digestOf(small)]: small,
      [digestOf(large)]: large,
      "sha256-00.sig": small,
    });
    const kept = keepManifests(source);
    const first = await kept.readManifest(name);
    expect(await kept.readManifest(name)).toEqual(first);
    expect(asked).toHaveLength(times);
  });
});
