// SPDX-License-Identifier: Apache-2.0
import { type ChildProcess, spawn } from "node:child_process";
import { rm } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, it } from "vitest";
import { freePorts } from "../support/free-ports.ts";
import { createReachableFolder } from "../support/reachable-folder.ts";
import { runTool } from "../support/run-tool.ts";
import { describeWithTools, tool } from "../support/tools.ts";

const REPOSITORY = fileURLToPath(new URL("../../", import.meta.url));

/** The environment of somebody who has just opened a terminal: none of npm's own variables, no Node of this project. */
function freshEnvironment(): Record<string, string> {
  const entries = Object.entries(process.env).filter(([name]) => !/^(npm_|VITEST|NODE_)/.test(name));
  const path = (process.env["PATH"] ?? "").split(delimiter).filter((each) => !each.includes("node_modules"));
  return Object.fromEntries(
    [...entries, ["PATH", path.join(delimiter)]].flatMap(([name, value]) =>
      value === undefined ? [] : [[name, value]],
    ),
  );
}

describeWithTools("git clone and npm start, as the README says", ["git", "npm", "script"], () => {
  let folder: string;
  let clone: string;
  let running: ChildProcess | undefined;

  beforeAll(async () => {
    folder = createReachableFolder("haechi-clone-");
    clone = join(folder, "haechi");
    expect(await runTool(tool("git"), ["clone", "--quiet", REPOSITORY, clone])).toMatchObject({ code: 0 });
  });
  afterAll(async () => {
    running?.kill("SIGKILL");
    await rm(folder, { recursive: true, force: true });
  });

  /** `npm start` until it says how to stop, and what it printed. */
  async function start(ports: readonly number[]): Promise<{ readonly child: ChildProcess; readonly output: string }> {
    const flags = ["console", "registry", "admission"].map(
      (name, index) => `--listen-${name}=127.0.0.1:${ports[index]}`,
    );
    // in a terminal of its own, so that Ctrl-C can be typed
    const child = spawn(
      tool("script"),
      ["--quiet", "--return", "--command", ["npm", "start", "--", ...flags].join(" "), "/dev/null"],
      {
        cwd: clone,
        env: freshEnvironment(),
        stdio: ["pipe", "pipe", "pipe"],
      },
    );
    running = child;
    let output = "";
    let errors = "";
    child.stderr?.setEncoding("utf8").on("data", (chunk: string) => {
      errors += chunk;
    });
    await new Promise<void>((resolve, reject) => {
      child.stdout?.setEncoding("utf8").on("data", (chunk: string) => {
        output += chunk;
        if (output.includes("Ctrl-C")) {
          resolve();
        }
      });
      child.once("exit", (code) => reject(new Error(`npm start ended with ${code}:\n${output}${errors}`)));
    });
    return { child, output };
  }

  /** Types Ctrl-C and waits until everything has ended; gives the rest of what it printed. */
  async function interrupt(child: ChildProcess): Promise<string> {
    let rest = "";
    child.stdout?.on("data", (chunk: string) => {
      rest += chunk;
    });
    const closed = new Promise((resolve) => child.once("close", resolve));
    child.stdin?.write("\u0003");
    await closed;
    return rest;
  }

  it("installs, builds and starts with nothing else, and Ctrl-C ends it cleanly", { timeout: 600_000 }, async () => {
    const ports = await freePorts(3);
    const { child, output } = await start(ports);
    for (const port of ports) {
      expect(output).toContain(`127.0.0.1:${port}`);
    }
    expect(output).toMatch(/Password\s+\S{20,}/);
    const page = await (await fetch(`http://127.0.0.1:${ports[0]}/`)).text();
    expect(page).toContain("<title>");
    expect(await interrupt(child)).toContain("Stopped.");
  });

  it("starts again without installing or building, and without a new password", async () => {
    const { child, output } = await start(await freePorts(3));
    expect(output).not.toMatch(/Password/);
    expect(await interrupt(child)).toContain("Stopped.");
    const status = await runTool(tool("git"), ["status", "--porcelain"], { cwd: clone });
    expect(status.stdout).toBe("");
  });
});
