// SPDX-License-Identifier: Apache-2.0
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openTestDatabase } from "../../../test/support/postgres.ts";
import type { Account, Database, ServerEvent } from "./index.ts";

const HOUR_MS = 60 * 60_000;
let database: Database;
let now = new Date("2026-11-22T12:00:00Z");
let number = 0;

beforeAll(async () => {
  database = await openTestDatabase({ now: () => now });
  await database.accounts.create({ name: "root", role: "ADMIN", passwordHash: "h" });
});

afterAll(async () => {
  await database[Symbol.asyncDispose]();
});

async function account(): Promise<Account> {
  number += 1;
  return await database.accounts.create({ name: `robot-${number}`, kind: "robot", role: "VIEWER" });
}

function pair(): { readonly accessKey: string; readonly secretHash: string } {
  number += 1;
  return { accessKey: `HAK${number}`, secretHash: `hash of ${number}` };
}

describe("access keys", () => {
  it("of nobody are none", async () => {
    const { accessKeys } = database;
    for (const accountId of ["nonsense", "00000000-0000-4000-8000-000000000000"]) {
      await expect(accessKeys.create({ ...pair(), accountId, description: "" })).rejects.toMatchObject({
        code: "ACCOUNT_UNKNOWN",
      });
    }
    expect(await accessKeys.findUsable("a\0b")).toBeUndefined();
    expect(await accessKeys.find("'; drop table access_key; --")).toBeUndefined();
    expect(await accessKeys.remove("nonsense")).toBe(false);
  });

  it("are two at most, however many are asked for at once", async () => {
    const { id } = await account();
    const asked = Array.from({ length: 6 }, () =>
      database.accessKeys.create({ ...pair(), accountId: id, description: "" }),
    );
    const outcomes = await Promise.allSettled(asked);
    expect(outcomes.filter(({ status }) => status === "fulfilled")).toHaveLength(2);
    expect(await database.accessKeys.list(id)).toHaveLength(2);
  });

  it("are rotated once, and keep when their line began", async () => {
    const { id, name } = await account();
    const { accessKeys } = database;
    const first = await accessKeys.create({ ...pair(), accountId: id, description: "build\0" });
    now = new Date(now.getTime() + HOUR_MS);
    const overlapUntil = new Date(now.getTime() + HOUR_MS);
    const next = pair();
    const second = await accessKeys.rotate(first.id, { ...next, overlapUntil });
    expect(second).toMatchObject({ accountName: name, createdAt: first.createdAt, rotatedAt: now.toISOString() });
    expect(await accessKeys.find(first.id)).toMatchObject({ expiresAt: overlapUntil.toISOString() });
    await expect(accessKeys.rotate(first.id, { ...pair(), overlapUntil })).rejects.toMatchObject({
      code: "ACCESS_KEYS_FULL",
    });
    expect(await accessKeys.findUsable(first.accessKey)).toBeDefined();
    now = overlapUntil;
    expect(await accessKeys.findUsable(first.accessKey)).toBeUndefined();
    await expect(accessKeys.rotate(first.id, { ...pair(), overlapUntil })).rejects.toMatchObject({
      code: "ACCESS_KEY_UNKNOWN",
    });
    expect(await accessKeys.findUsable(next.accessKey)).toMatchObject({
      secretHash: next.secretHash,
      account: { id, kind: "robot" },
    });
  });

  it("that ended long ago leave the inventory", async () => {
    const { id } = await account();
    const { accessKeys } = database;
    const old = await accessKeys.create({
      ...pair(),
      accountId: id,
      description: "",
      expiresAt: new Date(now.getTime() + HOUR_MS),
    });
    now = new Date(now.getTime() + 92 * 24 * HOUR_MS);
    await accessKeys.create({ ...pair(), accountId: id, description: "" });
    expect((await accessKeys.list(id)).map((key) => key.id)).not.toContain(old.id);
  });

  it("are not usable while they or their account are disabled, and go with the account", async () => {
    const { id } = await account();
    const { accessKeys, accounts } = database;
    const { accessKey, id: keyId } = await accessKeys.create({ ...pair(), accountId: id, description: "" });
    await accessKeys.setState(keyId, "disabled");
    expect(await accessKeys.findUsable(accessKey)).toBeUndefined();
    await accessKeys.setState(keyId, "active");
    expect(await accessKeys.findUsable(accessKey)).toBeDefined();
    await accounts.update(id, { state: "disabled" });
    expect(await accessKeys.findUsable(accessKey)).toBeUndefined();
    await accounts.remove(id);
    expect(await accessKeys.find(keyId)).toBeUndefined();
  });

  it("note the last of many uses in one write", async () => {
    const { id } = await account();
    const { accessKeys } = database;
    const key = await accessKeys.create({ ...pair(), accountId: id, description: "" });
    accessKeys.noteUse(key.id);
    now = new Date(now.getTime() + 1_000);
    accessKeys.noteUse(key.id);
    accessKeys.noteUse("00000000-0000-4000-8000-000000000000");
    await accessKeys.flush();
    expect(await accessKeys.find(key.id)).toMatchObject({ lastUsedAt: now.toISOString() });
  });
});

describe("accounts", () => {
  it("tell every process when they change", async () => {
    const { id } = await account();
    const heard: ServerEvent[] = [];
    const end = database.events.subscribe((event) => heard.push(event));
    await database.accounts.update(id, { grants: [{ prefix: "team", role: "VIEWER" }] });
    await database.accounts.setPassword(id, "h");
    const { id: keyId } = await database.accessKeys.create({ ...pair(), accountId: id, description: "" });
    await database.accessKeys.remove(keyId);
    await expect.poll(() => heard.filter(({ type }) => type === "account-changed")).toHaveLength(4);
    end();
  });

  it("two administrators who lock each other out at once do not both succeed", async () => {
    const { accounts } = database;
    const other = await accounts.create({ name: "other", role: "ADMIN", passwordHash: "h" });
    const root = await accounts.findByName("root");
    const outcomes = await Promise.allSettled([
      accounts.update(other.id, { state: "disabled" }),
      accounts.update(root?.id ?? "", { role: "VIEWER" }),
    ]);
    expect(outcomes.map(({ status }) => status).toSorted()).toEqual(["fulfilled", "rejected"]);
    const administrators = (await accounts.list()).filter(
      ({ role, state, kind }) => role === "ADMIN" && state === "active" && kind === "person",
    );
    expect(administrators).toHaveLength(1);
  });

  it("of a provider are found by issuer and subject, both", async () => {
    const { accounts } = database;
    const identity = { issuer: "https://a.example", subject: "1" };
    const { id } = await accounts.create({ name: "kim", role: "VIEWER", identity });
    expect(await accounts.findByIdentity(identity)).toMatchObject({ id, issuer: identity.issuer });
    expect(await accounts.findByIdentity({ ...identity, issuer: "https://b.example" })).toBeUndefined();
    expect(await accounts.findByIdentity({ ...identity, subject: "2" })).toBeUndefined();
    await expect(accounts.create({ name: "lee", role: "VIEWER", identity })).rejects.toMatchObject({
      code: "ACCOUNT_EXISTS",
    });
  });
});
