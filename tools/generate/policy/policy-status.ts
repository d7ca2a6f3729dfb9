// SPDX-License-Identifier: Apache-2.0
import type { StructuralSchema } from "./structural-schema.ts";

const CONDITIONS: StructuralSchema = {
  type: "array",
  description: "Whether the object is in force (type Ready), and why not.",
  maxItems: 16,
  "x-kubernetes-list-type": "map",
  "x-kubernetes-list-map-keys": ["type"],
  items: {
    type: "object",
    required: ["type", "status"],
    properties: {
      type: { type: "string", maxLength: 316 },
      status: { type: "string", enum: ["True", "False", "Unknown"] },
      reason: { type: "string", maxLength: 1024 },
      message: { type: "string", maxLength: 32_768 },
      lastTransitionTime: { type: "string", format: "date-time" },
      observedGeneration: { type: "integer", format: "int64" },
    },
  },
};

const COMMON = {
  observedGeneration: { type: "integer", format: "int64", description: "The metadata.generation that this is about." },
  conditions: CONDITIONS,
} as const satisfies Readonly<Record<string, StructuralSchema>>;

/** What the controller says about a policy. */
export const POLICY_STATUS: StructuralSchema = {
  type: "object",
  description: "Written by Haechi.",
  "x-kubernetes-preserve-unknown-fields": true,
  properties: {
    ...COMMON,
    entries: count("Entries in spec.repositories."),
    runningImages: count("Running images that it judges."),
    deniedImages: count("Those of them that it would deny."),
  },
};

/** What the controller says about an exception. */
export const EXCEPTION_STATUS: StructuralSchema = {
  type: "object",
  description: "Written by Haechi.",
  "x-kubernetes-preserve-unknown-fields": true,
  properties: {
    ...COMMON,
    uses: count("How often it made a difference at admission."),
    lastUsed: { type: "string", format: "date-time", nullable: true, description: "When it last made one." },
    runningImages: count("Running images that pass by it."),
    state: { type: "string", description: "Requested (no approver yet), Active, Expired or Invalid." },
  },
};

function count(description: string): StructuralSchema {
  return { type: "integer", format: "int64", nullable: true, description };
}
