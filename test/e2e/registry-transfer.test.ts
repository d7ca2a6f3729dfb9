// SPDX-License-Identifier: Apache-2.0
import { execFileSync } from "node:child_process";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { openApiSession } from "../support/api-client.ts";
import { type DockerRegistry, startDockerRegistry } from "../support/docker-registry.ts";
import { buildImage } from "../support/image-builder.ts";
import { NEW_PASSWORD } from "../support/new-password.ts";
import { attachToImage, pushToRegistry } from "../support/push-to-registry.ts";
import { createReachableFolder } from "../support/reachable-folder.ts";
import { runCommandLine } from "../support/run-command-line.ts";
import { type ServerProcess, startServerProcess } from "../support/server-process.ts";
import { describeWithTools, tool } from "../support/tools.ts";

const OS_RELEASE = { path: "etc/os-release", content: 'ID=debian\nVERSION_ID="12"\nPRETTY_NAME="Debian 12"\n' };
const STATUS = "Package: base-files\nStatus: install ok installed\nVersion: 12.4\nArchitecture: amd64\n\n";
/** Nothing is known against it. */
const GOOD = buildImage([{ entries: [OS_RELEASE, { path: "var/lib/dpkg/status", content: STATUS }] }]);
/** Of no distribution that anybody knows, so that nobody can tell. */
const UNKNOWN = buildImage([
  {
    entries: [
      { path: "etc/os-release", content: "ID=unheard-of\nVERSION_ID=1\n" },
      { path: "var/lib/dpkg/status", content: STATUS },
    ],
  },
]);

// The real server with its scanner and gate, a real upstream registry, and a real client.
describeWithTools("another registry, through the real server", ["docker-registry", "skopeo"], () => {
  let folder: string;
  let server: ServerProcess;
  let upstream: DockerRegistry;

  beforeAll(async () => {
    folder = createReachableFolder("haechi-transfer-");
    [server, upstream] = await Promise.all([
      startServerProcess({ dataDir: join(folder, "data") }),
      startDockerRegistry(),
    ]);
    await openApiSession(server, server.password);
    await pushToRegistry(upstream.host, "team/good:1", GOOD);
    await attachToImage(upstream.host, "team/good", GOOD);
    await pushToRegistry(upstream.host, "team/unknown:1", UNKNOWN);
  }, 90_000);

  afterAll(async () => {
    await server.stop();
    await upstream[Symbol.asyncDispose]();
    await rm(folder, { recursive: true, force: true });
  });

  async function run(
    words: string,
  ): Promise<{ readonly code: number; readonly stdout: string; readonly stderr: string }> {
    return await runCommandLine([...words.split(" "), "--server", server.consoleUrl], {
      folder,
      variables: { HAECHI_PASSWORD: NEW_PASSWORD },
    });
  }

  function pull(name: string): string {
    try {
      execFileSync(
        tool("skopeo"),
        [
          "copy",
          "--src-tls-verify=false",
          `--src-creds=admin:${NEW_PASSWORD}`,
          `docker://${server.registry}/${name}`,
          `dir:${join(folder, name.replaceAll(/[/:]/g, "-"))}`,
        ],
        { stdio: "pipe" },
      );
      return "pulled";
    } catch (error) {
      return String((error as { readonly stderr: Buffer }).stderr);
    }
  }

  it("a cache hands out what the scan finds nothing against, at the first pull, and refuses the rest with the reason", async () => {
    expect(await run(`registry cache set hub ${upstream.host}`)).toMatchObject({ code: 0, stderr: "" });
    expect(pull("hub/team/good:1")).toBe("pulled");
    expect(pull("hub/team/unknown:1")).toContain("denied");
    expect((await run("registry cache list")).stdout).toContain(upstream.host);
  }, 60_000);

  it("an import brings the same images", async () => {
    const imported = await run(`registry import ${upstream.host} --to old`);
    expect(imported).toMatchObject({ code: 0 });
    expect(pull("old/team/good:1")).toBe("pulled");
  }, 60_000);

  it("a promotion without approval is done at once", async () => {
    expect(await run("registry promote set-rule release old prod --no-approval")).toMatchObject({ code: 0 });
    const asked = await run("registry promote request release old/team/good:1 --format json");
    const { id } = JSON.parse(asked.stdout) as { readonly id: number };
    expect(await run(`registry jobs watch ${id}`)).toMatchObject({ code: 0 });
    expect(pull("prod/team/good:1")).toBe("pulled");
    const refused = await run("registry promote request release old/team/unknown:1 --format json");
    const { id: other } = JSON.parse(refused.stdout) as { readonly id: number };
    const watched = await run(`registry jobs watch ${other}`);
    expect(watched.code).toBe(1);
    expect(watched.stdout).toContain("IMAGE_REFUSED");
  }, 60_000);
});
