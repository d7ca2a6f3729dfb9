// SPDX-License-Identifier: Apache-2.0
import { API_GROUP } from "#base";
import { policySchemas } from "#policy";
import type { PrinterColumn, ResourceKind } from "./custom-resource-definition.ts";
import { noteOf } from "./field-notes.ts";
import { EXCEPTION_STATUS, POLICY_STATUS } from "./policy-status.ts";
import { EXCEPTION_RULES, POLICY_RULES, structuralRules } from "./structural-rules.ts";
import { type StructuralSchema, structuralSpec } from "./structural-schema.ts";

const READY: PrinterColumn = {
  name: "Ready",
  type: "string",
  jsonPath: '.status.conditions[?(@.type=="Ready")].status',
  description: "Whether it is in force.",
};
const ENTRIES: PrinterColumn = {
  name: "Entries",
  type: "integer",
  jsonPath: ".status.entries",
  description: "Entries in spec.repositories.",
};

const EXCEPTION_COLUMNS: readonly PrinterColumn[] = [
  // as text: a column of type date shows a time to come as <invalid>
  { name: "Until", type: "string", jsonPath: ".spec.until", description: "When it ends." },
  { name: "Approver", type: "string", jsonPath: ".spec.approver", description: "Who granted it; empty: nobody yet." },
  { name: "State", type: "string", jsonPath: ".status.state", description: "Whether it has an effect now." },
  { name: "Requester", type: "string", jsonPath: ".spec.requester", description: "Who asked for it.", priority: 1 },
  { name: "Reason", type: "string", jsonPath: ".spec.reason", description: "Why.", priority: 1 },
];

/** The kinds of `haechi.dev/v1`, from the zod schemas that the parser uses. */
export function ourKinds(): readonly ResourceKind[] {
  const common = { group: API_GROUP, version: "v1" } as const;
  return [
    {
      ...common,
      kind: "ImagePolicy",
      plural: "imagepolicies",
      shortNames: ["imgpol"],
      isNamespaced: true,
      description:
        "Which images Pods of this namespace may use. If a namespace has any ImagePolicy, only those count, beside mandatory ClusterImagePolicies.",
      spec: structuralSpec(policySchemas.ImagePolicy, "ImagePolicy", overlay),
      status: POLICY_STATUS,
      validations: POLICY_RULES,
      columns: [ENTRIES, READY],
    },
    {
      ...common,
      kind: "ClusterImagePolicy",
      plural: "clusterimagepolicies",
      shortNames: ["cimgpol"],
      isNamespaced: false,
      description:
        "Which images Pods of namespaces without an ImagePolicy may use; with mandatory: true, of every namespace.",
      spec: structuralSpec(policySchemas.ClusterImagePolicy, "ClusterImagePolicy", overlay),
      status: POLICY_STATUS,
      validations: POLICY_RULES,
      columns: [
        ENTRIES,
        {
          name: "Mandatory",
          type: "boolean",
          jsonPath: ".spec.mandatory",
          description: "Whether it applies beside the policies of namespaces.",
        },
        READY,
      ],
    },
    {
      ...common,
      kind: "PolicyException",
      plural: "policyexceptions",
      shortNames: ["imgpolex"],
      isNamespaced: true,
      description:
        "A granted, scoped, expiring permission. It exempts what it names and nothing else; past until, or without an approver, it has no effect.",
      spec: structuralSpec(policySchemas.PolicyException, "PolicyException", overlay),
      status: EXCEPTION_STATUS,
      validations: EXCEPTION_RULES,
      columns: EXCEPTION_COLUMNS,
    },
  ];
}

function overlay(path: string): Partial<StructuralSchema> {
  const { meaning } = noteOf(path);
  return { ...structuralRules(path), ...(meaning === undefined ? {} : { description: meaning }) };
}
