// SPDX-License-Identifier: Apache-2.0
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { digestOf } from "#base";
import { judgeLicense, judgeLicenses, normalizeLicense } from "#licenses";
import type { Package } from "#packages";

const EVIDENCE = { layer: digestOf(Buffer.from("x")), layerIndex: 0, path: "a", analyzer: "npm" };

function licensed(...licenses: readonly string[]): Package {
  return { type: "npm", name: "x", version: "1.0.0", licenses, evidence: EVIDENCE };
}

describe("judgeLicense", () => {
  it.each([
    { text: "", want: "unknown" },
    { text: "see LICENSE.txt", want: "unknown" },
    { text: "(((", want: "unknown" },
    { text: "MIT OR", want: "unknown" },
    { text: "MIT", want: "notice" },
    { text: "Apache-2.0", want: "notice" },
    { text: "CC0-1.0", want: "unencumbered" },
    { text: "MPL-2.0", want: "reciprocal" },
    { text: "GPL-3.0-or-later", want: "restricted" },
    { text: "AGPL-3.0-only", want: "forbidden" },
    { text: "BUSL-1.1", want: "forbidden" },
    { text: "MIT OR GPL-3.0-only", want: "notice" },
    { text: "MIT AND GPL-3.0-only", want: "restricted" },
    { text: "(MIT AND AGPL-3.0-only) OR Apache-2.0", want: "notice" },
    { text: "GPL-2.0-only WITH Classpath-exception-2.0", want: "reciprocal" },
    { text: "LicenseRef-scancode-x", want: "unknown" },
    { text: `${"(ISC OR ".repeat(60)}MIT${")".repeat(60)}`, want: "unknown" },
  ])("$text: $want", ({ text, want }) => {
    expect(judgeLicense(text).category).toBe(want);
  });

  it.each([
    { text: "GPL-2+", want: "GPL-2.0-or-later" },
    { text: "Expat", want: "MIT" },
    { text: "LGPL-2.1+", want: "LGPL-2.1-or-later" },
    { text: "GPLv3", want: "GPL-3.0-only" },
    { text: "Apache License, Version 2.0", want: "Apache-2.0" },
    { text: "The Apache Software License, Version 2.0", want: "Apache-2.0" },
    { text: "New BSD License", want: "BSD-3-Clause" },
    { text: "License :: OSI Approved :: MIT License", want: "MIT" },
    { text: "License :: OSI Approved :: GNU Affero General Public License v3", want: "AGPL-3.0-only" },
    { text: "License :: Other/Proprietary License", want: "LicenseRef-Proprietary" },
    { text: "http://www.apache.org/licenses/LICENSE-2.0.txt", want: "Apache-2.0" },
    { text: "GPL-2+ or Artistic", want: "GPL-2.0-or-later OR Artistic-1.0-Perl" },
    { text: "MIT and BSD", want: "MIT AND BSD-3-Clause" },
    { text: "Apache-2.0", want: "Apache-2.0" },
    { text: "something of our own", want: "something of our own" },
  ])("the name $text is $want", ({ text, want }) => {
    expect(normalizeLicense(text)).toBe(want);
  });
});

describe("judgeLicenses", () => {
  it.each([
    { name: "no licence", packages: [licensed()], policy: undefined, want: [] },
    { name: "the usual ones", packages: [licensed("MIT"), licensed("GPL-2+")], policy: undefined, want: [] },
    {
      name: "one with conditions on use",
      packages: [licensed("AGPL-3.0-only")],
      policy: undefined,
      want: ["license-forbidden high"],
    },
    { name: "a choice that leaves another", packages: [licensed("AGPL-3.0-only OR MIT")], policy: undefined, want: [] },
    {
      name: "a category of one's own",
      packages: [licensed("GPL-2+")],
      policy: { categories: { restricted: "low" } },
      want: ["license-restricted low"],
    },
    {
      name: "the deny list",
      packages: [licensed("MIT")],
      policy: { categories: {}, deny: ["mit"] },
      want: ["license-denied high"],
    },
    {
      name: "the deny list and a choice",
      packages: [licensed("MIT OR ISC")],
      policy: { categories: {}, deny: ["MIT"] },
      want: [],
    },
    {
      name: "the deny list and both",
      packages: [licensed("MIT AND ISC")],
      policy: { categories: {}, deny: ["MIT"] },
      want: ["license-denied high"],
    },
    {
      name: "the allow list",
      packages: [licensed("AGPL-3.0-only")],
      policy: { categories: { forbidden: "high" }, allow: ["AGPL-3.0-only"] },
      want: [],
    },
    {
      name: "the allow list and another one",
      packages: [licensed("AGPL-3.0-only AND SSPL-1.0")],
      policy: { categories: { forbidden: "high" }, allow: ["AGPL-3.0-only"] },
      want: ["license-forbidden high"],
    },
    {
      name: "the same twice",
      packages: [licensed("AGPL-3.0-only", "AGPL-3.0-only")],
      policy: undefined,
      want: ["license-forbidden high"],
    },
  ] as const)("$name", ({ packages, policy, want }) => {
    expect(judgeLicenses(packages, policy).map(({ rule, severity }) => `${rule} ${severity}`)).toEqual(want);
  });

  it("keeps the evidence of the package", () => {
    expect(judgeLicenses([licensed("SSPL-1.0")])).toMatchObject([
      {
        kind: "license",
        evidence: EVIDENCE,
        params: { package: "x", version: "1.0.0", license: "SSPL-1.0", category: "forbidden" },
      },
    ]);
  });

  it("never throws, whatever stands in the field", () => {
    const word = fc.constantFrom(
      "MIT",
      "(",
      ")",
      " OR ",
      " AND ",
      " WITH ",
      "+",
      "GPL-2+",
      "/",
      ",",
      "License :: ",
      "LicenseRef-",
      "Classpath-exception-2.0",
    );
    fc.assert(
      fc.property(fc.array(fc.oneof(word, fc.string({ maxLength: 6 })), { maxLength: 60 }), (words) => {
        judgeLicenses([licensed(words.join(""))], { categories: { unknown: "low" }, deny: ["MIT"], allow: ["ISC"] });
      }),
    );
    judgeLicense("a,".repeat(100_000));
    judgeLicense("License ::".repeat(100_000));
  });
});
