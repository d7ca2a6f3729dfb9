// SPDX-License-Identifier: Apache-2.0
import { expect, it } from "vitest";
import { createTelemetry } from "#telemetry";

function logged(write: (telemetry: ReturnType<typeof createTelemetry>) => void): Record<string, unknown> {
  const lines: string[] = [];
  write(createTelemetry({ level: "info", to: { write: (line: string) => void lines.push(line) } }));
  expect(lines).toHaveLength(1);
  return JSON.parse(lines[0] ?? "") as Record<string, unknown>;
}

it("writes one JSON line with time and level", () => {
  const line = logged(({ log }) => log.info({ requestId: "r1" }, "ready"));
  expect(line).toMatchObject({ level: "info", requestId: "r1", msg: "ready" });
  expect(Date.parse(String(line["time"]))).not.toBeNaN();
});

it("removes members that hold secrets", () => {
  const line = logged(({ log }) => log.info({ user: { name: "a", password: "p1" }, token: "t1" }, "login"));
  expect(JSON.stringify(line)).not.toMatch(/p1|t1/);
  expect(line["user"]).toEqual({ name: "a" });
});

it("removes credentials from errors and their causes", () => {
  const cause = new Error("GET https://admin:hunter2@registry/ failed");
  const line = logged(({ log }) => log.error({ err: new Error("no answer", { cause }) }, "failed"));
  expect(JSON.stringify(line)).not.toContain("hunter2");
  expect(JSON.stringify(line)).toContain("no answer");
});
