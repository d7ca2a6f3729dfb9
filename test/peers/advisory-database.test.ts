// SPDX-License-Identifier: Apache-2.0
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { buildAdvisoryDatabase, openAdvisoryDatabase } from "#advisory-db";
import { DOCKER_REGISTRY_ACCOUNT, type DockerRegistry, startDockerRegistry } from "../support/docker-registry.ts";
import { runCommandLine } from "../support/run-command-line.ts";
import { describeWithTools } from "../support/tools.ts";

function record(id: string, name: string, modified: string): object {
  return { id, modified, affected: [{ package: { ecosystem: "npm", name }, versions: ["1.0.0"] }] };
}

// Debian's docker-registry 2.8: no referrers API, so signatures lie under tags, and an account for everything
describeWithTools("the advisory database by way of docker-registry", ["docker-registry"], () => {
  let registry: DockerRegistry;
  let folder: string;
  let home: string;
  let first: string;
  let second: string;
  let repository: string;

  beforeAll(async () => {
    registry = await startDockerRegistry({ hasAccounts: true });
    folder = mkdtempSync(join(tmpdir(), "haechi-db-docker-registry-"));
    home = folder;
    await haechi(["key", "generate", "--output-key-prefix", join(folder, "team")]);
    const many = Array.from({ length: 300 }, (_, index) => record(`A-${index}`, `p${index}`, "2026-01-01T00:00:00Z"));
    [first, second] = [join(folder, "first"), join(folder, "second")];
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
        HAECHI_REGISTRY_USERNAME: DOCKER_REGISTRY_ACCOUNT.username,
        HAECHI_REGISTRY_PASSWORD: DOCKER_REGISTRY_ACCOUNT.password,
        ...variables,
      },
    });
  }

  function idsOf(name: string): readonly string[] {
    using database = openAdvisoryDatabase(join(home, "advisories"));
    database.verify();
    return database.advisoriesFor("npm", name).map((each) => each.id);
  }

  it("nobody without the account gets it", async () => {
    expect(await haechi(["db", "push", "--db", first, repository])).toMatchObject({ code: 0 });
    const nobody = { HAECHI_REGISTRY_USERNAME: "", HAECHI_REGISTRY_PASSWORD: "" };
    const refused = await haechi(["db", "pull", repository, "--key", join(folder, "team.pub")], nobody);
    expect(refused).toMatchObject({ code: 2, stdout: "" });
  });

  it("is pushed, signed, pulled, and updated by what changed", async () => {
    const [key, publicKey] = [join(folder, "team.key"), join(folder, "team.pub")];
    expect(await haechi(["db", "push", "--db", first, "--key", key, repository])).toMatchObject({ code: 0 });
    const settings = { HAECHI_ADVISORIES_REFERENCE: `${repository}:v2`, HAECHI_ADVISORIES_TRUSTED_KEYS: publicKey };
    expect(await haechi(["db", "update"], settings)).toMatchObject({ code: 0, stderr: "" });
    expect(idsOf("q")).toEqual([]);
    const pushed = await haechi(["db", "push", "--db", second, "--key", key, repository]);
    expect(pushed.stdout).toContain("1 layer of changes");
    const updated = await haechi(["db", "update"], settings);
    expect(updated.stdout).toMatch(/0 shards as before, 1 by changes, 0 fetched whole/);
    expect(idsOf("q")).toEqual(["NEW-1"]);
    expect((await haechi(["db", "update"], settings)).stdout).toContain("is up to date");
    expect(await haechi(["db", "verify", `${repository}:v2`, "--key", publicKey])).toMatchObject({ code: 0 });
  });

  it("unsigned it is refused, and is mirrored with its signature for an air gap", async () => {
    const [key, publicKey] = [join(folder, "team.key"), join(folder, "team.pub")];
    await haechi(["db", "push", "--db", first, repository]);
    const refused = await haechi(["db", "pull", repository, "--key", publicKey]);
    expect(refused.stderr).toContain("ADVISORY_DATABASE_UNTRUSTED");
    await haechi(["db", "push", "--db", second, "--key", key, repository]);
    const archive = join(home, "advisories.tar");
    const exported = await haechi(["db", "export", "--from", repository, `oci-archive:${archive}`]);
    expect(exported.stdout).toContain("with 1 signature");
    const inside = `${repository}-inside`;
    expect(await haechi(["db", "export", "--from", `oci-archive:${archive}`, inside])).toMatchObject({ code: 0 });
    expect(await haechi(["db", "pull", inside, "--key", publicKey])).toMatchObject({ code: 0 });
    expect(idsOf("q")).toEqual(["NEW-1"]);
  });
});
