// SPDX-License-Identifier: Apache-2.0
import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, it } from "vitest";
import { ANALYZERS } from "#packages";
import { controlPlaneCache } from "../support/control-plane/control-plane-binaries.ts";
import { runTool } from "../support/run-tool.ts";
import { describeWithTools, tool } from "../support/tools.ts";

const MODULE = fileURLToPath(new URL("../../tools/fixtures/go-program", import.meta.url));

/** Programs of 32 and 64 bits, of both byte orders, with and without symbols. */
const TARGETS: readonly { readonly architecture: string; readonly flags: string }[] = [
  { architecture: "amd64", flags: "-trimpath" },
  { architecture: "amd64", flags: "-ldflags=-s" },
  { architecture: "amd64", flags: "-buildmode=pie" },
  { architecture: "386", flags: "-ldflags=-s" },
  { architecture: "s390x", flags: "-ldflags=-s" },
];

/** Names and versions as `go version -m` prints them: what a module was replaced by counts, a folder's version is unknown. */
async function listWithGo(program: string): Promise<readonly string[]> {
  const { stdout } = await runTool(tool("go"), ["version", "-m", program]);
  const modules: string[] = [];
  for (const line of stdout.split("\n")) {
    const [, kind, path = "", version = ""] = line.split("\t");
    if (kind === "dep") {
      modules.push(`${path}@${version}`);
    } else if (kind === "=>") {
      const replaced = modules.pop() ?? "";
      modules.push(path.startsWith(".") ? `${replaced.split("@")[0] ?? ""}@(devel)` : `${path}@${version}`);
    }
  }
  const goVersion = /: go(\S+)/.exec(stdout.split("\n")[0] ?? "")?.[1] ?? "";
  return [...modules, `stdlib@${goVersion}`].sort();
}

async function listWithHaechi(path: string): Promise<readonly string[]> {
  const bytes = await readFile(path);
  const facts = { size: bytes.length, mode: 0o755, uid: 0 };
  const analyzer = ANALYZERS.find(({ name }) => name === "go-binary");
  expect(analyzer?.wants("usr/bin/app", facts)).toBe("sniff");
  expect(analyzer?.accepts?.("usr/bin/app", bytes.subarray(0, 512))).toBe(true);
  const result = analyzer?.analyze({ path: "usr/bin/app", bytes });
  expect(result?.problems).toEqual([]);
  // the main module comes second; its version may be the linker's, which `go version` does not work out
  return (result?.packages ?? [])
    .filter((_, index) => index !== 1)
    .map(({ name, version }) => `${name}@${version}`)
    .sort();
}

describeWithTools("compared with go version -m", ["go"], () => {
  let folder: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "haechi-go-"));
  });

  afterAll(async () => {
    await rm(folder, { recursive: true });
  });

  it.each(TARGETS)("a program for $architecture, built with $flags", async ({ architecture, flags }) => {
    const program = join(folder, `app-${architecture}${flags.replace(/\W/g, "-")}`);
    const built = await runTool(tool("go"), ["build", "-mod=readonly", "-buildvcs=false", flags, "-o", program, "."], {
      cwd: MODULE,
      environment: { CGO_ENABLED: "0", GOOS: "linux", GOARCH: architecture },
    });
    expect(built).toMatchObject({ code: 0 });
    expect(await listWithHaechi(program)).toEqual(await listWithGo(program));
  });

  it("the go command itself, and the Kubernetes programs that are there", async () => {
    const { stdout } = await runTool(tool("go"), ["env", "GOROOT"]);
    const programs = ["etcd", "kube-apiserver"].map((name) => join(controlPlaneCache(), name)).filter(existsSync);
    for (const program of [join(stdout.trim(), "bin/go"), ...programs]) {
      expect(await listWithHaechi(program)).toEqual(await listWithGo(program));
    }
  });
});
