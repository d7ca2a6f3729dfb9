// SPDX-License-Identifier: Apache-2.0
import type { CommandOption } from "../command.ts";
import { KUBECONFIG_OPTIONS } from "../policy/policy-option-table.ts";

/** Options of every gate command. */
export const GATE_OPTIONS: readonly CommandOption[] = [
  { name: "name", kind: "text", value: "NAME", description: "cli.gate.name" },
  ...KUBECONFIG_OPTIONS,
];
