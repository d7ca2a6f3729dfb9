// SPDX-License-Identifier: Apache-2.0
import { expect, it } from "vitest";
import { CodedError } from "#base";
import { ConfigurationError } from "#configuration";
import { ServerError } from "./errors.ts";
import { renderStartFailure } from "./render-start-failure.ts";

it("fills the sentence of a known failure from its details, in the language", () => {
  const error = new CodedError("DATABASE_IN_USE", "in use", { details: { pid: "4711", folder: "/data" } });
  expect(renderStartFailure(error, "en")).toMatch(/4711.*\/data.*\(DATABASE_IN_USE\)\n$/);
  expect(renderStartFailure(error, "ko")).toMatch(/[가-힣].*4711/);
});

it("says in both languages whose blobs they are, and which file says so", () => {
  const details = { folder: "/data/registry", file: "/data/registry/installation" };
  const error = new ServerError("STORAGE_OF_ANOTHER", "of another", { details });
  expect(renderStartFailure(error, "en")).toMatch(
    /in \/data\/registry belong .*\/installation.*\(STORAGE_OF_ANOTHER\)\n$/,
  );
  expect(renderStartFailure(error, "ko")).toMatch(/\/data\/registry의 blob.*\/installation 파일/);
});

it("shows every problem of a configuration and no stack trace", () => {
  const text = renderStartFailure(new ConfigurationError(["a is wrong", "b is wrong"]), "en");
  expect(text).toContain("a is wrong");
  expect(text).toContain("b is wrong");
  expect(text).not.toMatch(/\n\s+at /);
});

it("shows a bug with its stack and without credentials", () => {
  const text = renderStartFailure(new Error("cannot reach postgres://haechi:hunter2@db/haechi"), "en");
  expect(text).toContain("internal error");
  expect(text).toMatch(/\n\s+at /);
  expect(text).not.toContain("hunter2");
});
