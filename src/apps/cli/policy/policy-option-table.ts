// SPDX-License-Identifier: Apache-2.0
import type { CommandOption } from "../command.ts";

/** Which cluster, and as whom; read by `openCluster`. */
export const KUBECONFIG_OPTIONS: readonly CommandOption[] = [
  { name: "kubeconfig", kind: "text", value: "FILE", description: "cli.cluster.kubeconfig" },
  { name: "context", kind: "text", value: "NAME", description: "cli.cluster.context" },
];

/** Options of every command that reads policies of a cluster; read by `wantsCluster` and `openCluster`. */
export const CLUSTER_OPTIONS: readonly CommandOption[] = [
  { name: "cluster", kind: "flag", description: "cli.cluster.cluster" },
  ...KUBECONFIG_OPTIONS,
  { name: "system-namespace", kind: "text", value: "NAME", description: "cli.cluster.systemNamespace" },
];

/** How the result of a policy command is written. */
export const FORMAT_OPTIONS: readonly CommandOption[] = [
  {
    name: "format",
    short: "f",
    kind: "text",
    value: "FORMAT",
    choices: ["table", "json"],
    default: "table",
    description: "cli.scan.format",
  },
  { name: "output", short: "o", kind: "text", value: "FILE", description: "cli.option.output" },
];
