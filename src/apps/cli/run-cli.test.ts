// SPDX-License-Identifier: Apache-2.0
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { buildAdvisoryDatabase } from "#advisory-db";
import { buildImage, buildIndex, type TestImage, writeOciLayout } from "../../../test/support/image-builder.ts";
import { runCommandLine } from "../../../test/support/run-command-line.ts";

const folder = mkdtempSync(join(tmpdir(), "haechi-cli-"));
afterAll(() => rmSync(folder, { recursive: true }));

const OS_RELEASE = { path: "etc/os-release", content: 'ID=debian\nVERSION_ID="12"\n' };

function debian(version: string): TestImage {
  const status = `Package: demo\nStatus: install ok installed\nArchitecture: amd64\nVersion: ${version}\n\n`;
  return buildImage([{ entries: [OS_RELEASE, { path: "var/lib/dpkg/status", content: status }] }]);
}

const IMAGES: Readonly<Record<string, TestImage>> = {
  clean: debian("2.0-1"),
  vulnerable: debian("1.0-1"),
  unfixed: debian("0.1-1"),
  unreadable: debian("not a version"),
  unknown: buildImage([{ entries: [{ path: "bin/app", content: "x" }] }]),
  truncated: buildImage([
    { entries: [OS_RELEASE, { path: "var/lib/dpkg/status", content: "" }] },
    { tar: Buffer.alloc(700, 1) },
  ]),
};

beforeAll(async () => {
  writeOciLayout(join(folder, "images"), {
    ...IMAGES,
    index: buildIndex([
      { image: debian("2.0-1"), os: "linux", architecture: process.arch === "arm64" ? "arm64" : "amd64" },
      { image: debian("1.0-1"), os: "linux", architecture: "s390x" },
    ]),
  });
  await buildAdvisoryDatabase({
    output: join(folder, "advisories.sqlite"),
    records: [
      {
        id: "DSA-1",
        aliases: ["CVE-2026-0001"],
        modified: "2026-01-01T00:00:00Z",
        severity: [{ type: "CVSS_V3", score: "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:H" }],
        affected: [
          {
            package: { ecosystem: "Debian:12", name: "demo" },
            ranges: [{ type: "ECOSYSTEM", events: [{ introduced: "1.0" }, { fixed: "1.5-1" }] }],
          },
        ],
      },
      {
        id: "CVE-2026-0002",
        modified: "2026-01-01T00:00:00Z",
        affected: [
          {
            package: { ecosystem: "Debian:12", name: "demo" },
            ranges: [{ type: "ECOSYSTEM", events: [{ introduced: "0" }, { last_affected: "0.9-1" }] }],
          },
        ],
      },
    ],
  });
});

async function haechi(...argv: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  return await runCommandLine(argv, {
    folder,
    variables: { HAECHI_DATA_DIR: join(folder, ".haechi") },
    now: () => new Date("2026-06-01T00:00:00Z"),
  });
}

function scan(tag: string, ...options: string[]) {
  return haechi("scan", `oci:${join(folder, "images")}:${tag}`, "--db", join(folder, "advisories.sqlite"), ...options);
}

describe("exit codes of scan", () => {
  it.each([
    { name: "0 for a clean image", tag: "clean", code: 0, outcome: "allow" },
    { name: "1 for a vulnerability with a fix", tag: "vulnerable", code: 1, outcome: "deny" },
    { name: "0 for a vulnerability without a fix", tag: "unfixed", code: 0, outcome: "allow" },
    { name: "3 when a version cannot be compared", tag: "unreadable", code: 3, outcome: "undecided" },
    { name: "3 when the distribution is unknown", tag: "unknown", code: 3, outcome: "undecided" },
    { name: "3 when a layer cannot be read", tag: "truncated", code: 3, outcome: "undecided" },
    { name: "the host's child of an index", tag: "index", code: 0, outcome: "allow" },
  ])("$name", async ({ tag, code, outcome }) => {
    const result = await scan(tag, "--format", "json");
    expect({ code: result.code, outcome: JSON.parse(result.stdout).verdict.outcome }).toEqual({ code, outcome });
  });

  it("1 for an index of which one child breaks the policy, when all platforms are scanned", async () => {
    expect((await scan("index", "--platform", "all")).code).toBe(1);
  });

  it("2 for a platform that the image is not for", async () => {
    const { code, stderr } = await scan("clean", "--platform", "linux/s390x");
    expect({ code, says: stderr.includes("linux/s390x") }).toEqual({ code: 2, says: true });
  });

  it("says that one child of an index is not the whole index", async () => {
    expect((await scan("index")).stderr).toContain("--platform all");
    expect((await scan("index", "--platform", "all")).stderr).toBe("");
    expect((await scan("clean")).stderr).toBe("");
  });

  it.each([
    { severity: "critical", code: 0 },
    { severity: "high", code: 1 },
    { severity: "low", code: 1 },
  ])("--fail-on $severity gives $code for a vulnerability of high severity", async ({ severity, code }) => {
    expect((await scan("vulnerable", "--fail-on", severity)).code).toBe(code);
  });

  it("0 under a policy that only warns, and the verdict still says deny", async () => {
    const policy = join(folder, "warn.yaml");
    writeFileSync(
      policy,
      "apiVersion: haechi.dev/v1\nkind: ClusterImagePolicy\nmetadata: {name: warn}\nspec: {repositories: [{name: '*', policy: {mode: warn, vulnerability: {onlyFixable: true}}}]}\n",
    );
    const result = await scan("vulnerable", "--policy", policy, "--format", "json");
    expect(result.code).toBe(0);
    expect(JSON.parse(result.stdout).verdict).toMatchObject({ outcome: "deny", mode: "warn" });
  });

  it.each([
    { name: "an option that does not exist", argv: ["scan", "oci:x", "--nonsense"], says: "OPTION_INVALID" },
    { name: "a format that does not exist", argv: ["scan", "oci:x", "-f", "xml"], says: "table, json" },
    { name: "no image", argv: ["scan"], says: "IMAGE is missing" },
    { name: "two images", argv: ["scan", "oci:a", "oci:b"], says: 'unexpected "oci:b"' },
    { name: "a folder that does not exist", argv: ["scan", "oci:/nowhere"], says: "SOURCE_NOT_FOUND" },
    { name: "a wrong platform", argv: ["scan", "oci:x", "--platform", "linux"], says: "linux/arm64" },
    { name: "a policy that does not exist", argv: ["scan", "oci:x", "--policy", "none.yaml"], says: "none.yaml" },
    {
      name: "--fail-on beside --policy",
      argv: ["scan", "oci:x", "--policy", "a", "--fail-on", "low"],
      says: "exclude",
    },
    { name: "a command that does not exist", argv: ["frobnicate"], says: "COMMAND_UNKNOWN" },
    { name: "a language that does not exist", argv: ["scan", "oci:x", "--lang", "fr"], says: "en, ko" },
    { name: "a name that is no reference", argv: ["scan", "oci:x", "--as", "Bad Name"], says: "REFERENCE_INVALID" },
    { name: "an image without its kind", argv: ["scan", "nginx:1.27"], says: '"nginx:1.27" does not say where' },
    { name: "a user without a password", argv: ["scan", "oci:x", "-u", "me"], says: "--password-stdin" },
  ])("2 and a message for $name", async ({ argv, says }) => {
    const result = await haechi(...argv);
    expect(result.code).toBe(2);
    expect(result.stdout).toBe("");
    expect(result.stderr).toContain(says);
    expect(result.stderr).not.toMatch(/\n\s+at /);
  });
});

describe("help of a group of commands", () => {
  it.each([
    { name: "--help", argv: ["registry", "keys", "--help"] },
    { name: "-h", argv: ["registry", "keys", "-h"] },
    { name: "help", argv: ["help", "registry", "keys"] },
  ])("lists its commands alone with $name", async ({ argv }) => {
    const result = await haechi(...argv);
    expect(result.code).toBe(0);
    expect(result.stdout).toContain("registry keys rotate");
    expect(result.stdout).not.toContain("registry accounts");
  });

  it("is an error for words that are no group", async () => {
    const result = await haechi("registry", "nonsense", "--help");
    expect([result.code, result.stderr.includes("COMMAND_UNKNOWN")]).toEqual([2, true]);
  });
});

it.each(["127.0.0.1:5000", "localhost:5000"])("takes %s for one registry, as the server does", async (host) => {
  const policy = join(folder, "names.yaml");
  writeFileSync(
    policy,
    "apiVersion: haechi.dev/v1\nkind: ClusterImagePolicy\nmetadata: {name: n}\nspec: {repositories: [{name: '*', policy: {vulnerability: {onlyFixable: true}}}, {name: '127.0.0.1:5000/trusted/*'}]}\n",
  );
  expect((await scan("vulnerable", "--policy", policy, "--as", `${host}/trusted/app:1`)).code).toBe(0);
  expect((await scan("vulnerable", "--policy", policy, "--as", `${host}/other/app:1`)).code).toBe(1);
});

it("writes the same bytes at each run", async () => {
  const [first, second] = [await scan("vulnerable", "-f", "json"), await scan("vulnerable", "-f", "json")];
  expect(second.stdout).toBe(first.stdout);
});

it("writes the result to a file and nothing to standard output", async () => {
  const file = join(folder, "result.json");
  const result = await scan("vulnerable", "-f", "json", "-o", file);
  expect(result.stdout).toBe("");
  expect(JSON.parse(readFileSync(file, "utf8")).verdict.outcome).toBe("deny");
});

it("speaks Korean when asked, wherever --lang stands", async () => {
  expect((await haechi("--lang", "ko", "help", "scan")).stdout).toContain("종료 코드");
  expect((await scan("vulnerable", "--lang=ko")).stdout).toContain("취약점");
});

it("says in Korean what went wrong", async () => {
  const { stderr } = await haechi("--lang", "ko", "scan", "oci:/nowhere");
  expect(stderr).toMatch(/없습니다.*\(SOURCE_NOT_FOUND\)/);
});

it("lists every command in the help", async () => {
  const { stdout } = await haechi("help");
  for (const name of ["server", "scan", "db import", "db build", "db status", "version"]) {
    expect(stdout).toContain(name);
  }
});

it("builds, shows and verifies a database", async () => {
  const output = join(folder, "bundled.sqlite");
  expect((await haechi("db", "build", "-o", output)).code).toBe(0);
  const status = await haechi("db", "status", output, "--verify", "-f", "json");
  expect(JSON.parse(status.stdout)).toMatchObject({ isBundled: true, isVerified: true });
});
