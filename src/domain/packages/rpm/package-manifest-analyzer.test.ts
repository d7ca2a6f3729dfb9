// SPDX-License-Identifier: Apache-2.0
import fc from "fast-check";
import { expect, it } from "vitest";
import type { AnalyzerResult } from "../analyzer.ts";
import { packageManifestAnalyzer } from "./package-manifest-analyzer.ts";

const PATH = "var/lib/rpmmanifest/container-manifest-2";

function analyze(content: string | Uint8Array): AnalyzerResult {
  return packageManifestAnalyzer.analyze({
    path: PATH,
    bytes: typeof content === "string" ? Buffer.from(content) : content,
  });
}

it("wants the one file", () => {
  expect(packageManifestAnalyzer.wants(PATH)).toBe(true);
  expect(packageManifestAnalyzer.wants("var/lib/rpmmanifest/container-manifest-1")).toBe(false);
});

it("reads the list of an Azure Linux image", () => {
  const lines = [
    "glibc\t2.35-6.cm2\t1690000000\t1680000000\tMicrosoft Corporation\t(none)\t10855265\tx86_64\t0\tglibc-2.35-6.cm2.src.rpm",
    "openssl-libs\t1.1.1k-22.cm2\t1690000000\t1680000000\tMicrosoft Corporation\t1\t5\tx86_64\t1\topenssl-1.1.1k-22.cm2.src.rpm",
    "",
  ];
  expect(analyze(lines.join("\n"))).toEqual({
    packages: [
      {
        type: "rpm",
        name: "glibc",
        version: "2.35-6.cm2",
        architecture: "x86_64",
        vendor: "Microsoft Corporation",
        source: { name: "glibc", version: "2.35-6.cm2" },
      },
      {
        type: "rpm",
        name: "openssl-libs",
        version: "1:1.1.1k-22.cm2",
        architecture: "x86_64",
        vendor: "Microsoft Corporation",
        source: { name: "openssl", version: "1:1.1.1k-22.cm2" },
      },
    ],
    problems: [],
  });
});

it.each([
  { name: "too few columns", line: "a\t1\t2" },
  { name: "too many columns", line: Array.from({ length: 11 }, () => "1").join("\t") },
  { name: "shell characters in the name", line: "a;b\t1-1\t0\t0\tv\t0\t0\tx\t0\tx" },
  { name: "no version", line: "a\t\t0\t0\tv\t0\t0\tx\t0\tx" },
])("$name: a problem, and the next line is read", ({ line }) => {
  const result = analyze(`${line}\nok\t1-1\t0\t0\tv\t0\t0\tx\t0\tok-1-1.src.rpm\n`);
  expect(result.packages.map(({ name }) => name)).toEqual(["ok"]);
  expect(result.problems).toMatchObject([{ code: "ENTRY_MALFORMED" }]);
});

it("never throws", () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom("a", "\t", "\n", "1-1", "\0", "(none)")), (parts) => {
      expect(analyze(parts.join("")).packages.length).toBeLessThan(10);
    }),
  );
});
