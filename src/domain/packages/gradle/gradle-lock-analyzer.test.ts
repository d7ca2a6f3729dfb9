// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "vitest";
import { analyzeText } from "../../../../test/support/analyze-text.ts";
import { gradleLockAnalyzer } from "./gradle-lock-analyzer.ts";

describe("gradleLockAnalyzer", () => {
  it.each([
    { name: "a package", line: "com.example:a:1.0=compileClasspath,runtimeClasspath", want: ["com.example:a 1.0"] },
    {
      name: "of tests and others",
      line: "com.example:a:1.0=runtimeClasspath,testRuntimeClasspath",
      want: ["com.example:a 1.0"],
    },
    { name: "of tests only", line: "com.example:a:1.0=testCompileClasspath,testRuntimeClasspath", want: [] },
    { name: "no configurations", line: "empty=annotationProcessor", want: [] },
    { name: "a comment", line: "# This is a Gradle generated file", want: [] },
  ])("$name", ({ line, want }) => {
    expect(analyzeText(gradleLockAnalyzer, `${line}\n`)).toEqual({ packages: want, problems: [] });
  });

  it("a line without a version is a problem", () => {
    expect(analyzeText(gradleLockAnalyzer, "nothing=runtimeClasspath\ncom.example:a:1=x\n")).toEqual({
      packages: ["com.example:a 1"],
      problems: ["ENTRY_MALFORMED"],
    });
  });
});
