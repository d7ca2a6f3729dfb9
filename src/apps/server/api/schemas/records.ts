// SPDX-License-Identifier: Apache-2.0
import { z } from "zod";
import type { AuditEntry, ListedDecision } from "#database";
import type { UsedException } from "#policy";
import { decidingPolicySchema, type ReasonBody, reasonSchema } from "./verdict.ts";

/** A decision of a gate with the sentences of its reasons. */
export interface DecisionBody extends Omit<ListedDecision, "reasons" | "digest"> {
  readonly digest?: string;
  readonly reasons: readonly ReasonBody[];
}

export interface DecisionListBody {
  readonly decisions: readonly DecisionBody[];
}

export interface AuditListBody {
  readonly entries: readonly AuditEntry[];
}

export const usedExceptionSchema: z.ZodType<UsedException> = z.strictObject({
  name: z.string(),
  namespace: z.exactOptional(z.string()),
  approver: z.exactOptional(z.string()),
  until: z.string(),
  exempted: z.array(z.string()).describe("reason codes with the vulnerability or package"),
});

const decisionSchema: z.ZodType<DecisionBody> = z.strictObject({
  id: z.int().min(0).describe("newer ones have larger ids"),
  gate: z.enum(["registry", "admission"]),
  actor: z.string(),
  reference: z.string(),
  digest: z.exactOptional(z.string()),
  namespace: z.exactOptional(z.string()),
  outcome: z.enum(["allow", "deny", "undecided"]),
  reasons: z.array(reasonSchema),
  policy: z.exactOptional(decidingPolicySchema),
  kind: z.exactOptional(z.string()).describe("of the workload that the image was for"),
  name: z.exactOptional(z.string()).describe("of the workload; empty while the API server has not made it up"),
  operation: z.exactOptional(z.enum(["CREATE", "UPDATE"])),
  webhook: z.exactOptional(z.string()),
  policyGeneration: z.exactOptional(z.string()).describe("names the policies that were in force then"),
  exceptions: z.exactOptional(z.array(usedExceptionSchema)).describe("that made a difference"),
  passedAs: z
    .exactOptional(z.enum(["known", "owner", "failure"]))
    .describe("why an image passed that the verdict alone would have held back"),
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

z.globalRegistry.add(usedExceptionSchema, { id: "UsedException" });
z.globalRegistry.add(decisionSchema, { id: "Decision" });
z.globalRegistry.add(auditEntrySchema, { id: "AuditEntry" });
z.globalRegistry.add(decisionListSchema, { id: "DecisionList" });
z.globalRegistry.add(auditListSchema, { id: "AuditList" });
