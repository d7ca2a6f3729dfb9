// SPDX-License-Identifier: Apache-2.0
import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildImage, type TestImage, writeOciLayout } from "../test/support/image-builder.ts";
import { createReachableFolder } from "../test/support/reachable-folder.ts";
import { runTool } from "../test/support/run-tool.ts";
import { type ServerProcess, startServerProcess } from "../test/support/server-process.ts";
import { tool } from "../test/support/tools.ts";

/** A `haechi server` on a new data folder, as `npm start` configures it, but for the policy where one is given. */
export interface BenchServer extends ServerProcess, AsyncDisposable {}

/** Starts the server; `policy` is the text of a policy file, default: what is in force without one. */
export async function startBenchServer(policy?: string): Promise<BenchServer> {
  const folder = createReachableFolder("haechi-bench-server-");
  const file = join(folder, "policy.yaml");
  if (policy !== undefined) {
    writeFileSync(file, policy);
  }
  const server = await startServerProcess({
    dataDir: join(folder, "data"),
    args: policy === undefined ? [] : ["--policy-files", file],
  });
  return {
    ...server,
    [Symbol.asyncDispose]: async () => {
      await server.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** What the image takes beside the content of its large file: a header and the end mark. */
const TAR_BYTES = 512 + 1024;

/** An image of Debian that the default policy allows, whose last layer is `layerBytes` large and is not compressible. */
export function buildAllowedImage(layerBytes: number): TestImage {
  return buildImage([
    {
      entries: [
        { path: "etc/os-release", content: 'ID=debian\nVERSION_ID="12"\nPRETTY_NAME="Debian GNU/Linux 12"\n' },
        {
          path: "var/lib/dpkg/status",
          content: "Package: base-files\nStatus: install ok installed\nArchitecture: amd64\nVersion: 12.4+deb12u12\n\n",
        },
      ],
    },
    { entries: [{ path: "srv/data", content: randomBytes(layerBytes - TAR_BYTES) }], compression: "none" },
  ]);
}

/** Pushes the image as it is with skopeo, to `IMAGE` as in `127.0.0.1:5000/team/app:1.0`. */
export async function pushImage(image: TestImage, destination: string, credentials?: string): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "haechi-bench-image-"));
  try {
    writeOciLayout(folder, { latest: image });
    const result = await runTool(tool("skopeo"), [
      ...["copy", "--quiet", "--preserve-digests", "--dest-tls-verify=false"],
      ...(credentials === undefined ? [] : ["--dest-creds", credentials]),
      ...[`oci:${folder}:latest`, `docker://${destination}`],
    ]);
    if (result.code !== 0) {
      throw new Error(`skopeo failed: ${result.stderr}`);
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
}
