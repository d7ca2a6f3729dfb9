// SPDX-License-Identifier: Apache-2.0
import fc from "fast-check";
import { expect, it } from "vitest";
import { dpkgAnalyzer } from "./dpkg-analyzer.ts";
import { ownedFiles } from "./owned-files.ts";

const LIST = "var/lib/dpkg/info/libc6:amd64.list";
const CHECKSUMS = "var/lib/dpkg/status.d/libc6.md5sums";
const MD5 = "d41d8cd98f00b204e9800998ecf8427e";

it.each([
  { name: "nothing", path: LIST, text: "", want: undefined },
  {
    name: "a list",
    path: LIST,
    text: "/.\n/lib\n/lib/x86_64-linux-gnu/libc.so.6\n",
    want: { type: "deb", name: "libc6", architecture: "amd64", paths: [".", "lib", "lib/x86_64-linux-gnu/libc.so.6"] },
  },
  {
    name: "a list without architecture",
    path: "var/lib/dpkg/info/g++-12.list",
    text: "/usr/bin/g++-12",
    want: { type: "deb", name: "g++-12", paths: ["usr/bin/g++-12"] },
  },
  {
    name: "checksums of a distroless image",
    path: CHECKSUMS,
    text: `${MD5}  lib/libc.so.6\n${MD5}  ./lib/libm.so.6\n${MD5} *usr/share/a b\n`,
    want: { type: "deb", name: "libc6", paths: ["lib/libc.so.6", "lib/libm.so.6", "usr/share/a b"] },
  },
  { name: "lines that are no checksums", path: CHECKSUMS, text: "hello\nd41d8  lib/x\n", want: undefined },
])("$name", ({ path, text, want }) => {
  expect(ownedFiles(path, text, undefined)).toEqual(want);
});

it("the analyzer keeps only files of interest", () => {
  const file = { path: LIST, bytes: Buffer.from("/usr/a\n/usr/b.json\n") };
  expect(dpkgAnalyzer.analyze(file, { isOfInterest: (path) => path.endsWith(".json") })).toEqual({
    packages: [],
    problems: [],
    owned: [{ type: "deb", name: "libc6", architecture: "amd64", paths: ["usr/b.json"] }],
  });
});

it("never throws", () => {
  fc.assert(
    fc.property(fc.constantFrom(LIST, CHECKSUMS), fc.uint8Array(), (path, bytes) => {
      expect(dpkgAnalyzer.analyze({ path, bytes }).problems).toEqual([]);
    }),
  );
});
