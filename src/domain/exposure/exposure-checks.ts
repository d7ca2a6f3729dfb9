// SPDX-License-Identifier: Apache-2.0
import type { Severity } from "#base";

/**
 * One thing that is checked about workloads in a cluster. What is shown to people are the messages `check.<id>`,
 * `check.<id>.undecided` and `check.<id>.advice`. `HK` is about objects of Kubernetes.
 */
export interface ExposureCheck {
  readonly id: string;
  readonly severity: Severity;
  /** In English, without a full stop. */
  readonly title: string;
}

type CheckName =
  | "registryExposed"
  | "registryUnencrypted"
  | "registryCredentials"
  | "registryAnonymous"
  | "registryUnlimited"
  | "registryUnpatched"
  | "remoteAccessExposed"
  | "remoteAccessUnblocked";

/** The checks by the names by which code calls them. Ids never change their meaning. */
export const EXPOSURE_CHECK: Readonly<Record<CheckName, ExposureCheck>> = {
  registryExposed: { id: "HK001", severity: "high", title: "a registry can be reached from outside" },
  registryUnencrypted: { id: "HK002", severity: "high", title: "a registry is offered without TLS" },
  registryCredentials: { id: "HK003", severity: "high", title: "a password of a registry stands in the Pod" },
  registryAnonymous: { id: "HK004", severity: "high", title: "a registry asks nobody who they are" },
  registryUnlimited: { id: "HK005", severity: "medium", title: "no NetworkPolicy limits who reaches a registry" },
  registryUnpatched: { id: "HK006", severity: "high", title: "a registry has vulnerabilities that are fixed" },
  remoteAccessExposed: { id: "HK010", severity: "high", title: "remote access can be reached from outside" },
  remoteAccessUnblocked: { id: "HK011", severity: "medium", title: "no NetworkPolicy blocks remote access" },
};

/** All checks, by id. */
export const EXPOSURE_CHECKS: readonly ExposureCheck[] = Object.values(EXPOSURE_CHECK);
