// SPDX-License-Identifier: Apache-2.0
// After an install: where the system's own Node can run the program, `npm run` and `npx` shall use that one.
import { execFileSync } from "node:child_process";
import { rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { isSuitable } from "./suitable-node.mjs";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const systemNode = process.env.npm_node_execpath;
if (systemNode !== undefined && !systemNode.startsWith(join(root, "node_modules"))) {
  const version = execFileSync(systemNode, ["--version"], { encoding: "utf8" }).trim();
  if (isSuitable(version)) {
    rmSync(join(root, "node_modules/.bin/node"), { force: true });
  }
}
