// SPDX-License-Identifier: Apache-2.0
import { z } from "zod";
import type { PolicyException } from "#policy";

/** Where an exception is in its life. */
export type ExceptionState = "active" | "expiring" | "requested" | "expired";

/** An exception with what is known of its use. */
export interface ExceptionBody extends PolicyException {
  readonly state: ExceptionState;
  /** Admissions of the last 30 days to which it made a difference. */
  readonly uses: number;
  readonly lastUsedAt?: string;
  /** Running images that it lets pass now. */
  readonly runningImages: number;
}

export interface ExceptionListBody {
  readonly exceptions: readonly ExceptionBody[];
}

const texts = z.exactOptional(z.array(z.string()));

const exceptionSchema: z.ZodType<ExceptionBody> = z.strictObject({
  name: z.string(),
  namespace: z.exactOptional(z.string()).describe("where the object lies; absent: in a policy file"),
  subject: z.strictObject({
    namespaces: texts,
    repositories: texts,
    digests: texts,
    workloads: z.exactOptional(z.array(z.strictObject({ kind: z.string(), name: z.string() }))),
  }),
  findings: z.strictObject({ vulnerabilities: texts, packages: texts, rules: texts }),
  reason: z.string(),
  requester: z.string(),
  approver: z.exactOptional(z.string()).describe("absent while it is only asked for"),
  until: z.string(),
  state: z
    .enum(["active", "expiring", "requested", "expired"])
    .describe("`expiring`: in force, and over within 14 days; only `active` and `expiring` have an effect"),
  uses: z.int().min(0).describe("admissions of the last 30 days to which it made a difference"),
  lastUsedAt: z.exactOptional(z.string()),
  runningImages: z.int().min(0).describe("that it lets pass now"),
});

export const exceptionListSchema: z.ZodType<ExceptionListBody> = z.strictObject({
  exceptions: z.array(exceptionSchema).describe("what ends first comes first; what is over comes last"),
});

z.globalRegistry.add(exceptionSchema, { id: "Exception" });
z.globalRegistry.add(exceptionListSchema, { id: "ExceptionList" });
