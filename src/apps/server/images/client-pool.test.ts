// SPDX-License-Identifier: Apache-2.0
import { mkdtemp, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { ClientPool } from "./client-pool.ts";

const PLACE = { registry: "registry.example", repository: "app" };
const TIMEOUTS = { connectMs: 1_000, headersMs: 1_000, bodyMs: 1_000, retryMs: 1 };
let folder = "";

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "haechi-clients-"));
});

afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

it("a client is not kept once the authority that it trusts was renewed", async () => {
  const caFile = join(folder, "ca.pem");
  await writeFile(caFile, "");
  await using pool = new ClientPool(TIMEOUTS);
  const first = await pool.open(PLACE, "kim", { caFile });
  expect(await pool.open(PLACE, "kim", { caFile })).toBe(first);
  await utimes(caFile, new Date(0), new Date(1_000));
  expect(await pool.open(PLACE, "kim", { caFile })).not.toBe(first);
});

it.each([
  { name: "other credentials", who: "lee", options: {} },
  { name: "another scheme", who: "kim", options: { plainHttp: true } },
])("a client is not used for $name", async ({ who, options }) => {
  await using pool = new ClientPool(TIMEOUTS);
  const first = await pool.open(PLACE, "kim", {});
  expect(await pool.open(PLACE, who, options)).not.toBe(first);
  expect(await pool.open(PLACE, "kim", {})).toBe(first);
});
