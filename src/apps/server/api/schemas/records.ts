// SPDX-License-Identifier: Apache-2.0
import { z } from "zod";
import type { AuditEntry, DecisionRecord } from "#database";
import { decidingPolicySchema, type ReasonBody, reasonSchema } from "./verdict.ts";

/** A decision of a gate with the sentences of its reasons. */
export interface DecisionBody extends Omit<DecisionRecord, "reasons" | "digest"> {
  readonly digest?: string;
  readonly reasons: readonly ReasonBody[];
}

export interface DecisionListBody {
  readonly decisions: readonly DecisionBody[];
}

export interface AuditListBody {
  readonly entries: readonly AuditEntry[];
}

const decisionSchema: z.ZodType<DecisionBody> = z.strictObject({
  gate: z.enum(["registry", "admission"]),
  actor: z.string(),
  reference: z.string(),
  digest: z.exactOptional(z.string()),
  namespace: z.exactOptional(z.string()),
  outcome: z.enum(["allow", "deny", "undecided"]),
  reasons: z.array(reasonSchema),
  policy: z.exactOptional(decidingPolicySchema),
  requestId: z.string(),
  durationMs: z.number().min(0),
  decidedAt: z.string(),
});

const auditEntrySchema: z.ZodType<AuditEntry> = z.strictObject({
  actor: z.string(),
  action: z.string(),
  target: z.string(),
  requestId: z.string(),
  remoteAddress: z.exactOptional(z.string()),
  at: z.string(),
});

export const decisionListSchema: z.ZodType<DecisionListBody> = z.strictObject({
  decisions: z.array(decisionSchema).describe("newest first"),
});

export const auditListSchema: z.ZodType<AuditListBody> = z.strictObject({
  entries: z.array(auditEntrySchema).describe("newest first"),
});

z.globalRegistry.add(decisionSchema, { id: "Decision" });
z.globalRegistry.add(auditEntrySchema, { id: "AuditEntry" });
z.globalRegistry.add(decisionListSchema, { id: "DecisionList" });
z.globalRegistry.add(auditListSchema, { id: "AuditList" });
