// SPDX-License-Identifier: Apache-2.0
import type { z } from "zod";
import { exceptionSchema } from "./exception-schema.ts";
import { createPolicySchema } from "./policy-schema.ts";

const policies = createPolicySchema(undefined);

/**
 * The schemas of whole objects of `haechi.dev/v1`, by kind, for generators: what their input is (`io: "input"` of
 * `z.toJSONSchema`), with a description of each field. ImagePolicy and ClusterImagePolicy share one, which tells them
 * apart by `kind`. Conditions are not compiled here.
 */
export const policySchemas: Readonly<Record<"ImagePolicy" | "ClusterImagePolicy" | "PolicyException", z.ZodType>> = {
  ImagePolicy: policies,
  ClusterImagePolicy: policies,
  PolicyException: exceptionSchema,
};
