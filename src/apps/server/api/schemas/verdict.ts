// SPDX-License-Identifier: Apache-2.0
import { z } from "zod";
import type { DecidingPolicy, Reason, Verdict } from "#policy";

/** A reason with its sentence in the asked language. */
export interface ReasonBody {
  readonly code: string;
  readonly effect: Reason["effect"];
  readonly platform?: string;
  readonly text: string;
}

/** A verdict as it is shown; nothing in it is decided here. */
export interface VerdictBody {
  readonly outcome: Verdict["outcome"];
  readonly mode: Verdict["mode"];
  readonly reasons: readonly ReasonBody[];
  readonly policy?: DecidingPolicy;
}

export const reasonSchema: z.ZodType<ReasonBody> = z.strictObject({
  code: z.string(),
  effect: z.enum(["deny", "undecided", "warn", "exempt"]),
  platform: z.exactOptional(z.string()).describe("for an index: the child that the reason is about"),
  text: z.string().describe("a sentence in the asked language"),
});

export const decidingPolicySchema: z.ZodType<DecidingPolicy> = z.strictObject({
  kind: z.enum(["ImagePolicy", "ClusterImagePolicy"]),
  namespace: z.exactOptional(z.string()),
  name: z.string(),
  repository: z.string().describe("the entry of the document that won"),
});

export const verdictSchema: z.ZodType<VerdictBody> = z.strictObject({
  outcome: z.enum(["allow", "deny", "undecided"]),
  mode: z.enum(["enforce", "warn", "audit"]),
  reasons: z.array(reasonSchema).describe("worst first"),
  policy: z.exactOptional(decidingPolicySchema),
});

z.globalRegistry.add(reasonSchema, { id: "Reason" });
z.globalRegistry.add(decidingPolicySchema, { id: "DecidingPolicy" });
z.globalRegistry.add(verdictSchema, { id: "Verdict" });
