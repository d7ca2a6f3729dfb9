// SPDX-License-Identifier: Apache-2.0
import { chmodSync, cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, it } from "vitest";
import { runTool } from "../test/support/run-tool.ts";

const TOOLS = fileURLToPath(new URL(".", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "haechi-system-node-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** A project after `npm ci`, with the pinned Node in place, on a system whose Node says this version. */
function projectOn(version: string): { readonly root: string; readonly systemNode: string; readonly pinned: string } {
  const root = mkdtempSync(join(folder, "project-"));
  for (const name of ["prefer-system-node.mjs", "suitable-node.mjs"]) {
    cpSync(join(TOOLS, name), join(root, "tools", name));
  }
  mkdirSync(join(root, "node_modules/.bin"), { recursive: true });
  const pinned = join(root, "node_modules/.bin/node");
  writeFileSync(pinned, "");
  const systemNode = join(root, "system-node");
  writeFileSync(systemNode, `#!/bin/sh\necho ${version}\n`);
  chmodSync(systemNode, 0o755);
  return { root, systemNode, pinned };
}

describe("after an install", () => {
  it.each([
    { version: "v20.20.2", isPinned: true },
    { version: "v24.14.9", isPinned: true },
    { version: "v24.15.0", isPinned: false },
    { version: "v26.1.0", isPinned: false },
  ])("a system Node $version leaves the pinned one in front: $isPinned", async ({ version, isPinned }) => {
    const { root, systemNode, pinned } = projectOn(version);
    const result = await runTool(process.execPath, [join(root, "tools/prefer-system-node.mjs")], {
      environment: { npm_node_execpath: systemNode },
    });
    expect(result).toMatchObject({ code: 0, stderr: "" });
    expect(existsSync(pinned)).toBe(isPinned);
  });
});
