// SPDX-License-Identifier: Apache-2.0
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { buildAdvisoryDatabase, openAdvisoryDatabase } from "#advisory-db";
import { startTestRegistry, TEST_ACCOUNTS, type TestRegistry } from "../../../test/support/registry-server.ts";
import { runCommandLine } from "../../../test/support/run-command-line.ts";

let registry: TestRegistry;
let folder: string;
let home: string;
let first: string;
let second: string;
let key: string;
let publicKey: string;
let repository: string;

function record(id: string, name: string, modified: string): object {
  return { id, modified, affected: [{ package: { ecosystem: "npm", name }, versions: ["1.0.0"] }] };
}

beforeAll(async () => {
  registry = await startTestRegistry();
  folder = mkdtempSync(join(tmpdir(), "haechi-db-commands-"));
  home = folder;
  await haechi(["key", "generate", "--output-key-prefix", join(folder, "team")]);
  [key, publicKey] = [join(folder, "team.key"), join(folder, "team.pub")];
  const many = Array.from({ length: 300 }, (_, index) =>
    record(`A-${index}`, `p${(index * 97) % 300}`, "2026-01-01T00:00:00Z"),
  );
  first = join(folder, "first");
  second = join(folder, "second");
  await buildAdvisoryDatabase({ records: many, output: first });
  await buildAdvisoryDatabase({ records: [...many, record("NEW-1", "q", "2026-02-01T00:00:00Z")], output: second });
});

afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  await registry[Symbol.asyncDispose]();
});

let number = 0;
beforeEach(() => {
  number += 1;
  home = mkdtempSync(join(folder, "home-"));
  repository = `docker://${registry.host}/security/advisories-${number}`;
});

async function haechi(argv: readonly string[], variables: Readonly<Record<string, string>> = {}) {
  return await runCommandLine(argv, {
    folder: home,
    variables: {
      COSIGN_PASSWORD: "p",
      HAECHI_REGISTRY_USERNAME: "uploader",
      HAECHI_REGISTRY_PASSWORD: TEST_ACCOUNTS.uploader.password,
      ...variables,
    },
  });
}

function idsOf(name: string): readonly string[] {
  using database = openAdvisoryDatabase(join(home, "advisories"));
  database.verify();
  return database.advisoriesFor("npm", name).map((each) => each.id);
}

describe("by way of our own registry", () => {
  it("an unsigned database is refused with what to do, and taken by its digest", async () => {
    const pushed = await haechi(["db", "push", "--db", first, repository]);
    expect(pushed).toMatchObject({ code: 0, stderr: "" });
    expect(pushed.stdout).toContain("It is not signed: sign it with “haechi sign”");
    const refused = await haechi(["db", "pull", repository, "--key", publicKey]);
    expect(refused).toMatchObject({ code: 2, stdout: "" });
    expect(refused.stderr).toMatch(/is not signed by anybody.*haechi sign.*ADVISORY_DATABASE_UNTRUSTED/);
    const nobody = await haechi(["db", "pull", repository]);
    expect(nobody.stderr).toMatch(/nobody is trusted to sign.*advisories\.trustedKeys/);
    expect(readdirSync(home)).not.toContain("advisories");
    const pinned = /\S+@sha256:[0-9a-f]{64}/.exec(pushed.stdout)?.[0] ?? "";
    expect(await haechi(["db", "pull", pinned])).toMatchObject({ code: 0 });
    expect(idsOf("q")).toEqual([]);
    expect((await haechi(["db", "status"])).stdout).toContain("named by its digest");
  });

  it("a signed one is updated by what changed, from the settings", async () => {
    expect((await haechi(["db", "push", "--db", first, "--key", key, repository])).code).toBe(0);
    const settings = { HAECHI_ADVISORIES_REFERENCE: `${repository}:v2`, HAECHI_ADVISORIES_TRUSTED_KEYS: publicKey };
    expect(await haechi(["db", "update"], settings)).toMatchObject({ code: 0, stderr: "" });
    // signed by itself, as any image is
    const pushed = await haechi(["db", "push", "--db", second, repository]);
    expect(pushed.stdout).toContain("1 layer of changes");
    const untrusted = await haechi(["db", "update"], settings);
    expect(untrusted.stderr).toContain("ADVISORY_DATABASE_UNTRUSTED");
    expect(idsOf("q")).toEqual([]);
    const reference = `${repository.slice("docker://".length)}:v2`;
    expect(await haechi(["sign", "--key", key, reference])).toMatchObject({ code: 0 });
    const updated = await haechi(["db", "update"], settings);
    expect(updated.stdout).toMatch(/0 shards as before, 1 by changes, 0 fetched whole/);
    expect(updated.stdout).toContain("Trusted because it is signed by");
    expect(idsOf("q")).toEqual(["NEW-1"]);
    expect((await haechi(["db", "update"], settings)).stdout).toContain("is up to date");
    expect(await haechi(["db", "verify", `${repository}:v2`, "--key", publicKey])).toMatchObject({ code: 0 });
  });

  it("is mirrored with its signature for an air gap, and back into a registry", async () => {
    await haechi(["db", "push", "--db", first, "--key", key, repository]);
    const archive = join(home, "advisories.tar");
    const exported = await haechi(["db", "export", "--from", repository, `oci-archive:${archive}`]);
    expect(exported).toMatchObject({ code: 0, stderr: "" });
    expect(exported.stdout).toContain("with 1 signature");
    expect(await haechi(["db", "import", `oci-archive:${archive}`, "--key", publicKey])).toMatchObject({ code: 0 });
    expect(idsOf("p0")).toEqual(["A-0"]);
    const inside = `${repository}-inside`;
    expect(await haechi(["db", "export", "--from", `oci-archive:${archive}`, inside])).toMatchObject({ code: 0 });
    expect(await haechi(["db", "pull", inside, "--key", publicKey])).toMatchObject({ code: 0 });
  });
});

it("an archive that is signed where it is written is imported; cut off, it changes nothing", async () => {
  const archive = join(home, "a.tar");
  expect(await haechi(["db", "export", "--db", first, "--key", key, `oci-archive:${archive}`])).toMatchObject({
    code: 0,
  });
  expect(await haechi(["db", "pull", `oci-archive:${archive}`, "--key", publicKey])).toMatchObject({ code: 0 });
  const before = readFileSync(join(home, "advisories/index.json"));
  const cut = join(home, "cut.tar");
  await haechi(["db", "export", "--db", second, "--key", key, `oci-archive:${cut}`]);
  truncateSync(cut, Math.floor(statSync(cut).size / 2));
  const refused = await haechi(["db", "pull", `oci-archive:${cut}`, "--key", publicKey]);
  expect(refused).toMatchObject({ code: 2, stdout: "" });
  expect(readFileSync(join(home, "advisories/index.json")).equals(before)).toBe(true);
  expect(idsOf("q")).toEqual([]);
});

describe("without a network", () => {
  it("update says what to configure", async () => {
    const { code, stderr } = await haechi(["db", "update"]);
    expect(code).toBe(2);
    expect(stderr).toMatch(/set advisories\.reference.*ADVISORY_REFERENCE_REQUIRED/);
    expect((await haechi(["--lang", "ko", "db", "update"])).stderr).toContain("advisories.reference");
  });

  it("status names sources and licences, verify reads everything", async () => {
    cpSync(second, join(home, "advisories"), { recursive: true });
    const { stdout } = await haechi(["db", "status"]);
    expect(stdout).toContain("npm: 301");
    expect(stdout).toContain(
      "source: 2026-02-01T00:00:00Z GitHub Advisory Database by way of OSV, https://osv.dev (CC-BY-4.0)",
    );
    expect((await haechi(["db", "verify"])).stdout).toContain("is whole: 1 shard was read");
    const [shard = ""] = readdirSync(join(home, "advisories/shards"));
    truncateSync(join(home, "advisories/shards", shard), 4_096);
    expect((await haechi(["db", "verify"])).stderr).toContain("ADVISORY_DATABASE_CORRUPT");
  });

  it("status says so where a source dates nothing, and names it once, however many years it comes in", async () => {
    const zero = "0001-01-01T00:00:00Z";
    const affected = [{ package: { ecosystem: "Go", name: "m" }, versions: ["1"] }];
    const go = { id: "GO-1", modified: zero, published: zero, affected };
    const nvd = ["CVE-2023-0001", "CVE-2024-0001"].map((id) => {
      const cvssData = { vectorString: "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H" };
      return { cve: { id, metrics: { cvssMetricV31: [{ source: "nvd@nist.gov", cvssData }] } } };
    });
    writeFileSync(join(home, "go.json"), JSON.stringify(go));
    writeFileSync(join(home, "nvd.json"), JSON.stringify({ format: "NVD_CVE", vulnerabilities: nvd }));
    expect((await haechi(["db", "import", join(home, "go.json"), join(home, "nvd.json")])).code).toBe(0);
    const { stdout } = await haechi(["db", "status"]);
    expect(stdout).toContain("Date of the data: date unknown");
    expect(stdout).toContain("source: date unknown Go by way of OSV, https://osv.dev (CC-BY-4.0)");
    expect(stdout.match(/NVD of NIST/g)).toHaveLength(1);
    expect((await haechi(["--lang", "ko", "db", "status"])).stdout).toContain("데이터 날짜: 날짜 알 수 없음");
  });

  it("a single file of an older version says what to do, in both languages", async () => {
    const old = join(home, "advisories.sqlite");
    const header = Buffer.alloc(4_096);
    header.write("SQLite format 3\0", "latin1");
    header.writeUInt32BE(1, 60);
    header.writeUInt32BE(0x48414543, 68);
    writeFileSync(old, header);
    expect((await haechi(["db", "status"])).stderr).toMatch(/is a folder now.*ADVISORY_DATABASE_OLDER/);
    expect((await haechi(["--lang", "ko", "db", "status"])).stderr).toContain("예전 형식");
    expect((await haechi(["db", "import", "x.json", "--into", old])).stderr).toContain("ADVISORY_DATABASE_FOREIGN");
  });

  it.each([
    {
      argv: ["db", "push", "oci:x@sha256:0000000000000000000000000000000000000000000000000000000000000000"],
      says: "ARGUMENT_INVALID",
    },
    { argv: ["db", "import", "a.json", "oci:x"], says: "ARGUMENT_INVALID" },
    { argv: ["db", "export", "--from", "oci:x", "--key", "k", "oci:y"], says: "OPTION_INVALID" },
    { argv: ["db", "pull", "oci:"], says: "ARGUMENT_INVALID" },
  ])("$argv is refused", async ({ argv, says }) => {
    const { code, stderr } = await haechi(argv);
    expect([code, stderr]).toEqual([2, expect.stringContaining(says)]);
  });
});
