// SPDX-License-Identifier: Apache-2.0
import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { describeTrustStateStoreContract } from "../../../../test/support/contracts/trust-state-store.ts";
import { MemoryTrustStateStore } from "../../../../test/support/memory-trust-state-store.ts";
import { createFileTrustStateStore } from "./file-trust-state-store.ts";

const folder = mkdtempSync(join(tmpdir(), "haechi-trust-state-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const memory = new MemoryTrustStateStore();
describeTrustStateStoreContract("MemoryTrustStateStore", () => memory);
describeTrustStateStoreContract("createFileTrustStateStore", () => createFileTrustStateStore(join(folder, "new")));

describe("createFileTrustStateStore", () => {
  it("makes files that only the owner can read", async () => {
    const here = join(folder, "modes");
    await createFileTrustStateStore(here).replace("k", undefined, Buffer.from("v"));
    expect(statSync(here).mode & 0o777).toBe(0o700);
    expect(readdirSync(here).map((name) => statSync(join(here, name)).mode & 0o777)).toEqual([0o600]);
  });

  it("a folder that cannot be used is an error, never an empty state", async () => {
    const file = join(folder, "a-file");
    writeFileSync(file, "");
    await expect(createFileTrustStateStore(file).read("k")).rejects.toMatchObject({ code: "TRUST_STATE_UNAVAILABLE" });
  });

  it("a damaged file is an error, never an empty state", async () => {
    const here = join(folder, "damaged");
    await createFileTrustStateStore(here).replace("k", undefined, Buffer.from("v"));
    writeFileSync(
      join(here, "trust-state.sqlite"),
      "not a database at all, but long enough to look like something else".repeat(30),
    );
    await expect(createFileTrustStateStore(here).read("k")).rejects.toMatchObject({ code: "TRUST_STATE_UNAVAILABLE" });
  });
});
