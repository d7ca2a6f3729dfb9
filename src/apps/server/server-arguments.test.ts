// SPDX-License-Identifier: Apache-2.0
import { expect, it } from "vitest";
import { ConfigurationError, SETTINGS } from "#configuration";
import { readServerArguments } from "./server-arguments.ts";

function configured(argv: readonly string[], environment: Readonly<Record<string, string>> = {}) {
  const result = readServerArguments(["server", ...argv], environment, "/nowhere");
  if ("help" in result) {
    throw new Error("help was asked for");
  }
  return result.configuration;
}

function problems(argv: readonly string[], environment: Readonly<Record<string, string>> = {}): readonly string[] {
  try {
    configured(argv, environment);
    return [];
  } catch (error) {
    if (error instanceof ConfigurationError) {
      return error.problems;
    }
    throw error;
  }
}

it("takes a flag for every setting", () => {
  expect(configured(["--listen-console", "127.0.0.1:9", "--data-dir=/data"])).toMatchObject({
    dataDir: "/data",
    listen: { console: { host: "127.0.0.1", port: 9 } },
  });
});

it("lists unknown options beside everything else that is wrong", () => {
  expect(problems(["--nonsense", "--scan-concurrency", "0"], { HAECHI_NONSENSE: "1" })).toEqual([
    "HAECHI_NONSENSE: unknown variable",
    "--nonsense: unknown option",
    expect.stringContaining("scan.concurrency"),
  ]);
});

it("names an option that lacks its value", () => {
  expect(problems(["--data-dir"])).toEqual([expect.stringMatching(/--data-dir.*must not be empty/)]);
});

it("names an unknown option whose value would be a stray word", () => {
  expect(problems(["--data", "./x"])).toEqual([expect.stringContaining("unknown option --data")]);
});

it("refuses a stray word, such as npm leaves when the two dashes are forgotten", () => {
  expect(problems(["127.0.0.1:9080"])).toEqual([expect.stringContaining("npm start -- --listen-console")]);
});

it.each([
  { name: "--lang, as in every command", argv: ["--lang", "ko"], environment: {} },
  { name: "HAECHI_LANG, as the command line", argv: [], environment: { HAECHI_LANG: "ko" } },
  { name: "--language over HAECHI_LANG", argv: ["--language", "ko"], environment: { HAECHI_LANG: "en" } },
])("speaks the language of $name", ({ argv, environment }) => {
  expect(configured(argv, environment).language).toBe("ko");
});

it("describes every setting in its help", () => {
  const result = readServerArguments(["server", "--help"], {}, "/nowhere");
  for (const { key } of SETTINGS) {
    expect("help" in result ? result.help : "").toContain(key);
  }
});
