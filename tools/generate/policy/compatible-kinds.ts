// SPDX-License-Identifier: Apache-2.0
import type { PrinterColumn, ResourceKind } from "./custom-resource-definition.ts";
import type { StructuralSchema } from "./structural-schema.ts";

const TEXT: StructuralSchema = { type: "string", nullable: true };
const SWITCH: StructuralSchema = { type: "boolean", nullable: true };

/** Nothing is pruned: what the older products' own schemas drop in silence (`va`, `policies`) is a check, or a slip, that must be seen. */
function object(
  properties: Readonly<Record<string, StructuralSchema>>,
  rest: Partial<StructuralSchema> = {},
): StructuralSchema {
  return { type: "object", "x-kubernetes-preserve-unknown-fields": true, properties, ...rest };
}

function list(items: StructuralSchema, maxItems: number): StructuralSchema {
  return { type: "array", nullable: true, maxItems, items };
}

const ADVISOR = object({ enabled: SWITCH, account: TEXT }, { nullable: true });

const TRUST = object(
  {
    enabled: SWITCH,
    trustServer: TEXT,
    signerSecrets: list(object({ name: { type: "string" } }, { required: ["name"] }), 64),
  },
  {
    nullable: true,
    description: "Docker Content Trust (Notary v1): the tag must be signed, by all signers if some are named.",
  },
);

const SIGNED_IDENTITY = object(
  {
    type: {
      type: "string",
      enum: ["", "matchExact", "matchRepository", "matchExactRepository", "matchExactReference", "remapIdentity"],
    },
    dockerRepository: TEXT,
    dockerReference: TEXT,
    prefix: TEXT,
    signedPrefix: TEXT,
  },
  { required: ["type"] },
);

const SIMPLE = object(
  {
    storeURL: TEXT,
    storeSecret: TEXT,
    requirements: list(
      object(
        {
          type: { type: "string", enum: ["insecureAcceptAnything", "reject", "signedBy"] },
          keySecret: TEXT,
          keySecretNamespace: TEXT,
          signedIdentity: SIGNED_IDENTITY,
        },
        { required: ["type"] },
      ),
      32,
    ),
  },
  { nullable: true, description: "GPG simple signing; all requirements must hold." },
);

const POLICY = object(
  {
    mutateImage: { ...SWITCH, description: "Pin tags to digests at admission; default true." },
    trust: TRUST,
    simple: SIMPLE,
    va: { ...ADVISOR, description: "Vulnerability Advisor: here, the image must have passed the scan of Haechi." },
    vulnerability: object(
      { ICCRVA: { ...ADVISOR, description: "As va." } },
      { nullable: true, description: "The image must have passed the scan of Haechi." },
    ),
  },
  { nullable: true, description: "Omitted: every check is off." },
);

const SPEC = object({
  repositories: list(
    object(
      {
        name: { type: "string", description: "The image's name; * stands for any text. The most specific name wins." },
        policy: POLICY,
        policies: {
          nullable: true,
          description: "A misspelling of policy that is known from installed defaults; taken as an omitted policy.",
          "x-kubernetes-preserve-unknown-fields": true,
        },
      },
      { required: ["name"] },
    ),
    10_000,
  ),
});

const COLUMNS: readonly PrinterColumn[] = [
  { name: "Names", type: "string", jsonPath: ".spec.repositories[*].name", description: "The names of the entries." },
];

/**
 * The kinds of Portieris and of Container Image Security Enforcement, as portieris-behaviour.md section 1 has them, with
 * what their own schemas lose. No short names: the older products have none either. Without a status subresource, so that
 * objects behave as their clients know them.
 */
export const COMPATIBLE_KINDS: readonly ResourceKind[] = [
  ...kinds("portieris.cloud.ibm.com", "v1", "Portieris"),
  ...kinds("securityenforcement.admission.cloud.ibm.com", "v1beta1", "Container Image Security Enforcement"),
];

function kinds(group: string, version: string, product: string): readonly ResourceKind[] {
  const common = { group, version, shortNames: [], spec: SPEC, columns: COLUMNS } as const;
  return [
    {
      ...common,
      kind: "ImagePolicy",
      plural: "imagepolicies",
      isNamespaced: true,
      description: `Which images Pods of this namespace may use, in the spelling of ${product}.`,
    },
    {
      ...common,
      kind: "ClusterImagePolicy",
      plural: "clusterimagepolicies",
      isNamespaced: false,
      description: `Which images Pods of namespaces without an ImagePolicy may use, in the spelling of ${product}.`,
    },
  ];
}
