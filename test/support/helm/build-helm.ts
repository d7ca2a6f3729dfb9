// SPDX-License-Identifier: Apache-2.0
import { execFileSync, spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { findTool, toolsFolder } from "../tools.ts";

const GO_MODULE = dirname(fileURLToPath(import.meta.url));
const VERSION_VARIABLE = "helm.sh/helm/v4/internal/version.version";

/** The helm release of the Go module, such as `v4.3.1`. */
function helmRelease(): string {
  const match = /^require helm\.sh\/helm\/v4 (v\d+\.\d+\.\d+)$/m.exec(readFileSync(join(GO_MODULE, "go.mod"), "utf8"));
  if (match?.[1] === undefined) {
    throw new Error("test/support/helm/go.mod names no release of helm.sh/helm/v4");
  }
  return match[1];
}

/** The helm that tests find, if it is the release of the Go module; else builds that one with Go (minutes) among the test tools. */
export function prepareHelm(log: (line: string) => void): string {
  const release = helmRelease();
  const present = findTool("helm");
  if (present !== undefined && releaseOf(present) === release) {
    return present;
  }
  const bin = join(toolsFolder(), "bin");
  mkdirSync(bin, { recursive: true });
  // built beside its place and renamed: a build that breaks off leaves nothing that looks complete
  const folder = mkdtempSync(join(toolsFolder(), "building-helm-"));
  try {
    const started = performance.now();
    log(`building helm ${release} (some minutes the first time) …`);
    const output = join(folder, "helm");
    build(output, release);
    chmodSync(output, 0o755);
    renameSync(output, join(bin, "helm"));
    log(`  done in ${Math.round((performance.now() - started) / 1000)} s`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return join(bin, "helm");
}

function releaseOf(program: string): string | undefined {
  try {
    return execFileSync(program, ["version", "--template", "{{.Version}}"], { encoding: "utf8" }).trim();
  } catch {
    // a program that does not even tell its version is replaced
    return undefined;
  }
}

function build(output: string, release: string): void {
  const flags = `-s -w -X ${VERSION_VARIABLE}=${release}`;
  const args = ["build", "-mod=readonly", "-trimpath", "-buildvcs=false", "-ldflags", flags, "-o", output];
  const run = spawnSync("go", [...args, "helm.sh/helm/v4/cmd/helm"], {
    cwd: GO_MODULE,
    env: { ...process.env, CGO_ENABLED: "0", GOFLAGS: "" },
    stdio: ["ignore", "inherit", "inherit"],
  });
  if (run.status !== 0) {
    throw new Error(`go build of helm failed${run.error === undefined ? ` with status ${run.status ?? "none"}` : ""}`, {
      cause: run.error,
    });
  }
}
