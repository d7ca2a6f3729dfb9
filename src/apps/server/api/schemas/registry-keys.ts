// SPDX-License-Identifier: Apache-2.0
import { z } from "zod";
import type { AccessKeyRecord } from "#database";

/** An access key as its inventory shows it. */
export interface AccessKeyBody {
  readonly id: string;
  readonly account: string;
  readonly accessKey: string;
  readonly description: string;
  /** `expired`: its time is over, by itself or by the longest life that this server allows. */
  readonly state: AccessKeyRecord["state"] | "expired";
  readonly createdAt: string;
  readonly rotatedAt: string;
  readonly lastUsedAt?: string;
  readonly expiresAt?: string;
  /** When it should have been rotated. */
  readonly rotateBy: string;
  readonly isRotationDue: boolean;
}

/** With the secret, which is told once. */
export interface NewAccessKeyAnswer {
  readonly key: AccessKeyBody;
  readonly secretKey: string;
}

export interface KeysQuery {
  readonly account?: string;
  readonly all: boolean;
}

export interface NewKeyBody {
  readonly account?: string;
  readonly description: string;
  readonly expiresInDays?: number;
}

export interface RotateKeyBody {
  readonly overlapHours: number;
}

const MAX_DAYS = 3_650;
const MAX_OVERLAP_HOURS = 24 * 30;

export const accessKeySchema: z.ZodType<AccessKeyBody> = z.strictObject({
  id: z.string(),
  account: z.string(),
  accessKey: z.string().describe("sent as the name"),
  description: z.string(),
  state: z.enum(["active", "disabled", "expired"]),
  createdAt: z.string().describe("when the first key of this line was made"),
  rotatedAt: z.string().describe("when the secret was made"),
  lastUsedAt: z.exactOptional(z.string()).describe("some seconds late"),
  expiresAt: z.exactOptional(z.string()),
  rotateBy: z.string().describe("90 days after the secret was made"),
  isRotationDue: z.boolean(),
});

export const accessKeyListSchema: z.ZodType<{ readonly keys: readonly AccessKeyBody[] }> = z.strictObject({
  keys: z.array(accessKeySchema),
});

export const newAccessKeyAnswerSchema: z.ZodType<NewAccessKeyAnswer> = z.strictObject({
  key: accessKeySchema,
  secretKey: z.string().describe("told once; nobody can show it again"),
});

export const keysQuerySchema: z.ZodType<KeysQuery> = z.strictObject({
  account: z.exactOptional(z.string().min(1).max(64)).describe("name of another account; administrators only"),
  all: z
    .enum(["true", "false"])
    .default("false")
    .transform((text) => text === "true")
    .describe("of all accounts; administrators only"),
});

export const newKeySchema: z.ZodType<NewKeyBody> = z.strictObject({
  account: z.exactOptional(z.string().min(1).max(64)).describe("name of a robot; absent: one's own"),
  description: z.string().max(200).default(""),
  expiresInDays: z.exactOptional(z.int().min(1).max(MAX_DAYS)),
});

export const rotateKeySchema: z.ZodType<RotateKeyBody> = z.strictObject({
  overlapHours: z
    .int()
    .min(0)
    .max(MAX_OVERLAP_HOURS)
    .default(24)
    .describe("how long the key that is replaced goes on working"),
});

export const keyStateSchema: z.ZodType<{ readonly state: AccessKeyRecord["state"] }> = z.strictObject({
  state: z.enum(["active", "disabled"]),
});

z.globalRegistry.add(accessKeySchema, { id: "AccessKey" });
