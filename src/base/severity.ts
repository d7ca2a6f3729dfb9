// SPDX-License-Identifier: Apache-2.0

/** How bad a finding is; `unknown` when no source says. */
export type Severity = "critical" | "high" | "medium" | "low" | "negligible" | "unknown";
