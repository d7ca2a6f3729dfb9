// SPDX-License-Identifier: Apache-2.0
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Database } from "#database";
import { eventually } from "../../../../../test/support/eventually.ts";
import { openTestDatabase } from "../../../../../test/support/postgres.ts";
import { openRegistrySettings, type RegistrySettings } from "./registry-settings.ts";

let database: Database;
let errors: unknown[] = [];
const log = { error: (...line: readonly unknown[]) => void errors.push(line) };

beforeAll(async () => {
  database = await openTestDatabase();
});
afterAll(async () => {
  await database[Symbol.asyncDispose]();
});
beforeEach(async () => {
  errors = [];
  for (const { kind, name } of [
    ...(await database.registryObjects.list("settings")),
    ...(await database.registryObjects.list("service")),
  ]) {
    await database.registryObjects.remove(kind, name);
  }
});

async function until(isSo: () => boolean): Promise<void> {
  await eventually(() => Promise.resolve(isSo() ? true : undefined), 20);
}

async function write(name: string, document: unknown, kind: "settings" | "service" = "settings"): Promise<void> {
  await database.registryObjects.put({ kind, name, document, updatedBy: "kim" });
}

describe("documents that cannot be read", () => {
  it.each([
    { name: "an unknown field", document: { preventPull: "high" } },
    { name: "a value of another type", document: { anonymousPull: "yes" } },
    { name: "null", document: null },
    { name: "a text", document: "off" },
  ])("$name: the strictest settings hold under the prefix, and it is said", async ({ document }) => {
    await write("", { anonymousPull: true });
    await write("team", document);
    using settings = await openRegistrySettings({ database, log });
    expect(settings.of("team/app").settings).toMatchObject({
      preventPullFrom: "negligible",
      anonymousPull: false,
      immutableTags: ["*"],
      undecided: "deny",
    });
    expect(settings.of("other").settings).toEqual({ anonymousPull: true });
    expect([...settings.problems.keys()]).toEqual(["team"]);
    expect(errors).toHaveLength(1);
  });

  it("what is no prefix holds nowhere, and it is said", async () => {
    await write("Team/../x", { anonymousPull: true });
    using settings = await openRegistrySettings({ database, log });
    expect(settings.tree.prefixes).toEqual([]);
    expect([...settings.problems.keys()]).toEqual(["Team/../x"]);
  });

  it.each([{ document: {} }, { document: { isOn: "true" } }, { document: { isOn: false } }])(
    "a service of $document is off",
    async ({ document }) => {
      await write("", document, "service");
      using settings = await openRegistrySettings({ database, log });
      expect(settings.isServiceOn).toBe(false);
    },
  );
});

describe("changes", () => {
  async function hears(settings: RegistrySettings, change: () => Promise<unknown>): Promise<void> {
    let isTold = false;
    const end = settings.subscribe(() => {
      isTold = true;
    });
    await change();
    await until(() => isTold);
    end();
  }

  it("of another process hold here without being asked for", async () => {
    await using here = await openTestDatabase({ url: database.connectionString });
    using settings = await openRegistrySettings({ database: here, log });
    expect(settings.isServiceOn).toBe(true);
    await hears(settings, () => write("team", { scanOnPush: false }));
    expect(settings.of("team/app").settings).toEqual({ scanOnPush: false });
    await hears(settings, () => write("", { isOn: false }, "service"));
    expect(settings.isServiceOn).toBe(false);
    await hears(settings, () => database.registryObjects.remove("settings", "team"));
    expect(settings.of("team/app").settings).toEqual({});
  });

  it("are there at once for whoever reads again", async () => {
    using settings = await openRegistrySettings({ database, log });
    await write("team", { scanOnPush: false });
    await settings.refresh();
    expect(settings.of("team").settings.scanOnPush).toBe(false);
  });

  it("that change nothing are told to nobody", async () => {
    await write("team", { scanOnPush: false });
    using settings = await openRegistrySettings({ database, log });
    const { tree } = settings;
    await write("team", { scanOnPush: false });
    await settings.refresh();
    expect(settings.tree).toBe(tree);
  });

  it("cannot be read: what was read last stays in force", async () => {
    await write("team", { preventPullFrom: "high" });
    let isAway = false;
    const away = {
      events: database.events,
      registryObjects: {
        ...database.registryObjects,
        list: (kind: "settings") => (isAway ? Promise.reject(new Error("away")) : database.registryObjects.list(kind)),
      },
    };
    using settings = await openRegistrySettings({ database: away, log });
    isAway = true;
    await write("team", {});
    await until(() => errors.length > 0);
    expect(settings.of("team").settings.preventPullFrom).toBe("high");
    isAway = false;
    await until(() => settings.of("team").settings.preventPullFrom === undefined);
  });
});
