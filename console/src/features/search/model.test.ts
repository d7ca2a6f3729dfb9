// SPDX-License-Identifier: Apache-2.0
import { expect, it } from "vitest";
import { readHoldingSearch, toHoldingQuery } from "./model.ts";

it("the address says what is looked for, and which page", () => {
  expect(readHoldingSearch({ package: "openssl", vulnerability: "", page: "2", x: 1 })).toEqual({
    package: "openssl",
    page: 2,
  });
});

it("a version is asked for with its package only", () => {
  expect(toHoldingQuery({ version: "1.*" })).toEqual({ limit: 50, offset: 0 });
  expect(toHoldingQuery({ package: "a", version: "1.*", vulnerability: "CVE-1", page: 3 })).toEqual({
    packageName: "a",
    packageVersion: "1.*",
    vulnerability: "CVE-1",
    limit: 50,
    offset: 100,
  });
});
