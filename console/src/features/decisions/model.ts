// SPDX-License-Identifier: Apache-2.0
import type { Decision } from "../../api/generated/api.ts";

/** The console's address of the judged image when it may lie in our registry: the reference without the registry's name. */
export function imageOfDecision(decision: Pick<Decision, "reference" | "gate">, registry: string): string | undefined {
  const prefix = `${registry}/`;
  const name = decision.reference.startsWith(prefix) ? decision.reference.slice(prefix.length) : undefined;
  return name !== undefined && /^[^:@]+(?::[^@]+|@sha\d+:[0-9a-f]+)$/.test(name) ? name : undefined;
}

/** Milliseconds as people read them. */
export function formatDuration(milliseconds: number): string {
  return milliseconds < 1_000 ? `${Math.round(milliseconds)} ms` : `${(milliseconds / 1_000).toFixed(1)} s`;
}
