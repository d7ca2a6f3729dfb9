// SPDX-License-Identifier: Apache-2.0
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type ApiTestBed, addAccount, createApiTestBed } from "../../../../test/support/api-server.ts";
import { runCommandLine } from "../../../../test/support/run-command-line.ts";
import { startApi } from "../../server/api/index.ts";
import type { RunningRole } from "../../server/context.ts";
import { scannerAuthorization } from "../../server/registry/external-scan/scanner-credentials.ts";

const PASSWORD = "correct horse battery";
const SECRET = "the scanner's secret";
const TOKEN = "a-token-of-the-scanner";
const ADDRESS = "https://scanner.example";
let bed: ApiTestBed;
let api: RunningRole;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "haechi-scanners-"));
  bed = await createApiTestBed();
  api = await startApi(bed.context, { consoleFolder: "/nowhere" });
  await addAccount(bed.database, { name: "admin", role: "ADMIN", password: PASSWORD });
  await addAccount(bed.database, { name: "viewer", role: "VIEWER", password: PASSWORD });
  await writeFile(join(folder, "ca.pem"), "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n");
});

afterAll(async () => {
  await api.stop();
  await bed[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

interface Given {
  readonly variables?: Readonly<Record<string, string>>;
  readonly stdin?: string;
}

async function run(words: string, { variables = {}, stdin = "" }: Given = {}) {
  return await runCommandLine(["registry", "scanners", ...words.split(" ")], {
    folder,
    variables: { HAECHI_SERVER: api.url, HAECHI_PASSWORD: PASSWORD, ...variables },
    readStdin: () => Promise.resolve(stdin),
  });
}

async function authorizationAt(scanner: string, url = ADDRESS): Promise<string | undefined> {
  return await scannerAuthorization(bed.database.secrets, scanner, url);
}

describe("haechi registry scanners", () => {
  it.each([
    { name: "somebody who is no administrator", words: "list --username viewer", says: "PERMISSION_DENIED" },
    { name: "a name that is none", words: `set A/B ${ADDRESS}`, says: "REQUEST_INVALID" },
    { name: "a URL that carries a password", words: "set x https://a:b@scanner.example", says: "REQUEST_INVALID" },
    { name: "an authority that cannot be read", words: `set x ${ADDRESS} --scanner-ca none.pem`, says: "--scanner-ca" },
    {
      name: "a username without password",
      words: `set x ${ADDRESS} --scanner-username haechi`,
      says: "needs a password",
    },
    {
      name: "a password without username",
      words: `set x ${ADDRESS}`,
      given: { variables: { HAECHI_SCANNER_PASSWORD: SECRET } },
      says: "needs a password",
    },
    {
      name: "nothing where a secret should be",
      words: `set x ${ADDRESS} --scanner-token-stdin`,
      given: { stdin: "\n" },
      says: "found nothing",
    },
    {
      name: "two secrets on one input",
      words: `set x ${ADDRESS} --password-stdin --scanner-token-stdin`,
      given: { stdin: PASSWORD },
      says: "one secret only",
    },
    {
      name: "a token and a password",
      words: `set x ${ADDRESS} --scanner-username haechi`,
      given: { variables: { HAECHI_SCANNER_PASSWORD: SECRET, HAECHI_SCANNER_TOKEN: TOKEN } },
      says: "not both",
    },
    {
      name: "credentials that shall be forgotten",
      words: `set x ${ADDRESS} --no-credentials`,
      given: { variables: { HAECHI_SCANNER_TOKEN: TOKEN } },
      says: "contradict",
    },
    { name: "a scanner to remove that nobody knows", words: "delete x", says: "SCANNER_UNKNOWN" },
    { name: "a scanner to ask that nobody knows", words: "ask x", says: "SCANNER_UNKNOWN" },
  ])("refuses $name", async ({ words, given, says }) => {
    const { code, stdout, stderr } = await run(words, given);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toContain(says);
    expect(stderr).not.toContain(SECRET);
    expect(stderr).not.toContain(TOKEN);
    expect(await bed.database.registryObjects.find("scanner", "x")).toBeUndefined();
  });

  it("set, list and delete a scanner, and say its secret to nobody", async () => {
    expect((await run("list")).stdout).toContain("There are no scanners");
    const set = await run(
      `set trivy ${ADDRESS} --prefix team --counts --registry-url https://r.example --scanner-ca ${join(folder, "ca.pem")} --scanner-username haechi --scanner-password-stdin`,
      { stdin: `${SECRET}\n` },
    );
    expect(set).toEqual({ code: 0, stdout: "The scanner trivy is saved.\n", stderr: "" });
    expect(await authorizationAt("trivy")).toBe(`Basic ${Buffer.from(`haechi:${SECRET}`).toString("base64")}`);

    const listed = await run("list --format json");
    expect(JSON.parse(listed.stdout)).toMatchObject({
      scanners: [
        {
          name: "trivy",
          scanner: {
            url: ADDRESS,
            prefix: "team",
            counts: true,
            isEnabled: true,
            registryUrl: "https://r.example",
            certificateAuthority: expect.stringContaining("BEGIN CERTIFICATE"),
          },
          hasCredentials: true,
          updatedBy: "admin",
        },
      ],
    });
    const audited = await bed.database.audit.list({ limit: 100 });
    expect(JSON.stringify([listed, bed.log, audited])).not.toContain(SECRET);
    expect((await run("list")).stdout).toMatch(/trivy +on +team +counts +kept +https:\/\/scanner\.example/);

    const asked = JSON.parse((await run("ask trivy --format json")).stdout) as { id: number };
    expect(await bed.database.registryJobs.find(asked.id)).toMatchObject({
      kind: "external-scan",
      parameters: { scanner: "trivy", scope: "missing" },
    });

    expect((await run("delete trivy")).stdout).toBe("The scanner trivy is removed.\n");
    expect(await authorizationAt("trivy")).toBeUndefined();
    expect((await run("list --format json")).stdout).toContain('"scanners": []');
  });

  it("keep credentials that are not named, take others, and forget them when told", async () => {
    await run(`set other ${ADDRESS}`, { variables: { HAECHI_SCANNER_TOKEN: TOKEN } });
    expect(await authorizationAt("other")).toBe(`Bearer ${TOKEN}`);
    await run("set other https://elsewhere.example");
    await expect(authorizationAt("other", "https://elsewhere.example")).rejects.toThrow("give them again");
    await run(`set other ${ADDRESS}/v2 --disabled`);
    expect(await authorizationAt("other")).toBe(`Bearer ${TOKEN}`);
    expect((await run("list")).stdout).toMatch(/other +off +all +is shown +kept +https:\/\/scanner\.example\/v2/);
    await run(`set other ${ADDRESS} --scanner-username haechi`, { variables: { HAECHI_SCANNER_PASSWORD: SECRET } });
    expect(await authorizationAt("other")).toMatch(/^Basic /);
    await run(`set other ${ADDRESS} --no-credentials`);
    expect(await authorizationAt("other")).toBeUndefined();
    expect((await run("list --lang ko")).stdout).toMatch(/other +켜짐 +전체 +표시만 함 +없음/);
    expect((await run("delete other --lang ko")).stdout).toBe("other 스캐너를 삭제했습니다.\n");
  });
});
