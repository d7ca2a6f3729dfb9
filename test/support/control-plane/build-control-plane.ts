// SPDX-License-Identifier: Apache-2.0
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, renameSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import {
  type ControlPlaneBinaries,
  controlPlaneCache,
  findControlPlane,
  GO_MODULE,
  kubernetesRelease,
} from "./control-plane-binaries.ts";

const PROGRAMS: Readonly<Record<string, string>> = {
  etcd: "go.etcd.io/etcd/server/v3",
  "kube-apiserver": "k8s.io/kubernetes/cmd/kube-apiserver",
  "kube-controller-manager": "k8s.io/kubernetes/cmd/kube-controller-manager",
};

/** Where `hack/lib/version.sh` of Kubernetes sets the version; without it the server reports v0.0.0-master. */
const VERSION_PACKAGES = ["k8s.io/component-base/version", "k8s.io/client-go/pkg/version"];

/**
 * The programs that are already there, else builds them with Go (minutes) into the user's cache. Throws when there is no
 * Go, it is too old, or the modules cannot be had.
 */
export function prepareControlPlane(log: (line: string) => void): ControlPlaneBinaries {
  const present = findControlPlane();
  if (present !== undefined) {
    return present;
  }
  const release = kubernetesRelease();
  const cache = controlPlaneCache();
  mkdirSync(dirname(cache), { recursive: true });
  // built beside the cache and renamed: a build that breaks off leaves nothing that looks complete
  const folder = mkdtempSync(join(dirname(cache), "building-"));
  try {
    for (const [program, source] of Object.entries(PROGRAMS)) {
      const started = performance.now();
      log(`building ${program} of Kubernetes ${release} (some minutes the first time) …`);
      build(source, join(folder, program), release);
      log(`  done in ${Math.round((performance.now() - started) / 1000)} s`);
    }
    rmSync(cache, { recursive: true, force: true });
    renameSync(folder, cache);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  const built = findControlPlane();
  if (built === undefined) {
    throw new Error(`the build left no programs in ${cache}`);
  }
  return built;
}

function build(source: string, output: string, release: string): void {
  const [major = "", minor = ""] = release.slice(1).split(".");
  const versions = Object.entries({ gitVersion: release, gitMajor: major, gitMinor: minor, gitTreeState: "clean" });
  const flags = VERSION_PACKAGES.flatMap((name) => versions.map(([key, value]) => `-X ${name}.${key}=${value}`));
  const args = [
    "build",
    "-mod=readonly",
    "-trimpath",
    "-buildvcs=false",
    "-ldflags",
    `-s -w ${flags.join(" ")}`,
    "-o",
    output,
    source,
  ];
  const run = spawnSync("go", args, {
    cwd: GO_MODULE,
    env: { ...process.env, CGO_ENABLED: "0", GOFLAGS: "" },
    stdio: ["ignore", "inherit", "inherit"],
  });
  if (run.status !== 0) {
    throw new Error(
      `go build ${source} failed${run.error === undefined ? ` with status ${run.status ?? "none"}` : ""}`,
      { cause: run.error },
    );
  }
}
