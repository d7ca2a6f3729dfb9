// SPDX-License-Identifier: Apache-2.0
import { z } from "zod";
import { parseDurationMs } from "./duration.ts";
import { type ImageChecks, POLICY_API_VERSION, type PolicyDocument, type RepositoryEntry } from "./policy-document.ts";

/** Entries of one document; a cluster has hundreds of repositories, not ten thousand. */
const MAX_ENTRIES = 10_000;
const MAX_NAME_LENGTH = 512;

/** RFC 1123 subdomain, as Kubernetes asks of object names; linear, since the separators cannot be labels. */
const OBJECT_NAME = /^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*$/;
const MAX_OBJECT_NAME_LENGTH = 253;

/** Fields of later versions of Haechi, so that their absence is named and not taken for a slip of the pen. */
const NOT_YET: ReadonlySet<string> = new Set([
  "account",
  "attestations",
  "configuration",
  "denyKnownExploited",
  "enabled",
  "epssAbove",
  "grace",
  "ICCRVA",
  "image",
  "mandatory",
  "platforms",
  "signatures",
  "simple",
  "trust",
  "va",
]);

const duration = z.string().refine((text) => parseDurationMs(text) !== undefined, {
  message: "expected a positive duration such as 30d, 12h or 90m",
});

const checksSchema: z.ZodType<ImageChecks> = z.strictObject({
  mode: z.enum(["enforce", "warn", "audit"]).exactOptional(),
  mutateImage: z.boolean().exactOptional(),
  scan: z
    .strictObject({
      required: z.boolean(),
      maxAge: duration.exactOptional(),
      unsupported: z.enum(["allow", "deny"]).exactOptional(),
    })
    .exactOptional(),
  vulnerability: z
    .strictObject({
      maxSeverity: z.enum(["none", "negligible", "low", "medium", "high", "critical"]).exactOptional(),
      onlyFixable: z.boolean().exactOptional(),
    })
    .exactOptional(),
});

const repositoryName = z
  .string()
  .min(1)
  .max(MAX_NAME_LENGTH)
  .regex(/^[\x21-\x7e]+$/, "expected printable characters without spaces");

const entrySchema: z.ZodType<RepositoryEntry> = z
  .strictObject({ name: repositoryName, policy: checksSchema.nullable().exactOptional() })
  // `policy:` with nothing behind it is null in YAML and means "omitted" in Kubernetes.
  .transform(({ name, policy }) => (policy === null || policy === undefined ? { name } : { name, policy }));

const objectName = z.string().max(MAX_OBJECT_NAME_LENGTH).regex(OBJECT_NAME, "expected a Kubernetes object name");

const spec = z.strictObject({ repositories: z.array(entrySchema).max(MAX_ENTRIES) });

// Labels, annotations and what the API server adds (uid, managedFields, …) say nothing about policy and may stay.
const imagePolicy = z
  .strictObject({
    apiVersion: z.literal(POLICY_API_VERSION),
    kind: z.literal("ImagePolicy"),
    metadata: z.looseObject({ name: objectName, namespace: objectName }),
    spec,
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
    metadata: z.looseObject({
      name: objectName,
      namespace: z.undefined("a ClusterImagePolicy has no namespace").optional(),
    }),
    spec,
  })
  .transform(
    (object): PolicyDocument => ({
      kind: object.kind,
      name: object.metadata.name,
      repositories: object.spec.repositories,
    }),
  );

/** One policy document of this version. */
export const policyDocumentSchema: z.ZodType<PolicyDocument> = z.discriminatedUnion("kind", [
  imagePolicy,
  clusterImagePolicy,
]);

/** Why a key is refused. */
export function unknownKeyMessage(key: string): string {
  return NOT_YET.has(key)
    ? `${JSON.stringify(key)} is not supported by this version`
    : `unknown field ${JSON.stringify(key.slice(0, 100))}`;
}
