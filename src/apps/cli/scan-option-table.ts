// SPDX-License-Identifier: Apache-2.0
import type { CommandOption } from "./command.ts";
import { FAIL_ON_SEVERITIES } from "./scan-policies.ts";

/** Options of every command that scans and judges an image; read by `scanAndJudge`. */
export const SCAN_OPTIONS: readonly CommandOption[] = [
  { name: "policy", kind: "list", value: "FILE", description: "cli.scan.policy" },
  { name: "fail-on", kind: "text", value: "SEVERITY", choices: FAIL_ON_SEVERITIES, description: "cli.scan.failOn" },
  { name: "as", kind: "text", value: "REFERENCE", description: "cli.scan.as" },
  { name: "namespace", short: "n", kind: "text", value: "NAME", description: "cli.scan.namespace" },
  { name: "platform", kind: "text", value: "OS/ARCH", description: "cli.scan.platform" },
  { name: "db", kind: "text", value: "FOLDER", description: "cli.scan.db" },
  { name: "no-cache", kind: "flag", description: "cli.scan.noCache" },
  { name: "no-progress", kind: "flag", description: "cli.scan.noProgress" },
];
