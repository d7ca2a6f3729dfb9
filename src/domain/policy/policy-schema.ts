// SPDX-License-Identifier: Apache-2.0
import { z } from "zod";
import { type ImageChecks, POLICY_API_VERSION, type PolicyDocument, type RepositoryEntry } from "./policy-document.ts";
import {
  attestationsSchema,
  type ConditionCheck,
  duration,
  signaturesSchema,
  signersSchema,
  simpleSchema,
  trustSchema,
} from "./trust-schema.ts";

/** Entries of one document; a cluster has hundreds of repositories, not ten thousand. */
const MAX_ENTRIES = 10_000;
const MAX_NAME_LENGTH = 512;

/** RFC 1123 subdomain, as Kubernetes asks of object names; linear, since the separators cannot be labels. */
const OBJECT_NAME = /^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*$/;
const MAX_OBJECT_NAME_LENGTH = 253;

/** Fields of later versions of Haechi, so that their absence is named and not taken for a slip of the pen. */
const NOT_YET: ReadonlySet<string> = new Set([
  "configuration",
  "denyKnownExploited",
  "epssAbove",
  "grace",
  "image",
  "platforms",
]);

/** Fields of the older spellings. */
const OLDER: ReadonlySet<string> = new Set(["account", "ICCRVA", "policies", "va"]);

const scanSchema = z
  .strictObject({
    required: z.boolean(),
    maxAge: duration.exactOptional(),
    unsupported: z.enum(["allow", "deny"]).exactOptional(),
    acceptVerdictsFrom: signersSchema.exactOptional(),
  })
  .superRefine((scan, context) => {
    if (scan.acceptVerdictsFrom !== undefined && scan.maxAge === undefined) {
      const message = "acceptVerdictsFrom needs maxAge: a verdict without an end would count forever";
      context.addIssue({ code: "custom", path: ["acceptVerdictsFrom"], message });
    }
  });

function checksSchema(condition: ConditionCheck | undefined): z.ZodType<ImageChecks> {
  return z.strictObject({
    mode: z.enum(["enforce", "warn", "audit"]).exactOptional(),
    mutateImage: z.boolean().exactOptional(),
    trust: trustSchema.exactOptional(),
    simple: simpleSchema.exactOptional(),
    signatures: signaturesSchema.exactOptional(),
    attestations: attestationsSchema(condition).exactOptional(),
    scan: scanSchema.exactOptional(),
    vulnerability: z
      .strictObject({
        maxSeverity: z.enum(["none", "negligible", "low", "medium", "high", "critical"]).exactOptional(),
        onlyFixable: z.boolean().exactOptional(),
      })
      .exactOptional(),
  });
}

export const repositoryName: z.ZodType<string> = z
  .string()
  .min(1)
  .max(MAX_NAME_LENGTH)
  .regex(/^[\x21-\x7e]+$/, "expected printable characters without spaces");

export const objectName: z.ZodType<string> = z
  .string()
  .max(MAX_OBJECT_NAME_LENGTH)
  .regex(OBJECT_NAME, "expected a Kubernetes object name");

// Labels, annotations and what the API server adds (uid, managedFields, …) say nothing about policy and may stay.
export const namespacedMetadata: z.ZodType<{ readonly name: string; readonly namespace: string }> = z.looseObject({
  name: objectName,
  namespace: objectName,
});
export const clusterMetadata: z.ZodType<{ readonly name: string }> = z.looseObject({
  name: objectName,
  namespace: z.undefined("a ClusterImagePolicy has no namespace").optional(),
});

/** `spec.repositories` of entries of that form. */
export function repositoriesOf<T>(entry: z.ZodType<T>): z.ZodType<T[]> {
  return z.array(entry).max(MAX_ENTRIES);
}

/** One policy document of our own; `condition` compiles the CEL of attestations. */
export function createPolicySchema(condition: ConditionCheck | undefined): z.ZodType<PolicyDocument> {
  const entry: z.ZodType<RepositoryEntry> = z
    .strictObject({ name: repositoryName, policy: checksSchema(condition).nullable().exactOptional() })
    // `policy:` with nothing behind it is null in YAML and means "omitted" in Kubernetes.
    .transform(({ name, policy }) => (policy === null || policy === undefined ? { name } : { name, policy }));
  const repositories = repositoriesOf(entry);

  const imagePolicy = z
    .strictObject({
      apiVersion: z.literal(POLICY_API_VERSION),
      kind: z.literal("ImagePolicy"),
      metadata: namespacedMetadata,
      spec: z.strictObject({ repositories }),
    })
    .transform(
      (object): PolicyDocument => ({
        kind: object.kind,
        name: object.metadata.name,
        namespace: object.metadata.namespace,
        repositories: object.spec.repositories,
      }),
    );

  const clusterImagePolicy = z
    .strictObject({
      apiVersion: z.literal(POLICY_API_VERSION),
      kind: z.literal("ClusterImagePolicy"),
      metadata: clusterMetadata,
      spec: z.strictObject({ repositories, mandatory: z.boolean().exactOptional() }),
    })
    .transform(
      (object): PolicyDocument => ({
        kind: object.kind,
        name: object.metadata.name,
        repositories: object.spec.repositories,
        ...(object.spec.mandatory === true ? { mandatory: true } : {}),
      }),
    );

  return z.discriminatedUnion("kind", [imagePolicy, clusterImagePolicy]);
}

/** Why a key is refused. */
export function unknownKeyMessage(key: string): string {
  if (key === "mandatory") {
    return `only a ClusterImagePolicy of ${POLICY_API_VERSION} can be mandatory`;
  }
  if (OLDER.has(key)) {
    return `${JSON.stringify(key)} belongs to the older spellings; use "vulnerability" and "policy"`;
  }
  return NOT_YET.has(key)
    ? `${JSON.stringify(key)} is not supported by this version`
    : `unknown field ${JSON.stringify(key.slice(0, 100))}`;
}
