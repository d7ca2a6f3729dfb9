// SPDX-License-Identifier: Apache-2.0
import type { z } from "zod";
import { quote } from "#base";
import { COMPATIBLE_SPELLINGS, compatibleSchema } from "./compatible-schema.ts";
import { exceptionSchema } from "./exception-schema.ts";
import { POLICY_API_VERSION, type PolicyDocument } from "./policy-document.ts";
import type { PolicyException } from "./policy-exception.ts";
import { createPolicySchema, unknownKeyMessage } from "./policy-schema.ts";
import type { PolicySecret } from "./policy-secret.ts";
import { secretSchema } from "./secret-schema.ts";
import type { ConditionCheck } from "./trust-schema.ts";

/** What an object turns out to be. */
export type PolicyObject =
  | { readonly document: PolicyDocument }
  | { readonly exception: PolicyException }
  | { readonly secret: PolicySecret };

/** Schemas of everything that can be read. */
export interface Schemas {
  readonly ours: z.ZodType<PolicyObject>;
  readonly older: z.ZodType<PolicyObject>;
  readonly exception: z.ZodType<PolicyObject>;
  readonly secret: z.ZodType<PolicyObject>;
}

/** The schemas; `checkCondition` compiles the CEL of attestations. */
export function createSchemas(checkCondition: ConditionCheck | undefined): Schemas {
  return {
    ours: createPolicySchema(checkCondition).transform((document) => ({ document })),
    older: OLDER,
    exception: EXCEPTION,
    secret: SECRET,
  };
}

const OLDER: z.ZodType<PolicyObject> = compatibleSchema.transform((document) => ({ document }));
const EXCEPTION: z.ZodType<PolicyObject> = exceptionSchema.transform((exception) => ({ exception }));
const SECRET: z.ZodType<PolicyObject> = secretSchema.transform((secret) => ({ secret }));

/** The schema for an object, by its apiVersion and kind; or why there is none. */
export function chooseSchema(
  value: unknown,
  schemas: Schemas,
): { readonly schema: z.ZodType<PolicyObject> } | { readonly message: string } {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    return { message: "expected an object with apiVersion, kind, metadata and spec" };
  }
  const { apiVersion, kind } = value as { readonly apiVersion?: unknown; readonly kind?: unknown };
  if (apiVersion === "v1" && kind === "Secret") {
    return { schema: schemas.secret };
  }
  if (apiVersion === "v1" && kind === "List") {
    return { message: "a List of kubectl is not read: write its items as documents of their own" };
  }
  const isOlder = typeof apiVersion === "string" && Object.hasOwn(COMPATIBLE_SPELLINGS, apiVersion);
  if (apiVersion !== POLICY_API_VERSION && !isOlder) {
    return {
      message: `apiVersion ${quote(apiVersion)} is not supported by this version; expected ${POLICY_API_VERSION}`,
    };
  }
  if (kind === "PolicyException" && !isOlder) {
    return { schema: schemas.exception };
  }
  if (kind !== "ImagePolicy" && kind !== "ClusterImagePolicy") {
    const kinds = isOlder ? "ImagePolicy or ClusterImagePolicy" : "ImagePolicy, ClusterImagePolicy or PolicyException";
    return { message: `kind ${quote(kind)} is not supported by this version; expected ${kinds}` };
  }
  return { schema: isOlder ? schemas.older : schemas.ours };
}

/** What an issue of a schema says, and about which places. */
export function placesOf(
  issue: z.core.$ZodIssue,
): readonly { readonly path: readonly (string | number)[]; readonly message: string }[] {
  const path = issue.path.filter((key) => typeof key !== "symbol");
  return issue.code === "unrecognized_keys"
    ? issue.keys.map((key) => ({ path: [...path, key], message: unknownKeyMessage(key) }))
    : [{ path, message: issue.message }];
}
