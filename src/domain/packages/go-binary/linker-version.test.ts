// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "vitest";
import { linkerVersion } from "./linker-version.ts";

describe("linkerVersion", () => {
  it.each([
    { name: "nothing", flags: "", want: undefined },
    { name: "no version variable", flags: "-s -w -X main.commit=abc -X main.date=2024-01-01", want: undefined },
    { name: "a version that is none", flags: "-X main.version=latest", want: undefined },
    { name: "a single number", flags: "-X main.version=7", want: undefined },
    { name: "another module's", flags: "-X github.com/prometheus/common/version.Version=1.2.3", want: undefined },
    { name: "a module whose name begins alike", flags: "-X example.com/application.Version=1.2.3", want: undefined },
    { name: "two different ones", flags: "-X main.version=1.2.3 -X main.gitVersion=1.2.4", want: undefined },
    { name: "of something else", flags: "-X main.schemaVersion=3.1.0", want: undefined },
    { name: "plain", flags: "-s -w -X main.version=1.2.3", want: "v1.2.3" },
    { name: "with v", flags: "-X main.Version=v1.2.3", want: "v1.2.3" },
    { name: "in single quotes", flags: "-X 'main.version=1.2.3-rc.1'", want: "v1.2.3-rc.1" },
    { name: "in double quotes", flags: '-X "main.version=1.2.3"', want: "v1.2.3" },
    { name: "value in quotes", flags: "-X main.version='1.2.3' -X main.x=y", want: "v1.2.3" },
    { name: "with equals", flags: "-X=main.version=1.2.3", want: "v1.2.3" },
    { name: "below the module", flags: "-X example.com/app/internal/version.Version=1.2.3", want: "v1.2.3" },
    { name: "the same twice", flags: "-X main.version=1.2.3 -X example.com/app/v.BuildVersion=v1.2.3", want: "v1.2.3" },
  ])("$name", ({ flags, want }) => {
    expect(linkerVersion(flags, "example.com/app")).toBe(want);
  });

  it("answers for hostile flags in linear time", () => {
    expect(linkerVersion("-X ".repeat(1_000_000), "a.b/c")).toBeUndefined();
    expect(linkerVersion(`-X '${"a".repeat(1_000_000)}`, "a.b/c")).toBeUndefined();
  });
});
