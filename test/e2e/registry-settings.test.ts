// SPDX-License-Identifier: Apache-2.0
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, it } from "vitest";
import { fixtureImages } from "../../tools/fixtures/index.ts";
import { createReachableFolder } from "../support/reachable-folder.ts";
import { runTool, type ToolResult } from "../support/run-tool.ts";
import { type ServerProcess, startServerProcess } from "../support/server-process.ts";
import { describeWithTools, tool } from "../support/tools.ts";

const HAECHI = fileURLToPath(new URL("../../bin/haechi.mjs", import.meta.url));
const NEW_PASSWORD = "the gate is guarded well";

interface Judged {
  readonly outcome: string;
  readonly policy?: { readonly name: string };
}

describeWithTools("settings of a registry, with real clients", ["skopeo", "mmdebstrap"], () => {
  let server: ServerProcess;
  let folder: string;
  let cookie: string | undefined;

  beforeAll(async () => {
    const fixtures = await fixtureImages();
    folder = createReachableFolder("haechi-settings-");
    server = await startServerProcess({ dataDir: join(folder, "data") });
    cookie = await signIn();
    const destination = ["--dest-tls-verify=false", "--dest-creds", `admin:${NEW_PASSWORD}`];
    const pushed = await runTool(tool("skopeo"), ["copy", ...destination, `oci:${fixtures.bad}`, image()]);
    expect(pushed).toMatchObject({ code: 0 });
  }, 300_000);
  afterAll(async () => {
    await server?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  function image(): string {
    return `docker://${server.registry}/team/bad:1.0`;
  }

  async function api(method: string, path: string, body?: object): Promise<Response> {
    return await fetch(new URL(path, server.consoleUrl), {
      method,
      headers: { "content-type": "application/json", ...(cookie === undefined ? {} : { cookie }) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  }

  async function signIn(): Promise<string> {
    const first = { name: "admin", password: server.password };
    cookie = (await api("POST", "/api/v1/session", first)).headers.getSetCookie()[0]?.split(";")[0] ?? "";
    const changed = await api("POST", "/api/v1/session/password", {
      currentPassword: server.password,
      newPassword: NEW_PASSWORD,
    });
    expect(changed.ok).toBe(true);
    const again = await api("POST", "/api/v1/session", { name: "admin", password: NEW_PASSWORD });
    return again.headers.getSetCookie()[0]?.split(";")[0] ?? "";
  }

  async function haechi(...words: readonly string[]): Promise<ToolResult> {
    return await runTool(process.execPath, [HAECHI, ...words], {
      environment: {
        HAECHI_DATA_DIR: server.dataDir,
        HAECHI_CACHE_DIR: join(folder, "cache"),
        HAECHI_PASSWORD: NEW_PASSWORD,
        HAECHI_SERVER: server.consoleUrl,
      },
    });
  }

  async function pull(): Promise<ToolResult> {
    const source = ["--src-tls-verify=false", "--src-creds", `admin:${NEW_PASSWORD}`];
    return await runTool(tool("skopeo"), ["copy", ...source, image(), `oci:${join(folder, "pulled")}:1.0`]);
  }

  /** What the command line and the API say of the image. */
  async function verdicts(): Promise<readonly Judged[]> {
    const scanned = await haechi("scan", "--format", "json", image());
    const shown = await api("GET", `/api/v1/image?image=${encodeURIComponent("team/bad:1.0")}`);
    return [
      (JSON.parse(scanned.stdout) as { verdict: Judged }).verdict,
      ((await shown.json()) as { verdict: Judged }).verdict,
    ];
  }

  it("are one verdict for pull, scan and API, and change with the setting", async () => {
    expect((await haechi("registry", "settings", "set", "team", "preventPullFrom=low")).stderr).toBe("");
    const refused = await pull();
    expect(refused.code).not.toBe(0);
    expect(refused.stderr).toContain("preventPullFrom");
    for (const verdict of await verdicts()) {
      expect(verdict).toMatchObject({ outcome: "deny", policy: { name: "registry/settings" } });
    }

    const shown = await haechi("scan", "--format", "json", image());
    const { reports } = JSON.parse(shown.stdout) as { reports: { findings: { id: string }[] }[] };
    const ids = [...new Set(reports.flatMap(({ findings }) => findings.map(({ id }) => id)))];
    const allowed = [`allowedVulnerabilities=${ids.join(",")}`, "allowList=own", "--reason", "not reachable"];
    expect((await haechi("registry", "settings", "set", "team", ...allowed)).stderr).toBe("");
    expect(await pull()).toMatchObject({ code: 0 });
    for (const verdict of await verdicts()) {
      expect(verdict.outcome).toBe("allow");
    }
  });
});
