// SPDX-License-Identifier: Apache-2.0
// `npm start`: installs what is missing, builds the console when it changed, runs the server. Runs on Node 20 and newer.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { runWithSuitableNode } from "./suitable-node.mjs";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
process.chdir(root);

/** A digest over files, so that an unchanged step is skipped. */
function fingerprint(paths) {
  const hash = createHash("sha256");
  for (const path of paths) {
    hash.update(path).update("\0").update(readFileSync(path)).update("\0");
  }
  return hash.digest("hex");
}

function filesBelow(folder) {
  return readdirSync(folder, { withFileTypes: true })
    .flatMap((entry) => (entry.isDirectory() ? filesBelow(join(folder, entry.name)) : [join(folder, entry.name)]))
    .sort();
}

/** Runs a step unless its inputs are the same as when it last succeeded and its result is still there. */
function step(name, inputs, result, stamp, run) {
  const now = fingerprint(inputs);
  if (existsSync(result) && existsSync(stamp) && readFileSync(stamp, "utf8") === now) {
    return;
  }
  process.stderr.write(`haechi: ${name} …\n`);
  run();
  mkdirSync(dirname(stamp), { recursive: true });
  writeFileSync(stamp, now);
}

function npm(args) {
  // npm start sets npm_execpath; a system Node that is new enough needs no second Node from the registry
  const npmCli = process.env.npm_execpath;
  const [command, first] = npmCli === undefined ? ["npm", []] : [process.execPath, [npmCli]];
  const { status, error } = spawnSync(command, [...first, ...args], { stdio: ["ignore", 2, 2] });
  if (status !== 0) {
    process.stderr.write(
      `haechi: "npm ${args.join(" ")}" failed${error ? `: ${error.message}` : ""}. Is the npm registry reachable?\n`,
    );
    process.exit(2);
  }
}

// Kept inside node_modules, so that removing that folder also forgets that it was complete.
step(
  "installing pinned dependencies",
  ["package.json", "package-lock.json", "console/package.json"],
  "node_modules",
  "node_modules/.haechi-installed",
  () => {
    npm(["ci", "--no-fund", "--no-audit"]);
  },
);
step(
  "building the console",
  [
    ...filesBelow("console/src"),
    ...filesBelow("src/domain/messages"),
    "console/package.json",
    "console/vite.config.ts",
    "console/index.html",
    "package-lock.json",
  ],
  "console/dist/index.html",
  "node_modules/.haechi-console-built",
  () => npm(["run", "build", "-w", "console"]),
);
await runWithSuitableNode(new URL("../src/apps/server/main.ts", import.meta.url), process.argv.slice(2));
