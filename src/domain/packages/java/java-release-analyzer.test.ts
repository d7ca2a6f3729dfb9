// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { javaReleaseAnalyzer } from "./java-release-analyzer.ts";

const PATH = "opt/java/openjdk/release";
const FACTS = { size: 1_500, mode: 0o644, uid: 0 };

describe("javaReleaseAnalyzer", () => {
  it("wants small files of the name that begin like one", () => {
    expect(javaReleaseAnalyzer.wants(PATH, { ...FACTS, size: 1e6 })).toBe(false);
    expect(javaReleaseAnalyzer.wants("opt/release.txt", FACTS)).toBe(false);
    expect(javaReleaseAnalyzer.wants(PATH, FACTS)).toBe("sniff");
    expect(javaReleaseAnalyzer.accepts?.(PATH, Buffer.from("12.9\n"))).toBe(false);
    expect(javaReleaseAnalyzer.accepts?.(PATH, Buffer.from('IMPLEMENTOR="x"\nJAVA_VERSION="17"\n'))).toBe(true);
  });

  it.each([
    {
      name: "a runtime",
      text: 'IMPLEMENTOR="Eclipse Adoptium"\nIMPLEMENTOR_VERSION="Temurin-25.0.3+9"\nJAVA_VERSION="25.0.3"\n',
      want: [{ type: "generic", name: "java", version: "25.0.3", vendor: "Eclipse Adoptium" }],
    },
    {
      name: "of old",
      text: 'JAVA_VERSION="1.8.0_412"\n',
      want: [{ type: "generic", name: "java", version: "1.8.0_412" }],
    },
  ])("$name", ({ text, want }) => {
    expect(javaReleaseAnalyzer.analyze({ path: PATH, bytes: Buffer.from(text) })).toEqual({
      packages: want,
      problems: [],
    });
  });

  it("a file that Debian's OpenJDK brings", () => {
    const bytes = readFileSync(new URL("../testdata/java/release", import.meta.url));
    const path = "usr/lib/jvm/java-17-openjdk-amd64/release";
    expect(javaReleaseAnalyzer.wants(path, { ...FACTS, size: bytes.length })).toBe("sniff");
    expect(javaReleaseAnalyzer.accepts?.(path, bytes)).toBe(true);
    expect(javaReleaseAnalyzer.analyze({ path, bytes })).toEqual({
      packages: [{ type: "generic", name: "java", version: "17.0.15", vendor: "Debian" }],
      problems: [],
    });
  });

  it("a version that cannot be shown is a problem", () => {
    const bytes = Buffer.from('JAVA_VERSION="\u001b[2J"\n');
    expect(javaReleaseAnalyzer.analyze({ path: PATH, bytes }).problems).toMatchObject([{ code: "ENTRY_MALFORMED" }]);
  });
});
