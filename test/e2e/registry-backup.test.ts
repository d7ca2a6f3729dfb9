// SPDX-License-Identifier: Apache-2.0
import { copyFileSync, existsSync, mkdirSync, readFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { zstdDecompressSync } from "node:zlib";
import { afterAll, expect, it } from "vitest";
import { digestOf } from "#base";
import { openApiSession } from "../support/api-client.ts";
import { buildImage, writeOciLayout } from "../support/image-builder.ts";
import { NEW_PASSWORD } from "../support/new-password.ts";
import { createReachableFolder } from "../support/reachable-folder.ts";
import { runCommandLine } from "../support/run-command-line.ts";
import { runTool } from "../support/run-tool.ts";
import { type ServerProcess, startServerProcess } from "../support/server-process.ts";
import { describeWithTools, tool } from "../support/tools.ts";

const LONG_MS = 240_000;
const PROGRAM = fileURLToPath(new URL("../../bin/haechi.mjs", import.meta.url));
/** What the scanner needs to know in order to judge: what nobody can ever judge is never served. */
const SYSTEM = [
  { path: "etc/os-release", content: 'ID=debian\nVERSION_ID="12"\n' },
  {
    path: "var/lib/dpkg/status",
    content: "Package: base-files\nStatus: install ok installed\nArchitecture: amd64\nVersion: 12.4+deb12u12\n\n",
  },
];
const CREDENTIALS = `admin:${NEW_PASSWORD}`;

describeWithTools("backup and restore of a real server", ["skopeo"], () => {
  const folder = createReachableFolder("haechi-backup-");
  const servers: ServerProcess[] = [];
  afterAll(async () => {
    await Promise.all(servers.map((server) => server.stop()));
    await rm(folder, { recursive: true, force: true });
  });

  async function start(dataDir: string): Promise<ServerProcess> {
    const environment = {
      HAECHI_REGISTRY_BACKUP_DIR: join(folder, "backups"),
      HAECHI_REGISTRY_UNDECIDED: "allow",
      HAECHI_REGISTRY_GC_GRACE: "5s",
    };
    const server = await startServerProcess({ dataDir: join(folder, dataDir), environment });
    servers.push(server);
    return server;
  }

  async function cli(server: ServerProcess, ...argv: readonly string[]) {
    const registry = { HAECHI_REGISTRY_USERNAME: "admin", HAECHI_REGISTRY_PASSWORD: NEW_PASSWORD };
    const variables = { ...registry, HAECHI_SERVER: server.consoleUrl, HAECHI_PASSWORD: NEW_PASSWORD };
    const result = await runCommandLine(argv, { folder, variables });
    expect(`${result.code} ${result.stderr}`).toMatch(/^0 /);
    return result.stdout;
  }

  async function skopeo(...args: readonly string[]): Promise<string> {
    const result = await runTool(tool("skopeo"), args);
    expect(`${result.code} ${result.stderr}`).toMatch(/^0 /);
    return result.stdout;
  }

  let made = 0;
  async function push(server: ServerProcess, reference: string): Promise<void> {
    made += 1;
    const layout = join(folder, `layout${made}`);
    mkdirSync(layout);
    writeOciLayout(layout, {
      x: buildImage([{ entries: [...SYSTEM, { path: "n", content: `${made}` }] }, { entries: [{ path: "same" }] }]),
    });
    await skopeo(
      "copy",
      "--dest-tls-verify=false",
      "--dest-creds",
      CREDENTIALS,
      `oci:${layout}:x`,
      `docker://${server.registry}/${reference}`,
    );
    await rm(layout, { recursive: true });
  }

  it("a snapshot taken during pushes, deletes and collections comes back whole on an empty data folder", {
    timeout: LONG_MS,
  }, async () => {
    const first = await start("data");
    await openApiSession(first, first.password);
    for (let at = 0; at < 6; at += 1) {
      await push(first, `team/app:${at}`);
    }
    await cli(first, "registry", "settings", "set", "team", "immutableTags=release-*");
    const before = await openApiSession(first);
    const settings = await before.get("/api/v1/registry/settings");
    let isOver = false;
    const pushing = (async () => {
      for (let at = 0; !isOver; at += 1) {
        await push(first, `busy/r${at % 3}:${at}`);
        if (at % 2 === 1) {
          await skopeo(
            "delete",
            "--tls-verify=false",
            "--creds",
            CREDENTIALS,
            `docker://${first.registry}/busy/r${(at - 1) % 3}:${at - 1}`,
          );
        }
        await cli(first, "registry", "gc", "--no-wait");
      }
    })();
    const snapshots: string[] = [];
    try {
      for (let at = 0; at < 3; at += 1) {
        const output = await cli(first, "registry", "snapshot", "now", "--format", "json");
        snapshots.push((JSON.parse(output) as { result: { snapshot: string } }).result.snapshot);
      }
    } finally {
      isOver = true;
      await pushing;
    }
    const saved = join(folder, "saved.tar");
    await cli(
      first,
      "registry",
      "save",
      `${first.registry}/team/app:0`,
      `${first.registry}/team/app:1`,
      "--output",
      saved,
    );
    await skopeo(
      "inspect",
      "--override-os",
      "linux",
      "--override-arch",
      "amd64",
      `docker-archive:${saved}:${first.registry}/team/app:1`,
    );
    await first.stop();
    servers.splice(servers.indexOf(first), 1);

    const snapshot = join(folder, "backups/snapshots", snapshots.at(-1) ?? "");
    expect(existsSync(join(snapshot, "secret.key"))).toBe(false);
    const dataDir = join(folder, "restored");
    mkdirSync(dataDir, { mode: 0o711 });
    const environment = { HAECHI_DATA_DIR: dataDir };
    const withoutKey = await runTool(process.execPath, [PROGRAM, "admin", "restore", snapshot], { environment });
    expect(withoutKey.code).toBe(2);
    copyFileSync(join(folder, "data/secret.key"), join(dataDir, "secret.key"));
    const restored = await runTool(process.execPath, [PROGRAM, "admin", "restore", snapshot], { environment });
    expect(`${restored.code} ${restored.stderr}`).toMatch(/^0 /);

    const second = await start("restored");
    expect(second.password).toBe("");
    const session = await openApiSession(second);
    expect(await session.get("/api/v1/registry/settings")).toEqual(settings);
    const images = imagesOf(snapshot);
    expect(images.length).toBeGreaterThanOrEqual(6);
    for (const { name, digest } of images) {
      const place = `docker://${second.registry}/${name}`;
      const raw = await skopeo("inspect", "--raw", "--tls-verify=false", "--creds", CREDENTIALS, place);
      expect(digestOf(Buffer.from(raw))).toBe(digest);
      const copied = join(folder, `pulled-${digest.slice(7, 19)}`);
      await skopeo("copy", "--src-tls-verify=false", "--src-creds", CREDENTIALS, place, `dir:${copied}`);
    }
    const { jobs } = await session.get<{ jobs: { state: string }[] }>("/api/v1/registry/jobs?limit=100&state=running");
    expect(jobs).toEqual([]);

    await cli(second, "registry", "load", saved, "--repository", `${second.registry}/loaded`);
    const loaded = await skopeo(
      "inspect",
      "--raw",
      "--tls-verify=false",
      "--creds",
      CREDENTIALS,
      `docker://${second.registry}/loaded/team/app:1`,
    );
    expect(digestOf(Buffer.from(loaded))).toBe(images.find(({ name }) => name === "team/app:1")?.digest);
    const listed = await cli(second, "registry", "snapshot", "list");
    expect(listed).toContain(snapshots[0]);
    await cli(
      second,
      "registry",
      "backup",
      "schedule",
      "nightly",
      "--cron",
      "0 2 * * *",
      "--repository",
      "team/*",
      "--archive-format",
      "docker",
    );
    await cli(second, "registry", "backup", "now", "--rule", "nightly");
    const backups = JSON.parse(await cli(second, "registry", "backup", "list", "--format", "json")) as {
      backups: { name: string; count: number }[];
    };
    expect(backups.backups).toMatchObject([{ count: 6 }]);
    const back = await cli(second, "registry", "restore", backups.backups[0]?.name ?? "", "--prefix", "back");
    expect(back).toContain("6 restored");
  });
});

/** Tags and what they lead to, as the rows of the snapshot say. */
function imagesOf(snapshot: string): readonly { readonly name: string; readonly digest: string }[] {
  function rows(table: string): readonly Record<string, unknown>[] {
    const text = zstdDecompressSync(readFileSync(join(snapshot, `database/${table}.jsonl.zst`))).toString();
    return text
      .split("\n")
      .filter((line) => line !== "")
      .map((line) => JSON.parse(line) as Record<string, unknown>);
  }
  const repositories = new Map(rows("repository").map((row) => [row["id"], row["name"]]));
  return rows("tag").map((row) => ({
    name: `${String(repositories.get(row["repository_id"]))}:${String(row["name"])}`,
    digest: String(row["digest"]),
  }));
}
