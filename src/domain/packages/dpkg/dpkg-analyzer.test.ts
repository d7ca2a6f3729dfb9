// SPDX-License-Identifier: Apache-2.0
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { describeWithTools, tool } from "../../../../test/support/tools.ts";
import type { AnalyzerResult } from "../analyzer.ts";
import { dpkgAnalyzer } from "./dpkg-analyzer.ts";

const STATUS = "var/lib/dpkg/status";

function analyze(content: string | Uint8Array, path: string = STATUS): AnalyzerResult {
  return dpkgAnalyzer.analyze({ path, bytes: typeof content === "string" ? Buffer.from(content) : content });
}

function stanza(fields: Readonly<Record<string, string>>): string {
  const all = { Package: "foo", Status: "install ok installed", Architecture: "amd64", Version: "1.0-1", ...fields };
  return `${Object.entries(all)
    .map(([name, value]) => `${name}: ${value}\n`)
    .join("")}\n`;
}

/** `name version source sourceVersion` of each package found. */
function summary(result: AnalyzerResult): readonly string[] {
  return result.packages.map(
    (each) => `${each.name} ${each.version} ${each.source?.name ?? ""} ${each.source?.version ?? ""}`,
  );
}

describe("dpkgAnalyzer", () => {
  it.each([
    { path: "var/lib/dpkg/status", want: true },
    { path: "var/lib/dpkg/status.d/libc6", want: true },
    { path: "var/lib/dpkg/status.d/libc6.md5sums", want: true },
    { path: "var/lib/dpkg/info/libc6:amd64.list", want: true },
    { path: "var/lib/dpkg/info/bash.list", want: true },
    { path: "var/lib/dpkg/info/bash.md5sums", want: false },
    { path: "var/lib/dpkg/info/bash.postinst", want: false },
    { path: "var/lib/dpkg/info/a/bash.list", want: false },
    { path: "srv/var/lib/dpkg/info/bash.list", want: false },
    { path: "var/lib/dpkg/status.d/", want: false },
    { path: "var/lib/dpkg/status.d/a/b", want: false },
    { path: "var/lib/dpkg/status-old", want: false },
    { path: "var/lib/dpkg/available", want: false },
    { path: "srv/root/var/lib/dpkg/status", want: false },
  ])("wants $path: $want", ({ path, want }) => {
    expect(dpkgAnalyzer.wants(path)).toBe(want);
  });

  it("reads a status file of Debian 12", () => {
    const bytes = readFileSync(new URL("../testdata/debian-12/var/lib/dpkg/status", import.meta.url));
    const result = analyze(bytes);
    expect(result.problems).toEqual([]);
    expect(summary(result)).toEqual([
      "adduser 3.134 adduser 3.134",
      "bash 5.2.15-2+b8 bash 5.2.15-2",
      "libc6 2.36-9+deb12u14 glibc 2.36-9+deb12u14",
      "libgcc-s1 12.2.0-14+deb12u1 gcc-12 12.2.0-14+deb12u1",
      "libpam-modules 1.5.2-6+deb12u1 pam 1.5.2-6+deb12u1",
      "libssl3 3.0.19-1~deb12u2 openssl 3.0.19-1~deb12u2",
      "perl-base 5.36.0-7+deb12u2 perl 5.36.0-7+deb12u2",
      "zlib1g 1:1.2.13.dfsg-1 zlib 1:1.2.13.dfsg-1",
      "curl 7.88.1-10+deb12u5 curl 7.88.1-10+deb12u5",
    ]);
    expect(result.packages.map((each) => each.architecture)).toEqual(["all", ...Array<string>(8).fill("amd64")]);
  });

  it("reads a distroless stanza, which has no status", () => {
    const path = "var/lib/dpkg/status.d/libc6";
    const result = analyze(readFileSync(new URL(`../testdata/distroless-12/${path}`, import.meta.url)), path);
    expect(result).toEqual({
      packages: [
        {
          type: "deb",
          name: "libc6",
          version: "2.36-9+deb12u7",
          architecture: "amd64",
          source: { name: "glibc", version: "2.36-9+deb12u7" },
        },
      ],
      problems: [],
    });
  });

  it.each([
    { status: "install ok installed", found: 1, problems: 0 },
    { status: "hold ok installed", found: 1, problems: 0 },
    { status: "deinstall ok installed", found: 1, problems: 0 },
    { status: "install reinstreq half-installed", found: 1, problems: 0 },
    { status: "install ok unpacked", found: 1, problems: 0 },
    { status: "install ok half-configured", found: 1, problems: 0 },
    { status: "install ok triggers-awaited", found: 1, problems: 0 },
    { status: "install ok triggers-pending", found: 1, problems: 0 },
    { status: "deinstall ok config-files", found: 0, problems: 0 },
    { status: "purge ok not-installed", found: 0, problems: 0 },
    { status: "", found: 1, problems: 1 },
    { status: "installed", found: 1, problems: 1 },
    { status: "install ok __proto__", found: 1, problems: 1 },
    { status: "install ok constructor", found: 1, problems: 1 },
  ])("status '$status' gives $found packages, $problems problems", ({ status, found, problems }) => {
    const result = analyze(stanza({ Status: status }));
    expect(result.packages).toHaveLength(found);
    expect(result.problems).toHaveLength(problems);
  });

  it.each([
    { name: "no source: the package itself", fields: {}, want: "foo 1.0-1 foo 1.0-1" },
    { name: "source with the same version", fields: { Source: "src" }, want: "foo 1.0-1 src 1.0-1" },
    { name: "source with its version", fields: { Source: "src (2:0.9-1)" }, want: "foo 1.0-1 src 2:0.9-1" },
    { name: "field names in capitals", fields: { SOURCE: "src" }, want: "foo 1.0-1 src 1.0-1" },
  ])("$name", ({ fields, want }) => {
    const result = analyze(stanza(fields));
    expect(result.problems).toEqual([]);
    expect(summary(result)).toEqual([want]);
  });

  it.each([
    { name: "no package name", content: stanza({ Package: "" }), found: 0 },
    { name: "no version", content: stanza({ Version: "" }), found: 0 },
    { name: "a name with a slash", content: stanza({ Package: "../../etc" }), found: 0 },
    { name: "a name of one letter", content: stanza({ Package: "f" }), found: 0 },
    { name: "__proto__ as name", content: stanza({ Package: "__proto__" }), found: 0 },
    { name: "an escape sequence in the name", content: stanza({ Package: "foo\u001b[2J" }), found: 0 },
    { name: "NUL in the version", content: stanza({ Version: "1\u0000" }), found: 0 },
    { name: "a version that is too long", content: stanza({ Version: "1".repeat(2000) }), found: 0 },
    { name: "bytes that are not UTF-8", content: Buffer.from(stanza({ Version: "1\xff" }), "latin1"), found: 0 },
    { name: "a broken source", content: stanza({ Source: "src (1" }), found: 1 },
    { name: "a repeated version", content: stanza({ Status: "install ok installed\nVersion: 9-9" }), found: 1 },
    { name: "a line that is no field", content: stanza({ Status: "install ok installed\nnonsense" }), found: 1 },
    { name: "text that is no database", content: "hello\nworld", found: 0 },
  ])("$name is a problem of the entry, and the next entry is read", ({ content, found }) => {
    const next = Buffer.from(`\n\n${stanza({ Package: "next" })}`);
    const result = analyze(Buffer.concat([Buffer.from(content), next]));
    expect(result.problems.length).toBeGreaterThan(0);
    expect(new Set(result.problems.map((each) => each.code))).toEqual(new Set(["ENTRY_MALFORMED"]));
    expect(result.problems[0]?.path).toBe(STATUS);
    expect(JSON.stringify(result.problems)).not.toMatch(/\\u00/);
    expect(result.packages).toHaveLength(found + 1);
    expect(result.packages.at(-1)?.name).toBe("next");
  });

  it("takes Latin-1 in fields that are not read", () => {
    const result = analyze(Buffer.from(stanza({ Maintainer: "J\xf6rg" }), "latin1"));
    expect(result.problems).toEqual([]);
    expect(result.packages).toHaveLength(1);
  });

  it("is not fooled by fields in continuation lines", () => {
    const result = analyze(
      stanza({ Description: "x\n Package: evil\n Version: 9\n .\n Status: purge ok not-installed" }),
    );
    expect(summary(result)).toEqual(["foo 1.0-1 foo 1.0-1"]);
    expect(result.problems).toEqual([]);
  });

  it.each([
    { name: "an empty file", content: "", found: 0, problems: 0 },
    { name: "only empty lines", content: "\n".repeat(1_000_000), found: 0, problems: 0 },
    { name: "one line of 10 MB", content: "x".repeat(10_000_000), found: 0, problems: 4 },
    { name: "a field of 10 MB", content: stanza({ Description: "x".repeat(10_000_000) }), found: 1, problems: 0 },
    { name: "no empty lines", content: stanza({}).trim().concat("\n").repeat(100_000), found: 1, problems: 1 },
    { name: "nothing but NUL", content: "\0".repeat(1_000_000), found: 0, problems: 4 },
    { name: "no line end at the end", content: stanza({}).trim(), found: 1, problems: 1 },
  ])("$name", ({ content, found, problems }) => {
    const result = analyze(content);
    expect(result.packages).toHaveLength(found);
    expect(result.problems.length).toBeLessThanOrEqual(problems);
    expect(result.problems.length > 0).toBe(problems > 0);
  });

  it("stops at the limits of packages and problems, and says so", () => {
    const many = analyze("Package: aa\nStatus: install ok installed\nVersion: 1\n\n".repeat(500_003));
    expect(many.packages).toHaveLength(500_000);
    expect(many.problems).toEqual([
      expect.objectContaining({ code: "LIMIT_EXCEEDED", message: expect.stringMatching(/^3 more packages/) }),
    ]);
    const broken = analyze("x\n\n".repeat(100_000));
    expect(broken.problems.length).toBeLessThanOrEqual(1000);
    expect(broken.problems.at(-1)?.code).toBe("LIMIT_EXCEEDED");
  });

  it("never throws, and finds only clean text", () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.oneof(
            fc.string({ unit: "binary" }),
            fc.constantFrom("Package: ab", "Version: 1", "\n", "Status: install ok installed", "Source: x ("),
          ),
        ),
        (lines) => {
          for (const found of analyze(lines.join("\n")).packages) {
            expect(
              `${found.name}${found.version}${found.architecture ?? ""}${found.source?.version ?? ""}`,
            ).not.toMatch(/\p{Cc}|\p{Cf}/u);
          }
        },
      ),
    );
  });
});

describeWithTools("dpkgAnalyzer beside dpkg-query", ["dpkg"], () => {
  it("lists what dpkg-query lists on this machine", () => {
    const format = "${db:Status-Status}|${Package} ${Version} ${Architecture} ${source:Package} ${source:Version}\\n";
    const query = tool("dpkg").replace(/dpkg$/, "dpkg-query");
    const listed = execFileSync(query, ["-W", "-f", format], { encoding: "utf8", maxBuffer: 1 << 26 })
      .trim()
      .split("\n")
      .filter((line) => !/^(?:config-files|not-installed)\|/.test(line))
      .map((line) => line.slice(line.indexOf("|") + 1));
    const result = analyze(readFileSync("/var/lib/dpkg/status"));
    const found = result.packages.map(
      (each) =>
        `${each.name} ${each.version} ${each.architecture ?? ""} ${each.source?.name ?? ""} ${each.source?.version ?? ""}`,
    );
    expect(result.problems).toEqual([]);
    expect(found.toSorted()).toEqual(listed.toSorted());
  });
});
