// SPDX-License-Identifier: Apache-2.0
import fc from "fast-check";
import { expect, it } from "vitest";
import { ownedFiles } from "./owned-files.ts";

/** `name: paths` of each record. */
function summary(text: string): readonly string[] {
  return ownedFiles(text, undefined).owned.map(({ name, paths }) => `${name}: ${paths.join(" ")}`);
}

it.each([
  { name: "a file in the root", text: "P:a\nV:1\nF:\nR:x\n", want: ["a: x"] },
  { name: "files of two folders", text: "P:a\nV:1\nF:b/c\nR:x\nR:y\nF:d\nR:z\n", want: ["a: b/c/x b/c/y d/z"] },
  { name: "two packages", text: "P:a\nV:1\nF:f\nR:x\n\nP:b\nV:1\nR:y\n", want: ["a: f/x", "b: y"] },
  {
    name: "modes and checksums between",
    text: "P:a\nV:1\nF:f\nM:0:0:1777\nR:x\na:0:0:755\nZ:Q1=\nR:y",
    want: ["a: f/x f/y"],
  },
  { name: "files before any package", text: "F:f\nR:x\n\nP:a\nV:1\n", want: [] },
  { name: "a package without version", text: "P:a\nF:f\nR:x\n", want: [] },
  { name: "an escape sequence in the name", text: "P:a\u001b[2J\nV:1\nF:f\nR:x\n", want: [] },
  { name: "nothing", text: "", want: [] },
])("$name", ({ text, want }) => {
  expect(summary(text)).toEqual(want);
});

it("asks whether a path is of interest", () => {
  const context = { isOfInterest: (path: string) => path.endsWith(".json") };
  const { owned } = ownedFiles("P:a\nV:1\nF:f\nR:x\nR:y.json\n\nP:b\nV:1\nR:z\n", context);
  expect(owned).toEqual([{ type: "apk", name: "a", version: "1", paths: ["f/y.json"] }]);
});

it("a folder name that stands for gigabytes of paths makes no paths", () => {
  const text = `P:a\nV:1\nF:${"f".repeat(100_000)}\n${"R:x\n".repeat(500_000)}`;
  expect(ownedFiles(text, undefined)).toEqual({ owned: [], isCut: true });
});

it("never throws", () => {
  const line = fc.oneof(fc.string({ unit: "binary" }), fc.constantFrom("P:a", "V:1", "F:f", "R:x", ""));
  fc.assert(
    fc.property(fc.array(line), (lines) => {
      expect(ownedFiles(lines.join("\n"), undefined).isCut).toBe(false);
    }),
  );
});
