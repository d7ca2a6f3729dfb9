// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "vitest";
import { ACCOUNT_ANALYZER } from "#image-lint";

function found(path: string, text: string | Uint8Array): readonly string[] {
  const { observations = [], problems } = ACCOUNT_ANALYZER.analyze({ path, bytes: Buffer.from(text) });
  expect(problems).toEqual([]);
  return observations.map(({ rule, line, params }) => `${rule} ${line ?? 0} ${params?.["account"] ?? ""}`);
}

describe("ACCOUNT_ANALYZER", () => {
  it.each([
    { name: "nothing", path: "etc/passwd", text: "" },
    {
      name: "ordinary accounts",
      path: "etc/passwd",
      text: "root:x:0:0:root:/root:/bin/bash\nme:x:1000:1000::/home/me:\n",
    },
    { name: "locked accounts", path: "etc/shadow", text: "root:*:19000:0:99999:7:::\nme:!:19000:0:99999:7:::\n" },
    { name: "lines that are none", path: "etc/passwd", text: "#root::0:0:::\n::\nx\n\0\n" },
    { name: "a compatibility entry", path: "etc/passwd", text: "+::::::\n".replace("+", "") },
  ])("says nothing about $name", ({ path, text }) => {
    expect(found(path, text)).toEqual([]);
  });

  it.each([
    { path: "etc/shadow", text: "root::19000:0:99999:7:::\n", want: ["HC030 1 root"] },
    { path: "etc/passwd", text: "root:x:0:0::/:\ntoor:x:0:0::/:\n", want: ["HC031 2 toor"] },
    { path: "etc/passwd", text: "me::1000:1000::/:\n", want: ["HC030 1 me"] },
  ])("$text", ({ path, text, want }) => {
    expect(found(path, text)).toEqual(want);
  });

  it("reads hostile files in bounded time", () => {
    expect(found("etc/passwd", "::::".repeat(1_000_000))).toEqual([]);
    expect(found("etc/passwd", "a::0:0:::\n".repeat(200_000)).length).toBeLessThanOrEqual(20_000);
  });
});
