// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { copyrightAnalyzer } from "./copyright-analyzer.ts";
import { copyrightLicenses } from "./copyright-licenses.ts";
import { toSpdxExpression } from "./license-names.ts";

const DEP5 = `Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/
Upstream-Name: x

Files: *
Copyright: 2020 A
License: GPL-2+ or Artistic

Files: debian/*
Copyright: 2021 B
License: Expat

License: Expat
 Permission is hereby granted …
License: not at the beginning of a paragraph, and too long to be a name, yet it is one
`;

describe("copyrightAnalyzer", () => {
  it.each([
    { path: "usr/share/doc/bash/copyright", want: true },
    { path: "usr/share/doc/g++-12/copyright", want: true },
    { path: "usr/share/doc/bash/copyright.gz", want: false },
    { path: "usr/share/doc/bash/examples/copyright", want: false },
    { path: "srv/usr/share/doc/bash/copyright", want: false },
  ])("wants $path: $want", ({ path, want }) => {
    expect(copyrightAnalyzer.wants(path)).toBe(want);
  });

  it("tells the licences of the package of the folder", () => {
    const file = { path: "usr/share/doc/bash/copyright", bytes: Buffer.from("License: GPL-3+\n") };
    expect(copyrightAnalyzer.analyze(file)).toEqual({
      packages: [],
      problems: [],
      packageLicenses: [{ type: "deb", name: "bash", licenses: ["GPL-3.0-or-later"] }],
    });
  });

  it("says nothing about a file that names none", () => {
    const file = { path: "usr/share/doc/bash/copyright", bytes: Buffer.from("hello\n") };
    expect(copyrightAnalyzer.analyze(file)).toEqual({ packages: [], problems: [] });
  });

  it.each([
    {
      name: "the machine-readable form",
      text: DEP5,
      want: [
        "GPL-2.0-or-later OR Artistic-1.0-Perl",
        "MIT",
        "not at the beginning of a paragraph, and too long to be a name, yet it is one",
      ],
    },
    { name: "the field in capitals", text: "LICENSE: ISC\n", want: ["ISC"] },
    {
      name: "a free text that points to common licences",
      text: "see `/usr/share/common-licenses/GPL-2', or /usr/share/common-licenses/LGPL-2.1.\n",
      want: ["GPL-2.0-only", "LGPL-2.1-only"],
    },
    { name: "a pointer to the folder alone", text: "see /usr/share/common-licenses/.\n", want: [] },
    { name: "an escape sequence", text: "License: \u001b[2J\n", want: [] },
    { name: "an empty field, as the text follows", text: "License:\n foo\n", want: [] },
    { name: "a name of a megabyte", text: `License: ${"x".repeat(1_000_000)}\n`, want: [] },
    { name: "nothing", text: "", want: [] },
  ])("$name", ({ text, want }) => {
    expect(copyrightLicenses(text)).toEqual(want);
  });

  it("a million licences are cut", () => {
    const text = Array.from({ length: 1_000_000 }, (_, index) => `License: a${index}`).join("\n");
    expect(copyrightLicenses(text)).toHaveLength(64);
  });

  it("a file of Debian", () => {
    // dpkg is on every machine that runs these tests
    expect(copyrightLicenses(readFileSync("/usr/share/doc/dpkg/copyright", "utf8"))).toContain("GPL-2.0-or-later");
  });

  it("never throws", () => {
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        const file = { path: "usr/share/doc/bash/copyright", bytes };
        expect(copyrightAnalyzer.analyze(file).problems).toEqual([]);
      }),
    );
  });
});

it.each([
  { written: "GPL-2", want: "GPL-2.0-only" },
  { written: "GPL-2+", want: "GPL-2.0-or-later" },
  { written: "gpl-3.0+", want: "GPL-3.0-or-later" },
  { written: "LGPL-2.1+", want: "LGPL-2.1-or-later" },
  { written: "GPL", want: "GPL-1.0-or-later" },
  { written: "AGPL-3", want: "AGPL-3.0-only" },
  { written: "GFDL-1.3+", want: "GFDL-1.3-or-later" },
  { written: "Expat and  Zlib", want: "MIT AND Zlib" },
  { written: "public-domain", want: "public-domain" },
  { written: "GPL-2+ with OpenSSL exception", want: "GPL-2+ with OpenSSL exception" },
  { written: "Expat, and BSD", want: "Expat, and BSD" },
  { written: "", want: "" },
])("$written is $want", ({ written, want }) => {
  expect(toSpdxExpression(written)).toBe(want);
});
