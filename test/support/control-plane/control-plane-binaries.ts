// SPDX-License-Identifier: Apache-2.0
import { accessSync, constants, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** Absolute paths of the programs that make a control plane. */
export interface ControlPlaneBinaries {
  readonly etcd: string;
  readonly kubeApiserver: string;
  readonly kubeControllerManager: string;
}

/** The folder of the Go module that names what is built. */
export const GO_MODULE: string = dirname(fileURLToPath(import.meta.url));

/** The Kubernetes release of the Go module, such as `v1.36.3`. */
export function kubernetesRelease(): string {
  const match = /^\tk8s\.io\/kubernetes (v\d+\.\d+\.\d+)$/m.exec(readFileSync(join(GO_MODULE, "go.mod"), "utf8"));
  if (match?.[1] === undefined) {
    throw new Error("test/support/control-plane/go.mod names no release of k8s.io/kubernetes");
  }
  return match[1];
}

/** Where built programs are kept, one folder for each release. */
export function controlPlaneCache(): string {
  const cache = process.env["XDG_CACHE_HOME"] ?? join(homedir(), ".cache");
  return join(cache, "haechi/control-plane", kubernetesRelease());
}

/** The programs from `KUBEBUILDER_ASSETS` (as Kubernetes' envtest has it), `PATH` or our cache, or `undefined`. */
export function findControlPlane(): ControlPlaneBinaries | undefined {
  const assets = process.env["KUBEBUILDER_ASSETS"];
  const folders = [
    ...(assets === undefined ? [] : [assets]),
    controlPlaneCache(),
    ...(process.env["PATH"] ?? "").split(delimiter),
  ];
  const etcd = findProgram(folders, "etcd");
  const kubeApiserver = findProgram(folders, "kube-apiserver");
  const kubeControllerManager = findProgram(folders, "kube-controller-manager");
  if (etcd === undefined || kubeApiserver === undefined || kubeControllerManager === undefined) {
    return undefined;
  }
  return { etcd, kubeApiserver, kubeControllerManager };
}

function findProgram(folders: readonly string[], name: string): string | undefined {
  for (const folder of folders) {
    const path = join(folder, name);
    try {
      accessSync(path, constants.X_OK);
      return path;
    } catch {
      // not here: look in the next folder
    }
  }
  return undefined;
}
