// SPDX-License-Identifier: Apache-2.0
import { readdirSync, readFileSync } from "node:fs";
import { readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { eventually } from "../support/eventually.ts";
import { freePorts } from "../support/free-ports.ts";
import { buildImage, writeOciLayout } from "../support/image-builder.ts";
import { createReachableFolder } from "../support/reachable-folder.ts";
import { pullManifest } from "../support/registry-client.ts";
import { runTool, type ToolResult } from "../support/run-tool.ts";
import { type ServerProcess, startServerProcess } from "../support/server-process.ts";
import { describeWithTools, tool } from "../support/tools.ts";

const HAECHI = fileURLToPath(new URL("../../bin/haechi.mjs", import.meta.url));
const MIB = 2 ** 20;

let folder: string;
beforeAll(async () => {
  folder = createReachableFolder("haechi-failures-");
});
afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

/** A server that must not start: its exit code and what it said. */
async function startRefused(
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Promise<ToolResult> {
  const ports = await freePorts(3);
  const listen = ["console", "registry", "admission"].flatMap((name, index) => [
    `--listen-${name}`,
    `127.0.0.1:${ports[index]}`,
  ]);
  return await runTool(process.execPath, [HAECHI, "server", ...listen, ...args], { environment, cwd: folder });
}

describe("a server that must not start", () => {
  it("lists every problem of its configuration at once, without a stack trace", async () => {
    const { code, stderr, stdout } = await startRefused(["--scan-concurrency", "0", "--registry-undecided", "maybe"], {
      HAECHI_NONSENSE: "1",
    });
    expect(code).toBe(2);
    expect(stdout).toBe("");
    for (const name of ["scan.concurrency", "registry.undecided", "HAECHI_NONSENSE"]) {
      expect(stderr).toContain(name);
    }
    expect(stderr).not.toMatch(/\n\s+at /);
  });

  it("names a malformed policy file with every problem in it", async () => {
    const file = join(folder, "policy.yaml");
    await writeFile(
      file,
      "apiVersion: haechi.dev/v1\nkind: ClusterImagePolicy\nmetadata: {name: x}\nspec: {repositories: [{name: '*', policy: {scann: {}, mode: loud}}]}\n",
    );
    const { code, stderr } = await startRefused(["--data-dir", join(folder, "policy"), "--policy-files", file]);
    expect(code).toBe(2);
    expect(stderr).toContain(file);
    expect(stderr).toContain("scann");
    expect(stderr).toContain("mode");
  });

  it("refuses an advisory database from a newer version, and says why", async () => {
    const file = join(folder, "newer-advisories");
    const built = await runTool(process.execPath, [HAECHI, "db", "build", "--output", file]);
    expect(built).toMatchObject({ code: 0 });
    const index = join(file, "index.json");
    await writeFile(index, (await readFile(index, "utf8")).replace('"format": 2', '"format": 9999'));
    const { code, stderr } = await startRefused(["--data-dir", join(folder, "newer"), "--advisories-file", file]);
    expect(code).toBe(2);
    expect(stderr).toMatch(/newer/);
  });
});

describe("beside another program", () => {
  let server: ServerProcess;
  beforeAll(async () => {
    server = await startServerProcess({ dataDir: join(folder, "beside") });
  });
  afterAll(async () => {
    await server.stop();
  });

  it("a second server on the same data folder is refused and the first goes on", async () => {
    const { code, stderr } = await startRefused(["--data-dir", server.dataDir]);
    expect(code).toBe(2);
    expect(stderr).toContain(String(server.pid));
    expect(stderr).toContain("DATABASE_IN_USE");
    expect((await fetch(`${server.consoleUrl}/readyz`)).status).toBe(200);
  });

  it("a busy port is named together with the option that changes it", async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, "127.0.0.1", resolve));
    const address = other.address();
    const port = typeof address === "object" && address !== null ? address.port : 0;
    const { code, stderr } = await startRefused([
      "--data-dir",
      join(folder, "busy"),
      "--listen-registry",
      `127.0.0.1:${port}`,
    ]);
    other.close();
    expect(code).toBe(2);
    expect(stderr).toContain(`127.0.0.1:${port}`);
    expect(stderr).toContain("--listen-registry");
    expect(stderr).toContain("HAECHI_LISTEN_REGISTRY");
  });

  it("a first start that failed on a busy port has not used up the first password", async () => {
    const dataDir = join(folder, "busy-first");
    const port = new URL(server.consoleUrl).port;
    const { code } = await startRefused(["--data-dir", dataDir, "--listen-console", `127.0.0.1:${port}`]);
    expect(code).toBe(2);
    const second = await startServerProcess({ dataDir, keepsPrintedPassword: true });
    await second.stop();
    expect(second.password.length).toBeGreaterThanOrEqual(20);
  });
});

/** A distribution without a single package would be "cannot tell". */
const PACKAGES = "Package: base-files\nStatus: install ok installed\nArchitecture: amd64\nVersion: 12.4+deb12u12\n";

describeWithTools("scans that are cut short", ["skopeo"], () => {
  let server: ServerProcess;
  beforeAll(async () => {
    // large enough that its scan is still running when it is killed
    const layers = Array.from({ length: 3 }, (_, layer) => ({
      compression: "gzip" as const,
      entries: [
        { path: "etc/os-release", content: 'ID=debian\nVERSION_ID="12"\n' },
        { path: "var/lib/dpkg/status", content: PACKAGES },
        { path: `data-${layer}`, content: pseudoRandom(48 * MIB, layer) },
      ],
    }));
    writeOciLayout(join(folder, "large"), { "1.0": buildImage(layers) });
    server = await startServerProcess({ dataDir: join(folder, "scans") });
  });
  afterAll(async () => {
    await server.stop();
  });

  async function push(repository: string): Promise<void> {
    const result = await runTool(tool("skopeo"), [
      ...["copy", "--dest-tls-verify=false", "--dest-creds", `admin:${server.password}`],
      `oci:${join(folder, "large")}:1.0`,
      `docker://${server.registry}/${repository}:1.0`,
    ]);
    expect(result).toMatchObject({ code: 0 });
  }

  /** The running scan process below the server. */
  async function scanProcess(): Promise<number> {
    return await eventually(
      () => Promise.resolve(childrenOf(server.pid).find((pid) => commandOf(pid).includes("scan-process"))),
      5,
    );
  }

  async function servedEventually(repository: string): Promise<void> {
    const credentials = { username: "admin", password: server.password };
    await eventually(async () => {
      const { status } = await pullManifest(server.registry, repository, "1.0", credentials);
      return status === 200 ? true : undefined;
    }, 500);
  }

  it("a scan whose process was killed runs again", async () => {
    await push("team/killed");
    process.kill(await scanProcess(), "SIGKILL");
    await servedEventually("team/killed");
    expect(server.stderr()).toContain('"state":"done"');
  });

  it("a scan that ran when the whole server was killed runs again after the start", async () => {
    const { password } = server;
    await rescan("team/killed");
    const scanning = await scanProcess();
    await server.kill();
    server = { ...(await startServerProcess({ dataDir: server.dataDir })), password };
    // without its server the old scan ends by itself
    await eventually(() => Promise.resolve(isAlive(scanning) ? undefined : true));
    await eventually(async () => {
      await Promise.resolve();
      return server.stderr().includes('"state":"done"') ? true : undefined;
    });
    await servedEventually("team/killed");
  });

  async function rescan(repository: string): Promise<void> {
    // pushed under another digest, so that a scan begins
    const layers = [
      {
        entries: [
          { path: "etc/os-release", content: 'ID=debian\nVERSION_ID="12"\n' },
          { path: "var/lib/dpkg/status", content: PACKAGES },
          { path: "data", content: pseudoRandom(96 * MIB, 9) },
        ],
      },
    ];
    writeOciLayout(join(folder, "second"), { "1.0": buildImage(layers) });
    const result = await runTool(tool("skopeo"), [
      ...["copy", "--dest-tls-verify=false", "--dest-creds", `admin:${server.password}`],
      `oci:${join(folder, "second")}:1.0`,
      `docker://${server.registry}/${repository}:1.0`,
    ]);
    expect(result).toMatchObject({ code: 0 });
  }
});

/** Bytes that gzip cannot shrink, the same each time. */
function pseudoRandom(size: number, seed: number): Buffer {
  const words = new Uint32Array(size / 4);
  let state = seed + 0x9e3779b9;
  for (let index = 0; index < words.length; index++) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    words[index] = state;
  }
  return Buffer.from(words.buffer);
}

function childrenOf(pid: number): readonly number[] {
  try {
    return readdirSync(`/proc/${pid}/task`).flatMap((task) =>
      readFileSync(`/proc/${pid}/task/${task}/children`, "utf8")
        .split(" ")
        .filter((word) => word !== "")
        .map(Number),
    );
  } catch {
    return [];
  }
}

function commandOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8");
  } catch {
    return "";
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
