// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, it } from "vitest";
import { fixtureImages } from "../../tools/fixtures/index.ts";
import { askAdmission, podReview } from "../support/admission-client.ts";
import { loggedInApi } from "../support/api-client.ts";
import { eventually } from "../support/eventually.ts";
import { runTool } from "../support/run-tool.ts";
import { type ServerProcess, startServerProcess } from "../support/server-process.ts";
import { describeWithTools, tool } from "../support/tools.ts";

const HAECHI = fileURLToPath(new URL("../../bin/haechi.mjs", import.meta.url));

type Fixture = "good" | "bad" | "unknown";

/** What each fixture must get at every gate. */
const EXPECTED: Readonly<Record<Fixture, { outcome: "allow" | "deny" | "undecided"; codes: readonly string[]; exitCode: number }>> = {
  good: { outcome: "allow", codes: [], exitCode: 0 },
  bad: { outcome: "deny", codes: ["VULNERABILITY"], exitCode: 1 },
  unknown: { outcome: "undecided", codes: ["DISTRIBUTION_UNKNOWN"], exitCode: 3 },
};
const FIXTURES = ["good", "bad", "unknown"] as const;

describeWithTools("the first five minutes, with real clients", ["skopeo", "mmdebstrap"], () => {
  let server: ServerProcess;
  let fixtures: Readonly<Record<Fixture, string>>;
  let folder: string;

  beforeAll(async () => {
    fixtures = await fixtureImages();
    folder = await mkdtemp(join(tmpdir(), "haechi-first-"));
    server = await startServerProcess({ dataDir: join(folder, "data") });
    for (const name of FIXTURES) {
      const push = await skopeo(["copy", "--dest-tls-verify=false", "--dest-creds", credentials(), `oci:${fixtures[name]}`, image(name)]);
      expect(push).toMatchObject({ code: 0 });
    }
  });

  afterAll(async () => {
    await server?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  function credentials(): string {
    return `admin:${server.password}`;
  }

  function image(name: Fixture): string {
    return `docker://${server.registry}/team/${name}:1.0`;
  }

  async function skopeo(args: readonly string[]) {
    return await runTool(tool("skopeo"), args);
  }

  async function scan(location: string) {
    const result = await runTool(process.execPath, [HAECHI, "scan", "--format", "json", location], {
      environment: { HAECHI_DATA_DIR: server.dataDir, HAECHI_CACHE_DIR: join(folder, "cache") },
    });
    return { ...result, json: JSON.parse(result.stdout === "" ? "null" : result.stdout) };
  }

  function codesOf(verdict: { reasons: readonly { code: string; effect: string }[] }): readonly string[] {
    return [...new Set(verdict.reasons.filter((reason) => reason.effect !== "warn").map((reason) => reason.code))].sort();
  }

  it("prints three URLs, the first password, the date of the advisories and how to stop", () => {
    expect(server.stdout()).toContain(server.consoleUrl);
    expect(server.stdout()).toContain(`http://${server.registry}`);
    expect(server.stdout()).toContain(server.admissionUrl);
    expect(server.stdout()).toMatch(/Advisories\s+\d{4}-\d{2}-\d{2}/);
    expect(server.stdout()).toContain("Ctrl-C");
    expect(server.password.length).toBeGreaterThanOrEqual(20);
  });

  it("never writes the password to the log", () => {
    expect(server.stderr()).not.toContain(server.password);
  });

  it.each(FIXTURES)("gives %s the same verdict at the registry, at admission, on the command line and in the console", async (name) => {
    const { outcome, codes, exitCode } = EXPECTED[name];

    const api = await loggedInApi(server);
    const shown = await eventually(async () => {
      const found = await api.image(`team/${name}`, "1.0");
      return found?.scanState === "done" ? found : undefined;
    });
    expect({ outcome: shown.verdict.outcome, codes: codesOf(shown.verdict) }).toEqual({ outcome, codes });

    const pull = await skopeo(["copy", "--src-tls-verify=false", "--src-creds", credentials(), image(name), `oci:${folder}/pulled-${name}`]);
    if (outcome === "allow") {
      expect(pull).toMatchObject({ code: 0 });
      const [pushed, pulled] = [fixtures[name], `${folder}/pulled-${name}`].map((layout) => JSON.parse(readFileSync(join(layout, "index.json"), "utf8")).manifests[0].digest);
      expect(pulled).toBe(pushed);
    } else {
      expect(pull.code).not.toBe(0);
      expect(pull.stderr).toMatch(/denied/i);
      for (const reason of shown.verdict.reasons.slice(0, 1)) {
        expect(pull.stderr).toContain(reason.params["id"] ?? "cannot tell");
      }
    }

    const review = await askAdmission(server, podReview(`${server.registry}/team/${name}:1.0`));
    expect(review.response.allowed).toBe(outcome === "allow");
    if (outcome === "allow") {
      const patch = JSON.parse(Buffer.from(review.response.patch ?? "", "base64").toString());
      expect(patch).toContainEqual(expect.objectContaining({ path: "/spec/containers/0/image", value: expect.stringMatching(/@sha256:[0-9a-f]{64}$/) }));
    } else {
      for (const code of codes) {
        expect(review.response.status?.details?.causes?.map((cause) => cause.reason)).toContain(code);
      }
    }

    for (const location of [image(name), `oci:${fixtures[name]}`]) {
      const scanned = await scan(location);
      expect({ code: scanned.code, outcome: scanned.json.verdict.outcome, codes: codesOf(scanned.json.verdict) }).toEqual({ code: exitCode, outcome, codes });
    }
  });

  it("finds the same in an archive as in the registry", async () => {
    const dockerArchive = join(folder, "bad.tar");
    const ociArchive = join(folder, "bad-oci.tar");
    expect(await skopeo(["copy", `oci:${fixtures.bad}`, `docker-archive:${dockerArchive}:team/bad:1.0`])).toMatchObject({ code: 0 });
    expect(await skopeo(["copy", `oci:${fixtures.bad}`, `oci-archive:${ociArchive}`])).toMatchObject({ code: 0 });
    const [reference, ...others] = await Promise.all([image("bad"), `oci:${fixtures.bad}`, `docker-archive:${dockerArchive}`, `oci-archive:${ociArchive}`].map(scan));
    const findingsOf = (result: typeof reference) => result?.json.images.map((each: { findings: readonly { id: string; package: unknown }[] }) => each.findings.map((finding) => [finding.id, finding.package]));
    expect(findingsOf(reference)?.[0]?.length).toBeGreaterThan(0);
    for (const other of others) {
      expect(findingsOf(other)).toEqual(findingsOf(reference));
    }
  });

  it("prints a table and writes no progress bar where there is no terminal", async () => {
    const result = await runTool(process.execPath, [HAECHI, "scan", `oci:${fixtures.bad}`], { environment: { HAECHI_CACHE_DIR: join(folder, "cache"), HAECHI_LANG: "en" } });
    expect(result.code).toBe(1);
    expect(result.stdout).toContain("lodash");
    expect(result.stdout).not.toContain("\u001b[");
    expect(result.stderr).not.toContain("█");
  });

  it("keeps everything over kill -9 and is quickly ready again", async () => {
    await server.kill();
    server = { ...(await startServerProcess({ dataDir: server.dataDir })), password: server.password };
    const pull = await skopeo(["copy", "--src-tls-verify=false", "--src-creds", credentials(), image("good"), `oci:${folder}/after-crash`]);
    expect(pull).toMatchObject({ code: 0 });
    const refused = await skopeo(["inspect", "--tls-verify=false", "--creds", credentials(), image("bad")]);
    expect(refused.stderr).toMatch(/denied/i);
  });

  it("ends cleanly when asked to", async () => {
    expect(await server.stop()).toBe(0);
    expect(server.stdout()).toContain("Stopped.");
  });
});
