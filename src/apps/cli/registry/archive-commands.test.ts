// SPDX-License-Identifier: Apache-2.0
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Registry } from "prom-client";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { hashPassword } from "#database";
import { buildImage, writeDockerArchive, writeTar } from "../../../../test/support/image-builder.ts";
import { attachToImage } from "../../../../test/support/push-to-registry.ts";
import {
  call,
  DENY,
  pushImage,
  startTestRegistry,
  TEST_ACCOUNTS,
  type TestRegistry,
} from "../../../../test/support/registry-server.ts";
import { runCommandLine } from "../../../../test/support/run-command-line.ts";
import { startApi } from "../../server/api/index.ts";
import type { RunningRole, ServerContext } from "../../server/context.ts";

const APP = buildImage([{ entries: [{ path: "app" }] }]);
const REFUSED = buildImage([{ entries: [{ path: "refused" }] }]);
const UPLOADER = { username: "uploader", password: TEST_ACCOUNTS.uploader.password };

let registry: TestRegistry;
let api: RunningRole;
let folder = "";
let referrer = "";
let signatureTag = "";

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "haechi-archives-"));
  registry = await startTestRegistry();
  const { accounts } = registry.context.database;
  for (const [name, { password }] of Object.entries(TEST_ACCOUNTS)) {
    const id = (await accounts.findByName(name))?.id ?? "";
    // the first password is for nothing but being changed
    await accounts.setPassword(id, await hashPassword(password));
  }
  api = await startApi(withBackups(join(folder, "backups")));
  await pushImage(registry, "team/app:1", APP);
  await pushImage(registry, "team/bad:1", REFUSED);
  registry.judge.decide(REFUSED.manifest.digest, DENY);
  const attached = await attachToImage(registry.host, "team/app", APP, UPLOADER);
  referrer = attached.referrer;
  signatureTag = attached.tag;
});

afterAll(async () => {
  await api.stop();
  await registry[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

/** The API asks for more of the configuration than the registry does. */
function withBackups(backupDir?: string): ServerContext {
  const { configuration } = registry.context;
  const of = { ...configuration.registry, ...(backupDir === undefined ? {} : { backupDir }) };
  const telemetry = { ...registry.context.telemetry, metrics: new Registry() };
  return {
    ...registry.context,
    telemetry,
    configuration: { ...configuration, roles: ["registry", "api"], registry: of },
  };
}

async function archive(words: readonly string[], account: keyof typeof TEST_ACCOUNTS = "uploader") {
  return await runCommandLine(["registry", ...words], {
    folder,
    variables: { HAECHI_REGISTRY_USERNAME: account, HAECHI_REGISTRY_PASSWORD: TEST_ACCOUNTS[account].password },
  });
}

async function ofServer(
  words: readonly string[],
  { url, account = "admin" }: { url?: string; account?: keyof typeof TEST_ACCOUNTS } = {},
) {
  return await runCommandLine(["registry", ...words, "--server", url ?? api.url, "--username", account], {
    folder,
    variables: { HAECHI_PASSWORD: TEST_ACCOUNTS[account].password },
  });
}

describe("haechi registry save", () => {
  it.each([
    { name: "no file", words: () => ["save", `${registry.host}/team/app:1`], says: "--output" },
    {
      name: "no such image",
      words: () => ["save", `${registry.host}/team/none:1`, "-o", join(folder, "x.tar")],
      says: "MANIFEST_UNKNOWN",
    },
    {
      name: "one that the gate refuses",
      words: () => ["save", `${registry.host}/team/bad:1`, "-o", join(folder, "x.tar")],
      says: "DENIED",
    },
    {
      name: "a folder that is not there",
      words: () => ["save", `${registry.host}/team/app:1`, "-o", join(folder, "none/x.tar")],
      says: "ARCHIVE_UNWRITABLE",
    },
  ])("refuses: $name", async ({ words, says }) => {
    const { code, stderr } = await archive(words(), "viewer");
    expect([code, stderr]).toEqual([2, expect.stringContaining(says)]);
  });

  it("and load carry an image with its signatures to another name", async () => {
    const file = join(folder, "app.tar");
    const saved = await archive(["save", `${registry.host}/team/app:1`, "--format", "oci", "--output", file], "viewer");
    expect(`${saved.code} ${saved.stderr}${saved.stdout}`).toMatch(/^0 1 image was saved to .*sha256 [0-9a-f]{64}/);
    const loaded = await archive(["load", file, "--repository", `${registry.host}/from/outside`]);
    expect(`${loaded.code} ${loaded.stderr}`).toMatch(/^0 /);
    expect(loaded.stdout).toContain(`${registry.host}/from/outside/team/app:1 ${APP.manifest.digest}`);
    const referrers = await call(registry, `GET /v2/from/outside/team/app/referrers/${APP.manifest.digest}`, {
      as: "admin",
    });
    expect(referrers.body.toString()).toContain(referrer);
    for (const reference of ["1", signatureTag]) {
      expect(
        (await call(registry, `GET /v2/from/outside/team/app/manifests/${reference}`, { as: "admin" })).status,
      ).toBe(200);
    }
  });
});

describe("haechi registry load", () => {
  it.each([
    { name: "a file that is no archive", content: Buffer.from("hello"), more: [], says: "ARCHIVE_INVALID" },
    {
      name: "an archive without an image",
      content: writeTar([{ path: "x", content: "y" }]),
      more: [],
      says: "IMAGE_NOT_FOUND",
    },
    {
      name: "a place that is none",
      content: writeDockerArchive({ "r.example/app:1": APP }),
      more: ["--repository", "team/app"],
      says: "OPTION_INVALID",
    },
    {
      name: "a place with a tag",
      content: writeDockerArchive({ "r.example/app:1": APP }),
      more: ["--repository", "r.example/app:1"],
      says: "REFERENCE_INVALID",
    },
  ])("refuses $name", async ({ content, more, says }) => {
    const file = join(folder, "bad.tar");
    await writeFile(file, content);
    const { code, stderr } = await archive(["load", file, ...more]);
    expect([code, stderr]).toEqual([2, expect.stringContaining(says)]);
  });

  it("is refused to who may not push", async () => {
    const file = join(folder, "docker.tar");
    await writeFile(file, writeDockerArchive({ "r.example/app:1": APP }));
    const { code, stderr } = await archive(["load", file, "--repository", `${registry.host}/x`], "viewer");
    expect([code, stderr]).toEqual([2, expect.stringMatching(/DENIED|UNAUTHORIZED/)]);
  });
});

describe("backups by the API", () => {
  it.each([
    {
      name: "a schedule that never comes",
      words: ["backup", "schedule", "n", "--cron", "0 0 31 2 *"],
      says: "REQUEST_INVALID",
    },
    { name: "a name that leads somewhere", words: ["backup", "schedule", "../n"], says: "REQUEST_INVALID" },
    { name: "no number of backups", words: ["backup", "schedule", "n", "--keep", "0"], says: "--keep" },
    { name: "a rule that is not there", words: ["backup", "now", "--rule", "none"], says: "BACKUP_RULE_UNKNOWN" },
    { name: "removing a rule that is not there", words: ["backup", "unschedule", "none"], says: "BACKUP_RULE_UNKNOWN" },
    { name: "a backup that is not there", words: ["restore", "n/2026-11-22T00-00-00-000Z"], says: "BACKUP_UNKNOWN" },
    { name: "a backup elsewhere", words: ["restore", "../../etc"], says: "REQUEST_INVALID" },
    { name: "a pattern that is none", words: ["backup", "now", "--repository", "TEAM"], says: "REQUEST_INVALID" },
  ])("refuses: $name", async ({ words, says }) => {
    const { code, stderr } = await ofServer(words);
    expect([code, stderr]).toEqual([2, expect.stringContaining(says)]);
  });

  it.each(["uploader", "viewer"] as const)("is nothing for %s", async (account) => {
    for (const words of [
      ["backup", "list"],
      ["backup", "now", "--no-wait"],
      ["snapshot", "now", "--no-wait"],
      ["restore", "n/2026-11-22T00-00-00-000Z"],
    ]) {
      const { code, stderr } = await ofServer(words, { account });
      expect([code, stderr]).toEqual([2, expect.stringContaining("PERMISSION_DENIED")]);
    }
  });

  it("says that there is no folder for them", async () => {
    const off = await startApi(withBackups());
    try {
      const { code, stderr } = await ofServer(["snapshot", "now"], { url: off.url });
      expect([code, stderr]).toEqual([2, expect.stringContaining("BACKUP_OFF")]);
      expect((await ofServer(["backup", "list"], { url: off.url })).code).toBe(0);
    } finally {
      await off.stop();
    }
  });

  it("keeps rules, makes jobs, and writes both down in the audit log", async () => {
    const set = await ofServer([
      "backup",
      "schedule",
      "nightly",
      "--cron",
      "0 2 * * *",
      "--time-zone",
      "Asia/Seoul",
      "--repository",
      "team/*",
      "--keep",
      "3",
    ]);
    expect(`${set.code} ${set.stderr}`).toBe("0 ");
    const list = await ofServer(["backup", "list"]);
    expect(list.stdout).toMatch(/nightly\s+3\s+\S+T17:00:00.000Z\s+0 2 \* \* \* Asia\/Seoul/);
    const asked = await ofServer(["backup", "now", "--rule", "nightly", "--no-wait", "--format", "json"]);
    expect(JSON.parse(asked.stdout)).toMatchObject({ kind: "backup", target: "nightly", state: "pending" });
    expect(JSON.parse((await ofServer(["snapshot", "now", "--no-wait", "--format", "json"])).stdout)).toMatchObject({
      kind: "snapshot",
    });
    expect((await ofServer(["snapshot", "list"])).stdout).not.toContain("nightly");
    expect((await ofServer(["backup", "unschedule", "nightly"])).code).toBe(0);
    const audited = (await registry.context.database.audit.list({ limit: 20 })).map(
      ({ actor, action }) => `${actor} ${action}`,
    );
    for (const action of ["backup-rule-changed", "registry-backup-requested", "backup-rule-removed"]) {
      expect(audited).toContain(`admin ${action}`);
    }
  });
});
