// SPDX-License-Identifier: Apache-2.0
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type ApiTestBed, addAccount, createApiTestBed } from "../../../test/support/api-server.ts";
import { runCommandLine } from "../../../test/support/run-command-line.ts";
import { startApi } from "../server/api/index.ts";
import type { RunningRole } from "../server/context.ts";

const PASSWORD = "correct horse battery";
let bed: ApiTestBed;
let api: RunningRole;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "haechi-cli-"));
  bed = await createApiTestBed();
  api = await startApi(bed.context, { consoleFolder: "/nowhere" });
  await addAccount(bed.database, { name: "admin", role: "ADMIN", password: PASSWORD });
});

afterAll(async () => {
  await api.stop();
  await bed[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

type Outcome = Awaited<ReturnType<typeof runCommandLine>>;

async function run(words: string, variables: Readonly<Record<string, string>> = {}): Promise<Outcome> {
  return await runCommandLine(["registry", ...words.split(" ")], {
    folder,
    variables: { HAECHI_SERVER: api.url, HAECHI_PASSWORD: PASSWORD, ...variables },
  });
}

function pairOf(outcome: Outcome): Readonly<Record<string, string>> {
  return Object.fromEntries(
    outcome.stdout
      .trim()
      .split("\n")
      .map((line) => line.split("=") as [string, string]),
  );
}

describe("haechi registry accounts and keys", () => {
  it.each([
    { name: "a wrong password", variables: { HAECHI_PASSWORD: "wrong" }, want: "LOGIN_FAILED" },
    { name: "half an access key", variables: { HAECHI_ACCESS_KEY: "HAK" }, want: "need each other" },
    {
      name: "an access key that is none",
      variables: { HAECHI_ACCESS_KEY: "HAK", HAECHI_SECRET_KEY: "secret" },
      want: "LOGIN_FAILED",
    },
    {
      name: "a server that would get it in clear",
      variables: { HAECHI_SERVER: "http://haechi.example" },
      want: "in clear",
    },
  ])("with $name end with a sentence", async ({ variables, want }) => {
    const { code, stderr, stdout } = await run("accounts list", variables);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toContain(want);
    expect(stderr).not.toContain("secret\n");
  });

  it("a grant that is none is refused before anything is sent", async () => {
    for (const grant of ["team", "team=ROOT", "=VIEWER", "a=VIEWER=b"]) {
      expect((await run(`accounts create x --grant ${grant}`)).code).toBe(2);
    }
  });

  it("make a robot and its key, by which a script goes on", async () => {
    const made = await run("accounts create ci --robot --role ADMIN --format json");
    expect(JSON.parse(made.stdout)).toMatchObject({ account: { name: "ci", kind: "robot", grants: [] } });
    const key = await run("keys create --account ci --description build");
    const pair = pairOf(key);
    expect(key.code).toBe(0);
    expect(Object.keys(pair)).toEqual(["HAECHI_ACCESS_KEY", "HAECHI_SECRET_KEY"]);
    expect(key.stderr).toContain("shown once");
    const listed = await run("keys list", pair);
    expect(listed.stdout).toContain(pair["HAECHI_ACCESS_KEY"]);
    expect(listed.stdout).not.toContain("hsk_");
    await run("accounts create nightly --robot");
    const ending = pairOf(await run("keys create --account nightly --expires-in-days 5"));
    const rotated = await run(`keys rotate ${ending["HAECHI_ACCESS_KEY"] ?? ""}`);
    const day = new Date(Date.now() + 5 * 24 * 3_600_000).toISOString().slice(0, 10);
    expect(rotated.stderr).toContain(`It stops working on ${day}`);
    expect((await run("keys list --account nightly")).stdout).toContain(day);
    const next = pairOf(await run(`keys rotate ${pair["HAECHI_ACCESS_KEY"] ?? ""} --overlap-hours 0`, pair));
    expect((await run("keys list", pair)).stderr).toContain("LOGIN_FAILED");
    expect((await run("keys list", next)).code).toBe(0);
    await run(`keys disable ${next["HAECHI_ACCESS_KEY"] ?? ""}`);
    expect((await run("keys remove HAKnone")).stderr).toContain("there is no access key");
    expect((await run(`keys remove ${next["HAECHI_ACCESS_KEY"] ?? ""}`)).code).toBe(0);
  });

  it("make, change, stop and remove the account of a person", async () => {
    const made = await run("accounts create kim --role IMAGE_UPLOADER --grant team=IMAGE_UPLOADER --grant *=VIEWER");
    const password = made.stdout.trim();
    expect(made.stderr).toContain("first password of kim");
    expect((await run("accounts list")).stdout).toMatch(/kim .*IMAGE_UPLOADER .*\*=VIEWER team=IMAGE_UPLOADER/);
    expect((await run("keys list --username kim", { HAECHI_PASSWORD: password })).stderr).toContain(
      "PASSWORD_CHANGE_REQUIRED",
    );
    expect((await run("accounts change kim --no-grants --role VIEWER --format json")).stdout).toContain('"grants": []');
    expect((await run("accounts disable kim")).stdout).toContain("disabled");
    expect((await run("accounts disable admin")).stderr).toContain("LAST_ADMINISTRATOR");
    const reset = await run("accounts reset-password kim");
    expect(reset.stdout.trim()).not.toBe(password);
    expect((await run("accounts remove kim")).code).toBe(0);
    expect((await run("accounts remove kim")).stderr).toContain('no account named "kim"');
  });

  it("change one's own password, never said on the command line", async () => {
    const first = (await run("accounts create lee")).stdout.trim();
    const chosen = "a fence around the gate";
    const words = "accounts password --username lee";
    for (const [variables, want] of [
      [{ HAECHI_PASSWORD: first }, "HAECHI_NEW_PASSWORD"],
      [{ HAECHI_PASSWORD: "wrong", HAECHI_NEW_PASSWORD: chosen }, "LOGIN_FAILED"],
      [{ HAECHI_PASSWORD: first, HAECHI_NEW_PASSWORD: "short" }, "PASSWORD_TOO_SHORT"],
      [{ HAECHI_PASSWORD: first, HAECHI_NEW_PASSWORD: first }, "PASSWORD_UNCHANGED"],
    ] as const) {
      const refused = await run(words, variables);
      expect(refused.code).toBe(2);
      expect(refused.stderr).toContain(want);
    }
    const changed = await run(words, { HAECHI_PASSWORD: first, HAECHI_NEW_PASSWORD: chosen });
    expect(changed).toMatchObject({ code: 0, stdout: expect.stringContaining("password of lee is changed") as string });
    expect((await run("keys list --username lee", { HAECHI_PASSWORD: chosen })).code).toBe(0);
    const [ended] = await bed.database.audit.list({ limit: 1 });
    expect(ended).toMatchObject({ action: "logout", actor: "lee" });
    const lines = `${chosen}\na better fence around it\n`;
    const again = await runCommandLine(["registry", ...words.split(" "), "--password-stdin"], {
      folder,
      variables: { HAECHI_SERVER: api.url },
      readStdin: () => Promise.resolve(lines),
    });
    expect(again.code).toBe(0);
    expect((await run("keys list --username lee", { HAECHI_PASSWORD: "a better fence around it" })).code).toBe(0);
  });

  it("leave no session behind", async () => {
    const before = bed.log.length;
    await run("accounts list");
    const audited = await bed.database.audit.list({ limit: 2 });
    expect(audited.map(({ action }) => action)).toEqual(["logout", "login"]);
    expect(JSON.stringify(bed.log.slice(before))).not.toContain(PASSWORD);
  });

  it("speak Korean", async () => {
    expect((await run("keys list --lang ko")).stdout).toContain("액세스 키가 없습니다");
    expect((await run("keys --lang ko")).stdout).toContain("액세스 키를 삭제합니다");
    const refused = await run("keys create --account nobody --lang ko");
    expect(refused.stderr).toMatch(/거부했습니다: .*계정.* ACCOUNT_UNKNOWN: no such account/);
  });
});
