// SPDX-License-Identifier: Apache-2.0
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { AnalyzerResult } from "../analyzer.ts";
import { osReleaseAnalyzer } from "./os-release-analyzer.ts";

function analyze(content: string | Uint8Array): AnalyzerResult {
  return osReleaseAnalyzer.analyze({
    path: "etc/os-release",
    bytes: typeof content === "string" ? Buffer.from(content) : content,
  });
}

describe("osReleaseAnalyzer", () => {
  it.each([
    { path: "etc/os-release", want: true },
    { path: "usr/lib/os-release", want: true },
    { path: "etc/initrd-release", want: false },
    { path: "srv/etc/os-release", want: false },
  ])("wants $path: $want", ({ path, want }) => {
    expect(osReleaseAnalyzer.wants(path)).toBe(want);
  });

  it.each([
    {
      name: "Debian",
      content:
        'PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nVERSION_ID="12"\nID=debian\nBUG_REPORT_URL="https://bugs.debian.org/"\n',
      want: { id: "debian", versionId: "12", prettyName: "Debian GNU/Linux 12 (bookworm)" },
    },
    { name: "Debian testing has no version", content: "ID=debian\n", want: { id: "debian" } },
    {
      name: "Alpine",
      content: 'NAME="Alpine Linux"\nID=alpine\nVERSION_ID=3.20.3\nPRETTY_NAME="Alpine Linux v3.20"\n',
      want: { id: "alpine", versionId: "3.20.3", prettyName: "Alpine Linux v3.20" },
    },
    {
      name: "single quotes",
      content: "ID='wolfi'\nVERSION_ID='20230201'",
      want: { id: "wolfi", versionId: "20230201" },
    },
    { name: "comments and empty lines", content: "# ID=fedora\n\n  \nID=debian", want: { id: "debian" } },
    { name: "the last assignment wins", content: "ID=fedora\nID=debian", want: { id: "debian" } },
    { name: "CR LF", content: "ID=debian\r\nVERSION_ID=12\r\n", want: { id: "debian", versionId: "12" } },
    {
      name: "escapes in double quotes",
      content: 'ID=debian\nPRETTY_NAME="a \\"b\\" \\$c \\\\ \\`d\\` \\e"',
      want: { id: "debian", prettyName: 'a "b" $c \\ `d` \\e' },
    },
    {
      name: "no escapes in single quotes",
      content: "ID=debian\nPRETTY_NAME='a \\$b'",
      want: { id: "debian", prettyName: "a \\$b" },
    },
    {
      name: "nothing is expanded",
      content: 'ID=debian\nPRETTY_NAME="$(reboot) `reboot` ${HOME}"',
      want: { id: "debian", prettyName: "$(reboot) `reboot` ${HOME}" },
    },
    { name: "an empty version", content: 'ID=debian\nVERSION_ID=""', want: { id: "debian" } },
    {
      name: "a name with an escape sequence is left out",
      content: "ID=debian\nPRETTY_NAME='\u001b[2J'",
      want: { id: "debian" },
    },
  ])("$name", ({ content, want }) => {
    expect(analyze(content)).toEqual({ packages: [], problems: [], distribution: want });
  });

  it.each([
    { name: "empty", content: "" },
    { name: "no ID", content: "VERSION_ID=12" },
    { name: "an ID with a space", content: 'ID="de bian"' },
    { name: "an ID with NUL", content: "ID=de\u0000bian" },
    { name: "an ID that is too long", content: `ID=${"d".repeat(2000)}` },
    { name: "a VERSION_ID that is no identifier", content: 'ID=debian\nVERSION_ID="12; rm"' },
    { name: "bytes that are not UTF-8", content: Buffer.from("ID=deb\xff", "latin1") },
    { name: "a command instead of an assignment", content: "export ID=debian" },
    { name: "an open quote", content: 'ID="debian' },
    { name: "a quote alone", content: 'ID="' },
    { name: "a quote within", content: 'ID="deb"ian"' },
    { name: "an escaped quote at the end", content: 'ID="debian\\"' },
    { name: "20 MB of backslashes", content: `ID="${"\\".repeat(20_000_001)}"` },
    { name: "a million lines of nonsense", content: "x\n".repeat(1_000_000) },
  ])("$name: the distribution is unknown, with a problem", ({ content }) => {
    const result = analyze(content);
    expect(result.distribution).toBeUndefined();
    expect(result.problems.length).toBeGreaterThan(0);
    expect(result.problems.length).toBeLessThan(4);
    expect(JSON.stringify(result.problems).length).toBeLessThan(1000);
  });

  it("never throws on any bytes", () => {
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        expect(analyze(bytes).packages).toEqual([]);
      }),
    );
  });
});
