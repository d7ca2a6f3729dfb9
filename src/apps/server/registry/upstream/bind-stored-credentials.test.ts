// SPDX-License-Identifier: Apache-2.0
import { pino } from "pino";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { Database, RegistryObjectKind } from "#database";
import { openTestDatabase } from "../../../../../test/support/postgres.ts";
import { scannerAuthorization } from "../external-scan/scanner-credentials.ts";
import { openRegistrySettings } from "../settings/index.ts";
import { bindStoredCredentials } from "./bind-stored-credentials.ts";
import { readUpstreamCredentials } from "./upstream-credentials.ts";

const PAIR = { username: "robot", password: "s3cret" };
let database: Database;

beforeAll(async () => {
  database = await openTestDatabase();
});
afterAll(() => database[Symbol.asyncDispose]());

it("credentials of an earlier version are for the one registry that something names them for, else for none", async () => {
  for (const name of ["hub", "pushed", "promoted", "imported", "twice", "nobody"]) {
    await database.secrets.set(`registry-upstream/${name}`, Buffer.from(JSON.stringify(PAIR)));
  }
  const rule = { direction: "push", isPlainHttp: false, duplicates: "skip", trigger: { kind: "off" } };
  await put("settings", "hub", { proxyCache: { registry: "docker.io", credentials: "registry-upstream/hub" } });
  await put("replication", "a", { ...rule, registry: "R.example:5000", credentials: "registry-upstream/pushed" });
  await put("replication", "b", { ...rule, registry: "one.example", credentials: "registry-upstream/twice" });
  await put("replication", "c", { ...rule, registry: "two.example", credentials: "registry-upstream/twice" });
  await put("promotion", "p", {
    ...{ from: "dev", to: "prod", needsApproval: true, isImmutable: true },
    ...{ registry: "prod.example", credentials: "registry-upstream/promoted" },
  });
  await database.registryJobs.create({
    kind: "import",
    target: "",
    parameters: {
      ...{ kind: "harbor", registry: "harbor.example", credentials: "registry-upstream/imported" },
      ...{ to: "", duplicates: "skip", withSettings: false, isDryRun: false },
    },
    requestedBy: "test",
  });
  await database.secrets.set("scanner/other", Buffer.from(JSON.stringify({ kind: "bearer", token: "t0ken" })));
  await put("scanner", "other", { url: "https://scanner.example/api", isEnabled: true });
  await bind();

  for (const [name, registry] of [
    ["hub", "docker.io"],
    ["hub", "registry-1.docker.io"],
    ["pushed", "r.example:5000"],
    ["promoted", "prod.example"],
    ["imported", "harbor.example"],
  ] as const) {
    expect(await readUpstreamCredentials(database.secrets, name, { registry, isPlainHttp: false })).toEqual(PAIR);
    await expect(
      readUpstreamCredentials(database.secrets, name, { registry: "evil.example", isPlainHttp: false }),
    ).rejects.toMatchObject({
      code: "CREDENTIALS_INVALID",
      message: expect.not.stringContaining(PAIR.password) as string,
    });
  }
  await expect(
    readUpstreamCredentials(database.secrets, "pushed", { registry: "r.example", isPlainHttp: false }),
  ).rejects.toThrow("are for r.example");
  expect(await scannerAuthorization(database.secrets, "other", "https://scanner.example/v2")).toBe("Bearer t0ken");
  await expect(scannerAuthorization(database.secrets, "other", "https://evil.example/api")).rejects.toThrow(
    "stored for https://scanner.example, so they are not sent to https://evil.example",
  );
  // nobody gets them later, by a rule and a restart either
  await put("replication", "d", { ...rule, registry: "evil.example", credentials: "registry-upstream/nobody" });
  await database.registryObjects.remove("replication", "b");
  await bind();
  for (const [name, registry] of [
    ["nobody", "evil.example"],
    ["twice", "two.example"],
    ["twice", "one.example"],
  ] as const) {
    await expect(readUpstreamCredentials(database.secrets, name, { registry, isPlainHttp: false })).rejects.toThrow(
      "stored without",
    );
  }
});

async function bind(): Promise<void> {
  const log = pino({ enabled: false });
  const settings = await openRegistrySettings({ database, log });
  await bindStoredCredentials({ database, settings, log });
  settings[Symbol.dispose]();
}

async function put(kind: RegistryObjectKind, name: string, document: object): Promise<void> {
  await database.registryObjects.put({ kind, name, document, updatedBy: "test" });
}
