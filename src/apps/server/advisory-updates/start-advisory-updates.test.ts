// SPDX-License-Identifier: Apache-2.0
import { mkdirSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pino } from "pino";
import { Registry } from "prom-client";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { buildAdvisoryDatabase, openLayoutTarget, pushDatabase } from "#advisory-db";
import { type Configuration, chooseAdvisoryFile } from "#configuration";
import type { SignatureVerifier } from "#signatures";
import { eventually } from "../../../../test/support/eventually.ts";
import { openLiveAdvisories } from "./live-advisories.ts";
import { startAdvisoryUpdates } from "./start-advisory-updates.ts";

let folder: string;
let dataDir: string;
let layout: string;
let keyFile: string;
let logged: string[];
let metrics: Registry;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "haechi-updates-"));
  dataDir = join(folder, "data");
  layout = join(folder, "layout");
  keyFile = join(folder, "key.pub");
  mkdirSync(dataDir);
  writeFileSync(keyFile, "-----BEGIN PUBLIC KEY-----");
  logged = [];
  metrics = new Registry();
  await publish("A-1");
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

async function publish(...ids: readonly string[]): Promise<void> {
  const made = mkdtempSync(join(folder, "made-"));
  await buildAdvisoryDatabase({ records: ids.map(record), output: made });
  await pushDatabase({ folder: made, target: openLayoutTarget(layout), tag: "v2" });
}

function record(id: string): object {
  return {
    id,
    modified: "2026-01-01T00:00:00Z",
    affected: [{ package: { ecosystem: "npm", name: "p" }, versions: ["1"] }],
  };
}

/** Says of everything what the test wants. */
function verifier(state: "verified" | "none"): Pick<SignatureVerifier, "verify"> {
  return {
    verify: ({ digest }, requirements) =>
      Promise.resolve(
        requirements.map(() => ({
          requirement: "r",
          digest,
          state,
          signatures:
            state === "verified" ? [{ kind: "cosign", identity: "us", keyId: "k", location: "l", checks: [] }] : [],
          problems: [],
        })),
      ),
  };
}

async function start(options: {
  readonly reference?: string;
  readonly signed?: "verified" | "none";
  readonly watchIntervalMs?: number;
}) {
  const advisories: Configuration["advisories"] = {
    updateIntervalMs: 3_600_000,
    trustedKeys: [keyFile],
    ...(options.reference === undefined ? {} : { reference: options.reference }),
  };
  const settings = {
    dataDir,
    advisories,
    images: { certificateAuthorities: [], plainHttp: [] },
    proxy: {},
    signatures: { trustRoots: [], notaryServers: [], allowPrivateAddresses: [] },
  };
  const empty = join(folder, "empty");
  await buildAdvisoryDatabase({ records: [record("OLD-1")], output: empty });
  const live = await openLiveAdvisories(() => chooseAdvisoryFile(settings, () => Promise.resolve(empty)));
  const changes: string[] = [];
  live.subscribe(({ digest }) => changes.push(digest));
  const log = pino({ level: "debug" }, { write: (line: string) => void logged.push(line) });
  const updates = await startAdvisoryUpdates({
    settings,
    live,
    verifier: verifier(options.signed ?? "verified"),
    telemetry: { log, metrics },
    clock: { now: () => new Date("2026-11-22T12:00:00Z") },
    watchIntervalMs: options.watchIntervalMs ?? 3_600_000,
  });
  return {
    live,
    updates,
    changes,
    ids: () => live.advisoriesFor("npm", "p").map((each) => each.id),
    async [Symbol.asyncDispose]() {
      await updates[Symbol.asyncDispose]();
      live[Symbol.dispose]();
    },
  };
}

describe("updates of the server", () => {
  it("nothing is fetched without a reference, and another folder is taken over when somebody imports into it", async () => {
    await using server = await start({ watchIntervalMs: 10 });
    expect(server.ids()).toEqual(["OLD-1"]);
    await buildAdvisoryDatabase({ records: [record("A-7")], output: join(dataDir, "advisories") });
    await eventually(() => Promise.resolve(server.ids()[0] === "A-7" ? true : undefined), 10);
    expect(server.ids()).toEqual(["A-7"]);
    expect(server.changes).toEqual([server.live.info.digest]);
    expect(server.live.file).toBe(join(dataDir, "advisories"));
  });

  it("a database that nobody trusted has signed is not used; it is logged and counted", async () => {
    await using server = await start({ reference: `oci:${layout}:v2`, signed: "none" });
    expect(await server.updates.update()).toBe("failed");
    expect(server.ids()).toEqual(["OLD-1"]);
    expect(server.changes).toEqual([]);
    expect(logged.join("")).toContain("ADVISORY_DATABASE_UNTRUSTED");
    expect(await metrics.metrics()).toContain('haechi_advisory_updates_total{result="failed"} 1');
  });

  it("a newer one is used at once and told to who wants to know, the same one is not", async () => {
    await using server = await start({ reference: `oci:${layout}:v2` });
    // the first one was begun by the start
    expect(await server.updates.update()).toBe("updated");
    expect(server.ids()).toEqual(["A-1"]);
    expect(await server.updates.update()).toBe("same");
    await publish("A-1", "A-2");
    expect(await server.updates.update()).toBe("updated");
    expect(server.ids()).toEqual(["A-1", "A-2"]);
    expect(server.changes).toHaveLength(2);
    const text = await metrics.metrics();
    expect(text).toContain('haechi_advisory_updates_total{result="updated"} 2');
    expect(text).toContain("haechi_advisory_database_advisories 2");
    expect(text).toContain(`haechi_advisory_database_timestamp_seconds ${Date.parse("2026-01-01T00:00:00Z") / 1000}`);
  });

  it("a version in the folder that is damaged is not taken over", async () => {
    await using server = await start({ reference: `oci:${layout}:v2` });
    await server.updates.update();
    const index = join(dataDir, "advisories/index.json");
    truncateSync(index, Math.floor(readFileSync(index).length / 2));
    await expect(server.live.reload()).rejects.toMatchObject({ code: "ADVISORY_DATABASE_CORRUPT" });
    expect(server.ids()).toEqual(["A-1"]);
    // the next update makes it whole again
    await publish("A-1", "A-3");
    expect(await server.updates.update()).toBe("updated");
    expect(server.ids()).toEqual(["A-1", "A-3"]);
  });

  it("a key that cannot be read ends the start", async () => {
    rmSync(keyFile);
    await expect(start({ reference: `oci:${layout}:v2` })).rejects.toMatchObject({ code: "CONFIGURATION_INVALID" });
  });
});
