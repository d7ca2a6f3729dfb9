// SPDX-License-Identifier: Apache-2.0
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { BAD_PACKAGES } from "../../../../test/support/api-server.ts";
import { type GatedRegistry, startGatedRegistry } from "../../../../test/support/gated-registry.ts";
import { buildImage } from "../../../../test/support/image-builder.ts";
import { call, TEST_ACCOUNTS } from "../../../../test/support/registry-server.ts";
import { runCommandLine } from "../../../../test/support/run-command-line.ts";
import { startApi } from "../../server/api/index.ts";
import type { RunningRole } from "../../server/context.ts";

const IMAGE = buildImage([{ entries: [{ path: "app", content: "cli" }] }]);

let registry: GatedRegistry;
let api: RunningRole;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "haechi-cli-"));
  registry = await startGatedRegistry();
  api = await startApi(registry.context);
  await registry.push("team/app:1.0", IMAGE);
  await registry.push("team/app:2.0", IMAGE);
  await registry.scanned(IMAGE.manifest.digest, { packages: BAD_PACKAGES });
});
afterAll(async () => {
  await api.stop();
  await registry[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

async function haechi(words: readonly string[], account: keyof typeof TEST_ACCOUNTS = "admin") {
  return await runCommandLine(["registry", ...words, "--server", api.url, "--username", account], {
    folder,
    variables: { HAECHI_PASSWORD: TEST_ACCOUNTS[account].password },
  });
}

async function pullStatus(): Promise<number> {
  return (await call(registry, "GET /v2/team/app/manifests/1.0", { as: "viewer" })).status;
}

describe("settings", () => {
  it.each([
    { words: ["set", "team", "preventPul=high"], says: 'there is no setting "preventPul"' },
    { words: ["set", "team", "scanOnPush"], says: "expected FIELD=VALUE" },
    { words: ["set", "team", "scanOnPush=yes"], says: "takes true or false" },
    { words: ["set", "team", "quotaBytes=10GB"], says: "a number of bytes such as 10GiB" },
    { words: ["set", "team", "retention=[{"], says: "takes JSON" },
    { words: ["set", "team", "allowedVulnerabilities=CVE-2024-1"], says: "--reason" },
    { words: ["set", "team", "preventPullFrom=worst"], says: "SETTINGS_INVALID" },
    { words: ["set", "Team", "scanOnPush=true"], says: "REQUEST_INVALID" },
    { words: ["unset", "team"], says: "--all" },
    { words: ["unset", "nobody", "--all"], says: "SETTINGS_UNKNOWN" },
  ])("$words: $says", async ({ words, says }) => {
    const { code, stderr } = await haechi(["settings", ...words]);
    expect([code, stderr]).toEqual([2, expect.stringContaining(says)]);
  });

  it("are set, shown, in force, and taken back", async () => {
    expect(await pullStatus()).toBe(403);
    const set = await haechi([
      "settings",
      "set",
      "team",
      "preventPullFrom=none",
      "immutableTags=v*,!v0*",
      "quotaBytes=1GiB",
    ]);
    expect(set).toMatchObject({ code: 0, stderr: "" });
    expect(set.stdout).toMatch(/team +preventPullFrom +admin +none/);
    expect((await haechi(["settings", "set", "*", "undecided=deny"])).code).toBe(0);
    const got = await haechi(["settings", "get", "team/app"], "viewer");
    expect(got.stdout).toMatch(/immutableTags +team +v\*,!v0\*/);
    expect(got.stdout).toMatch(/undecided +\* +deny/);
    expect(got.stdout).toMatch(/quotaBytes +team +1073741824/);
    const list = await haechi(["settings", "list", "--format", "json"]);
    expect(JSON.parse(list.stdout)).toMatchObject({ prefixes: [{ prefix: "" }, { prefix: "team" }] });

    const ids = BAD_PACKAGES.flatMap(({ findings = [] }) => findings.map(({ id }) => id)).join(",");
    await haechi([
      "settings",
      "set",
      "team",
      `allowedVulnerabilities=${ids}`,
      "allowList=own",
      "--reason",
      "not reachable",
    ]);
    expect(await pullStatus()).toBe(200);
    expect((await haechi(["settings", "unset", "team", "allowList"])).code).toBe(0);
    expect(await pullStatus()).toBe(403);
    expect((await haechi(["settings", "unset", "team", "--all"])).stdout).toContain(
      "Nothing is set for team any more.",
    );
    expect((await haechi(["settings", "get", "team/app"])).stdout).not.toContain("immutableTags");
  });

  it("are not for everybody", async () => {
    const { code, stderr } = await haechi(["settings", "set", "team", "scanOnPush=false"], "uploader");
    expect([code, stderr]).toEqual([2, expect.stringContaining("PERMISSION_DENIED")]);
  });
});

it("the service is switched off and on", async () => {
  expect((await haechi(["service", "off"])).stdout).toContain("switched off");
  expect(await pullStatus()).toBe(503);
  expect((await haechi(["service", "status"], "viewer")).stdout).toContain("switched off");
  expect((await haechi(["service", "on"])).stdout).toContain("switched on");
  expect(await pullStatus()).toBe(403);
});

describe("content", () => {
  it("is listed", async () => {
    expect((await haechi(["repositories", "team"])).stdout).toMatch(/team\/app +2 +1 +\d+/);
    expect((await haechi(["tags", "team/app"])).stdout).toContain(IMAGE.manifest.digest);
    expect((await haechi(["tags", "team/none"])).stderr).toContain("CONTENT_UNKNOWN");
  });

  it.each([
    { words: ["delete", "team/app:1.0"], says: "needs --yes" },
    { words: ["delete", "team/app", "--yes"], says: "expected REPOSITORY:TAG or REPOSITORY@DIGEST" },
    { words: ["delete", "team/app@sha256:0", "--yes"], says: "REQUEST_INVALID" },
    { words: ["delete", "team/app:9", "--yes"], says: "CONTENT_UNKNOWN" },
  ])("$words: $says", async ({ words, says }) => {
    const { code, stderr } = await haechi(words);
    expect([code, stderr]).toEqual([2, expect.stringContaining(says)]);
  });

  it("is deleted, unless a setting protects it, and then it is said", async () => {
    await haechi(["settings", "set", "team/app", "protectedTags=2.*"]);
    const refused = await haechi(["delete", "team/app:2.0", "--yes"]);
    expect(refused.stderr).toContain("protectedTags");
    expect((await haechi(["delete", "team/app:1.0", "--yes"])).stdout).toContain("team/app:1.0 is deleted.");
    expect(await pullStatus()).toBe(404);
  });
});
