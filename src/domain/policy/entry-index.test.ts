// SPDX-License-Identifier: Apache-2.0
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { rounds } from "../../../test/support/rounds.ts";
import { createEntryIndex } from "./entry-index.ts";
import { spellingsOf } from "./image-spelling.ts";
import { matchRepositoryName } from "./match-repository-name.ts";
import type { PolicyDocument } from "./policy-document.ts";
import { selectEntry } from "./select-entry.ts";

function cluster(names: readonly string[], name = "p"): PolicyDocument {
  return { kind: "ClusterImagePolicy", name, repositories: names.map((each) => ({ name: each })) };
}

/** Every entry is tried. */
function findAll(documents: readonly PolicyDocument[], reference: string, hostAliases: readonly string[]) {
  const spellings = spellingsOf(reference, hostAliases);
  return documents.flatMap((document) =>
    document.repositories.flatMap((entry, index) => {
      const match = matchRepositoryName(entry.name, spellings);
      return match === undefined ? [] : [{ document: document.name, name: entry.name, index, match }];
    }),
  );
}

function findIndexed(documents: readonly PolicyDocument[], reference: string, hostAliases: readonly string[]) {
  return createEntryIndex(documents)
    .findCandidates(spellingsOf(reference, hostAliases))
    .map(({ document, entry, index, match }) => ({ document: document.name, name: entry.name, index, match }));
}

function sorted<T>(found: readonly T[]): readonly string[] {
  return found.map((each) => JSON.stringify(each)).toSorted();
}

const D = `sha256:${"a".repeat(64)}`;
const HOSTS = [
  "icr.io",
  "us.icr.io",
  "icr.io:443",
  "icr.io.evil.com",
  "registry:5000",
  "registry",
  "docker.io",
  "index.docker.io",
  "[::1]:5000",
  "10.0.0.1:5000",
  "a.b",
];
const PATHS = ["nginx", "library/nginx", "team/app", "team/app2", "a", "a/b", "a/b/c", "ns/img"];
const TAGS = ["", ":v1", ":latest", ":1.0-debug", `@${D}`, `:v1@${D}`];

const anyReference = fc.oneof(
  fc
    .tuple(
      fc.option(fc.constantFrom(...HOSTS), { nil: undefined }),
      fc.constantFrom(...PATHS),
      fc.constantFrom(...TAGS),
    )
    .map(([host, path, tag]) => `${host === undefined ? "" : `${host}/`}${path}${tag}`),
  fc.string({ maxLength: 30 }),
);
/** Names as people write them: a reference with pieces of it replaced by `*`, and pieces glued together. */
const anyName = fc.oneof(
  fc
    .tuple(anyReference, fc.array(fc.tuple(fc.nat(80), fc.nat(12)), { maxLength: 3 }))
    .map(([reference, cuts]) =>
      cuts.reduce((text, [at, length]) => `${text.slice(0, at)}*${text.slice(at + length)}`, reference),
    ),
  fc
    .array(
      fc.constantFrom(
        "*",
        "/",
        ":",
        ".",
        "@",
        "icr.io",
        "ICR.io",
        "a",
        "b",
        "nginx",
        "team",
        "app",
        "latest",
        "5000",
        "443",
        "v1",
        "registry",
        "docker.io",
        "library",
      ),
      {
        minLength: 1,
        maxLength: 7,
      },
    )
    .map((pieces) => pieces.join("")),
  fc.string({ unit: fc.constantFrom("*", "/", ":", "a", ".", "i"), minLength: 1, maxLength: 6 }),
);
const anyAliases = fc.constantFrom<readonly string[]>(
  [],
  ["icr.io", "10.0.0.1:5000"],
  ["registry:5000", "registry", "us.icr.io"],
);

describe("the index", () => {
  it("finds what trying every entry finds", () => {
    fc.assert(
      fc.property(
        fc.array(anyName, { maxLength: 12 }),
        fc.array(anyName, { maxLength: 4 }),
        anyReference,
        anyAliases,
        (names, more, reference, aliases) => {
          const documents = [cluster(names), cluster(more, "q")];
          expect(sorted(findIndexed(documents, reference, aliases))).toEqual(
            sorted(findAll(documents, reference, aliases)),
          );
        },
      ),
      { numRuns: rounds({ short: 1_000, long: 50_000 }) },
    );
  });

  it.each([
    { name: "a name without a host part", names: ["/nginx", "//", "/*", ":*"] },
    { name: "a name that ends in a slash", names: ["icr.io/", "*/"] },
    { name: "a port alone", names: [":443/nginx", ":**", ":*", ":4*/nginx"] },
    { name: "any tag", names: ["nginx:*", "icr.io/nginx:*", "*:*", "*/nginx:*"] },
    { name: "any host", names: ["*/nginx", "*/*", "**/nginx*", "*icr.io/*", "*.io/*"] },
    { name: "any port", names: ["icr.io:*/nginx", "icr.io*/nginx", "icr.io:4*3/nginx"] },
    {
      name: "pieces in the middle",
      names: [
        "*ngi*",
        "*/*gin*",
        "i*o/*g*",
        "*ngin*",
        "*/*ngin*",
        "*icr.*",
        "*r.io*:*",
        "*nginx:*",
        "*.io:443*",
        "*cr.i*/*",
      ],
    },
    { name: "capitals in the host", names: ["ICR.io/nginx", "ICR.IO*", "*ICR.io/nginx"] },
  ])("$name", ({ names }) => {
    for (const reference of [
      "nginx",
      "icr.io/nginx",
      "icr.io/nginx:latest",
      "ICR.io:443/nginx",
      `icr.io/nginx@${D}`,
      "icr.io.evil.com/nginx",
    ]) {
      const documents = [cluster(names)];
      expect(sorted(findIndexed(documents, reference, []))).toEqual(sorted(findAll(documents, reference, [])));
    }
  });

  it("looks at few of many entries", () => {
    const names = Array.from({ length: 10_000 }, (_, at) => `registry.example/team-${at}/*`);
    const documents = [cluster([...names, "*"])];
    const selected = selectEntry({ reference: "registry.example/team-777/app:1", policies: documents });
    expect(selected).toMatchObject({ entry: { name: "registry.example/team-777/*" } });
    expect(selectEntry({ reference: "registry.example/other/app:1", policies: documents })).toMatchObject({
      entry: { name: "*" },
    });
  });

  it("is not led into endless work by names that are made for it", () => {
    const names = Array.from({ length: 512 }, (_, at) => `${"a".repeat(at)}*${"a*".repeat(100)}b`);
    const reference = `icr.io/${"a".repeat(200)}`;
    expect(selectEntry({ reference, policies: [cluster(names)] }).state).toBe("no-match");
  });

  it("is made once for an array of documents, and anew for another", () => {
    const first = [cluster(["icr.io/*"])];
    expect(selectEntry({ reference: "icr.io/a", policies: first }).state).toBe("selected");
    expect(selectEntry({ reference: "icr.io/a", policies: [cluster(["quay.io/*"])] }).state).toBe("no-match");
  });
});
