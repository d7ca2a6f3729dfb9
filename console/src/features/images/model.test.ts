// SPDX-License-Identifier: Apache-2.0
import { expect, it } from "vitest";
import { firstPushCommands, imageSplat, pageCount, summarizeReasons } from "./model.ts";

it.each([
  { registry: "127.0.0.1:5000", isPlain: true },
  { registry: "localhost:5000", isPlain: true },
  { registry: "[::1]:5000", isPlain: true },
  { registry: "registry.example.com", isPlain: false },
  { registry: "127.0.0.1.example.com:5000", isPlain: false },
])("the first push to $registry leaves out TLS only on loopback", ({ registry, isPlain }) => {
  const commands = firstPushCommands(registry, "admin");
  expect(commands.fromRegistry.includes("--dest-tls-verify=false")).toBe(isPlain);
  expect(commands.login.includes("--tls-verify=false")).toBe(isPlain);
  expect(commands.fromRegistry).toContain(`docker://${registry}/team/app:1.0`);
});

it.each([
  { total: 0, pages: 1 },
  { total: 50, pages: 1 },
  { total: 51, pages: 2 },
])("$total images fill $pages pages", ({ total, pages }) => {
  expect(pageCount(total)).toBe(pages);
});

it("an address keeps the slashes of the repository", () => {
  expect(imageSplat({ repository: "team/sub/app", tag: "1.0" })).toBe("team/sub/app:1.0");
});

it("a row shows the worst reason and counts the others", () => {
  const reason = (text: string) => ({ code: "VULNERABILITY", effect: "deny" as const, text });
  const verdict = {
    outcome: "deny" as const,
    mode: "enforce" as const,
    reasons: [reason("a"), reason("b"), reason("c")],
  };
  expect(summarizeReasons(verdict)).toEqual({ first: "a", more: 2 });
  expect(summarizeReasons({ ...verdict, reasons: [] })).toEqual({ first: undefined, more: 0 });
});
