// SPDX-License-Identifier: Apache-2.0
import { execFileSync } from "node:child_process";
import { expect, it } from "vitest";
import { HEAP_GROWTH_FLAG } from "./heap-growth.ts";

it("is a flag that this Node.js knows: of an unknown one it would only warn", () => {
  const [name = ""] = HEAP_GROWTH_FLAG.split("=");
  expect(execFileSync(process.execPath, ["--v8-options"], { encoding: "utf8" })).toContain(`${name} (`);
});
