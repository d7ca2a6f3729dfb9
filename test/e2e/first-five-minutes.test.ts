// SPDX-License-Identifier: Apache-2.0
import { readFileSync, writeFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { fixtureImages } from "../../tools/fixtures/index.ts";
import { askAdmission, podReview } from "../support/admission-client.ts";
import { launchChromium } from "../support/chromium.ts";
import { firstLogin, login, shownVerdict } from "../support/console-client.ts";
import { NEW_PASSWORD } from "../support/new-password.ts";
import { createReachableFolder } from "../support/reachable-folder.ts";
import { pullManifest } from "../support/registry-client.ts";
import { runTool, type ToolResult } from "../support/run-tool.ts";
import { type ServerProcess, startServerProcess } from "../support/server-process.ts";
import { describeWithTools, tool } from "../support/tools.ts";

const HAECHI = fileURLToPath(new URL("../../bin/haechi.mjs", import.meta.url));

type Fixture = "good" | "bad" | "unknown";

/** What each fixture must get at every gate. */
const EXPECTED: Readonly<
  Record<Fixture, { outcome: "allow" | "deny" | "undecided"; codes: readonly string[]; exitCode: number }>
> = {
  good: { outcome: "allow", codes: [], exitCode: 0 },
  bad: { outcome: "deny", codes: ["VULNERABILITY"], exitCode: 1 },
  unknown: { outcome: "undecided", codes: ["DISTRIBUTION_UNKNOWN"], exitCode: 3 },
};
const FIXTURES = ["good", "bad", "unknown"] as const;

/** What the registry asks for by itself, written down: then admission asks for the same. */
const SCAN_POLICY = `
apiVersion: haechi.dev/v1
kind: ClusterImagePolicy
metadata: {name: scanned}
spec:
  repositories:
    - name: "*"
      policy: {scan: {required: true}, vulnerability: {maxSeverity: none, onlyFixable: true}}
`;

interface CodedReason {
  readonly code: string;
  readonly effect?: string;
}

interface ScanJson {
  readonly verdict: { readonly outcome: string; readonly reasons: readonly CodedReason[] };
  readonly reports: readonly { readonly findings: readonly { readonly id: string; readonly package: unknown }[] }[];
}

function codesOf(reasons: readonly CodedReason[]): readonly string[] {
  return [...new Set(reasons.filter((reason) => reason.effect !== "warn").map((reason) => reason.code))].sort();
}

/** Digest of the only image of an OCI layout. */
function layoutDigest(folder: string): string {
  const index = JSON.parse(readFileSync(join(folder, "index.json"), "utf8")) as { manifests: { digest: string }[] };
  return index.manifests[0]?.digest ?? "";
}

describeWithTools(
  "the first five minutes, with real clients",
  ["skopeo", "crane", "oras", "mmdebstrap", "chromium"],
  () => {
    let server: ServerProcess;
    let fixtures: Readonly<Record<Fixture, string>>;
    let folder: string;
    let browser: Browser;
    let page: Page;
    let password: string;

    beforeAll(async () => {
      fixtures = await fixtureImages();
      folder = createReachableFolder("haechi-first-");
      server = await startServerProcess({ dataDir: join(folder, "data"), keepsPrintedPassword: true });
      password = server.password;
      browser = await launchChromium();
      page = await (await browser.newContext({ locale: "en-US" })).newPage();
    });

    afterAll(async () => {
      await browser?.close();
      await server?.stop();
      await rm(folder, { recursive: true, force: true });
    });

    function image(name: Fixture): string {
      return `docker://${server.registry}/team/${name}:1.0`;
    }

    async function skopeo(...args: readonly string[]): Promise<ToolResult> {
      return await runTool(tool("skopeo"), args);
    }

    async function pull(name: Fixture, target: string): Promise<ToolResult> {
      const source = ["--src-tls-verify=false", "--src-creds", `admin:${password}`];
      return await skopeo("copy", ...source, image(name), `oci:${join(folder, target)}:1.0`);
    }

    async function scan(
      location: string,
      ...options: readonly string[]
    ): Promise<{ code: number | null; json: ScanJson }> {
      const result = await runTool(process.execPath, [HAECHI, "scan", "--format", "json", ...options, location], {
        environment: { HAECHI_DATA_DIR: server.dataDir, HAECHI_CACHE_DIR: join(folder, "cache") },
      });
      expect(result.stderr).toBe("");
      return { code: result.code, json: JSON.parse(result.stdout) as ScanJson };
    }

    it("prints three URLs, the first password, the date of the advisories and how to stop", () => {
      expect(server.stdout()).toContain(server.consoleUrl);
      expect(server.stdout()).toContain(`http://${server.registry}`);
      expect(server.stdout()).toContain(server.admissionUrl);
      expect(server.stdout()).toMatch(/Advisories\s+\d{4}-\d{2}-\d{2}/);
      expect(server.stdout()).toContain("Ctrl-C");
      expect(password.length).toBeGreaterThanOrEqual(20);
    });

    it("lets the administrator in with the printed password, once, and nobody push by it before", async () => {
      const destination = ["--dest-tls-verify=false", "--dest-creds", `admin:${password}`];
      const early = await skopeo("copy", ...destination, `oci:${fixtures.good}`, image("good"));
      expect(early.code).not.toBe(0);
      expect(early.stderr).toContain("haechi registry accounts password");
      await firstLogin(page, server);
      password = NEW_PASSWORD;
    });

    it.each(FIXTURES)("takes a push of %s from skopeo", async (name) => {
      const destination = ["--dest-tls-verify=false", "--dest-creds", `admin:${password}`];
      expect(await skopeo("copy", ...destination, `oci:${fixtures[name]}`, image(name))).toMatchObject({ code: 0 });
    });

    it("shows the pushed images", async () => {
      await page.goto(`${server.consoleUrl}/images`);
      for (const name of FIXTURES) {
        await page.getByRole("row", { name: new RegExp(`team/${name}:1.0`) }).waitFor();
      }
      for (const [name, { outcome }] of Object.entries(EXPECTED)) {
        await page
          .getByRole("row", { name: new RegExp(`team/${name}:1.0`) })
          .locator(`[data-outcome="${outcome}"]`)
          .waitFor();
      }
    });

    /** The verdict on a fixture and the codes of its reasons at every gate but admission. */
    async function expectSame(name: Fixture, ...scanOptions: readonly string[]): Promise<void> {
      const { outcome, codes, exitCode } = EXPECTED[name];
      const shown = await shownVerdict(page, server, `team/${name}:1.0`);
      expect({ at: "console", outcome: shown.outcome, codes: shown.codes }).toEqual({ at: "console", outcome, codes });

      const manifest = await pullManifest(server.registry, `team/${name}`, "1.0", { username: "admin", password });
      if (outcome === "allow") {
        expect(manifest.status).toBe(200);
      } else {
        const { errors } = (await manifest.json()) as {
          errors: { code: string; detail: { outcome: string; reasons: CodedReason[] } }[];
        };
        expect({ status: manifest.status, code: errors[0]?.code }).toEqual({ status: 403, code: "DENIED" });
        const detail = errors[0]?.detail;
        expect({ at: "registry", outcome: detail?.outcome, codes: codesOf(detail?.reasons ?? []) }).toEqual({
          at: "registry",
          outcome,
          codes,
        });
      }

      for (const location of [image(name), `oci:${fixtures[name]}`]) {
        const { code, json } = await scan(location, ...scanOptions);
        expect({ at: location, code, outcome: json.verdict.outcome, codes: codesOf(json.verdict.reasons) }).toEqual({
          at: location,
          code: exitCode,
          outcome,
          codes,
        });
      }
    }

    async function admit(name: Fixture): Promise<{ readonly allowed: boolean; readonly codes: readonly string[] }> {
      const { response } = await askAdmission(server.admissionUrl, podReview(`${server.registry}/team/${name}:1.0`));
      const causes = response.status?.details?.causes ?? [];
      return { allowed: response.allowed, codes: codesOf(causes.map(({ reason }) => ({ code: reason }))) };
    }

    it.each(FIXTURES)(
      "gives %s the same verdict for the same reasons at registry, command line and console, without any key",
      async (name) => {
        await expectSame(name);
      },
    );

    it.each(FIXTURES)("judges %s at admission by the defaults of a cluster, which ask for trust, too", async (name) => {
      const codes = [...EXPECTED[name].codes, "TRUST_NOT_SUPPORTED"].sort();
      expect(await admit(name)).toEqual({ allowed: false, codes });
    });

    it("serves the good image bit for bit", async () => {
      expect(await pull("good", "pulled-good")).toMatchObject({ code: 0 });
      expect(layoutDigest(join(folder, "pulled-good"))).toBe(layoutDigest(fixtures.good));
    });

    it.each(["crane", "oras"] as const)(
      "takes a push from %s, serves the good image and refuses the bad one",
      async (client) => {
        const login = ["-u", "admin", "-p", password];
        const environment = { DOCKER_CONFIG: join(folder, "docker") };
        async function run(...args: readonly string[]): Promise<ToolResult> {
          return await runTool(tool(client), args, { environment });
        }
        const loggedIn = await (client === "crane"
          ? run("auth", "login", server.registry, ...login)
          : run("login", "--plain-http", server.registry, ...login));
        expect(loggedIn).toMatchObject({ code: 0 });
        for (const name of ["good", "bad"] as const) {
          const reference = `${server.registry}/${client}/${name}:1.0`;
          const target = join(folder, `${client}-${name}`);
          const pushed = await (client === "crane"
            ? run("push", fixtures[name], reference)
            : run(
                "copy",
                "--from-oci-layout",
                "--to-plain-http",
                `${fixtures[name]}@${layoutDigest(fixtures[name])}`,
                reference,
              ));
          expect(pushed).toMatchObject({ code: 0 });
          const pulled = await (client === "crane"
            ? run("pull", "--format=oci", reference, target)
            : run("copy", "--from-plain-http", "--to-oci-layout", reference, `${target}:1.0`));
          if (name === "good") {
            expect(pulled).toMatchObject({ code: 0 });
            expect(layoutDigest(target)).toBe(layoutDigest(fixtures.good));
          } else {
            expect(pulled.code).not.toBe(0);
            expect(pulled.stderr).toMatch(/denied/i);
            expect(pulled.stderr).toMatch(/CVE-\d{4}-\d+/);
          }
        }
      },
    );

    it("refuses to serve the bad image, and the client prints why", async () => {
      const { code, stderr } = await pull("bad", "pulled-bad");
      expect(code).not.toBe(0);
      expect(stderr).toMatch(/denied/);
      expect(stderr).toMatch(/CVE-\d{4}-\d+.*fixed in/);
    });

    it("refuses to serve what nobody can judge, and says that this is not a finding", async () => {
      const { code, stderr } = await pull("unknown", "pulled-unknown");
      expect(code).not.toBe(0);
      expect(stderr).toMatch(/denied/);
      expect(stderr).toMatch(/distribution/i);
    });

    it("finds the same in archives as in the registry", async () => {
      const [dockerArchive, ociArchive] = [join(folder, "bad.tar"), join(folder, "bad-oci.tar")];
      const layout = `oci:${fixtures.bad}`;
      expect(await skopeo("copy", layout, `docker-archive:${dockerArchive}:team/bad:1.0`)).toMatchObject({ code: 0 });
      expect(await skopeo("copy", layout, `oci-archive:${ociArchive}`)).toMatchObject({ code: 0 });
      const findings: unknown[] = [];
      for (const location of [image("bad"), layout, `docker-archive:${dockerArchive}`, `oci-archive:${ociArchive}`]) {
        const { json } = await scan(location);
        findings.push(json.reports.map((each) => each.findings.map((finding) => [finding.id, finding.package])));
      }
      expect(JSON.stringify(findings[0])).toContain("CVE-");
      for (const other of findings) {
        expect(other).toEqual(findings[0]);
      }
    });

    it("prints a table without colors and without a progress bar where there is no terminal", async () => {
      const result = await runTool(process.execPath, [HAECHI, "scan", `oci:${fixtures.bad}`], {
        environment: { HAECHI_CACHE_DIR: join(folder, "cache"), HAECHI_LANG: "en" },
      });
      expect(result.code).toBe(1);
      expect(result.stdout).toMatch(/CVE-\d{4}-\d+/);
      expect(result.stdout).not.toContain("\u001b");
      expect(result.stderr).toBe("");
    });

    it("never wrote a password to the log", () => {
      expect(server.stderr()).not.toContain(server.password);
      expect(server.stderr()).not.toContain(NEW_PASSWORD);
    });

    it("keeps everything over kill -9", async () => {
      await server.kill();
      server = await startServerProcess({ dataDir: server.dataDir });
      expect(server.password).toBe("");
      expect(await pull("good", "after-crash")).toMatchObject({ code: 0 });
      expect((await pull("bad", "after-crash-bad")).stderr).toMatch(/denied/);
    });

    it("gives every image the same verdict at all four gates once a policy is configured", async () => {
      const policy = join(folder, "policy.yaml");
      writeFileSync(policy, SCAN_POLICY);
      expect(await server.stop()).toBe(0);
      server = await startServerProcess({ dataDir: server.dataDir, args: ["--policy-files", policy] });
      page = await (await browser.newContext({ locale: "en-US" })).newPage();
      await login(page, server);
      for (const name of FIXTURES) {
        await expectSame(name, "--policy", policy);
        const { outcome, codes } = EXPECTED[name];
        expect(await admit(name)).toEqual({ allowed: outcome === "allow", codes });
      }
    });

    it("pins an admitted image to its digest", async () => {
      const { response } = await askAdmission(server.admissionUrl, podReview(`${server.registry}/team/good:1.0`));
      const patch: unknown = JSON.parse(Buffer.from(response.patch ?? "", "base64").toString());
      expect(patch).toContainEqual({
        op: "replace",
        path: "/spec/containers/0/image",
        value: `${server.registry}/team/good@${layoutDigest(fixtures.good)}`,
      });
    });

    it("ends cleanly when asked to", async () => {
      expect(await server.stop()).toBe(0);
      expect(server.stdout()).toContain("Stopped.");
    });
  },
);
