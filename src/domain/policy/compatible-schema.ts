// SPDX-License-Identifier: Apache-2.0
import { z } from "zod";
import {
  CISE_API_VERSION,
  type CompatibleSpelling,
  type ImageChecks,
  PORTIERIS_API_VERSION,
  type PolicyDocument,
  type RepositoryEntry,
} from "./policy-document.ts";
import { clusterMetadata, namespacedMetadata, repositoriesOf, repositoryName } from "./policy-schema.ts";
import type { TrustChecks } from "./trust-checks.ts";
import { simpleSchema, trustSchema } from "./trust-schema.ts";

/** The older apiVersions, and whose they are. */
export const COMPATIBLE_SPELLINGS: Readonly<Record<string, CompatibleSpelling>> = {
  [PORTIERIS_API_VERSION]: "portieris",
  [CISE_API_VERSION]: "cise",
};

/**
 * What "Vulnerability Advisor is on" means here: the image has passed the scan. It reported security notices, which exist
 * where there is a fix, and let images pass that it did not support (gate.md, "Meaning" 5).
 */
const ADVISOR: Pick<ImageChecks, "scan" | "vulnerability"> = {
  scan: { required: true, unsupported: "allow" },
  vulnerability: { maxSeverity: "none", onlyFixable: true },
};

const advisor = z.strictObject({ enabled: z.boolean().nullish(), account: z.string().nullish() });

const nullableList = z.preprocess(
  // `requirements:` with nothing behind it is declared nullable, and asks for nothing, as does an empty list.
  (simple) => (isWithoutRequirements(simple) ? undefined : simple),
  simpleSchema.optional(),
);

const trust = z.preprocess(
  (value) =>
    typeof value === "object" && value !== null && !Array.isArray(value) && !Object.hasOwn(value, "enabled")
      ? { ...value, enabled: false }
      : (value ?? undefined),
  trustSchema.optional(),
);

const checks = z
  .strictObject({
    mutateImage: z.boolean().nullish(),
    trust: trust.optional(),
    simple: nullableList.optional(),
    // Portieris' own schema prunes `va`, so that enforcement vanishes in silence; here it counts in both spellings.
    va: advisor.nullish(),
    vulnerability: z.strictObject({ ICCRVA: advisor.nullish() }).nullish(),
  })
  .transform(
    (policy): ImageChecks => ({
      ...(typeof policy.mutateImage === "boolean" ? { mutateImage: policy.mutateImage } : {}),
      ...(policy.trust === undefined ? {} : { trust: withFirstUse(policy.trust) }),
      ...(policy.simple === undefined ? {} : { simple: policy.simple }),
      ...(policy.va?.enabled === true || policy.vulnerability?.ICCRVA?.enabled === true ? ADVISOR : {}),
    }),
  );

const entry: z.ZodType<RepositoryEntry> = z
  // `policies` is a misspelling that CISE installs by itself (gate.md, "Meaning" 7): the policy counts as omitted.
  .strictObject({ name: repositoryName, policy: checks.nullish(), policies: z.unknown().optional() })
  .transform(({ name, policy }) => (policy === null || policy === undefined ? { name } : { name, policy }));

const spec = z.strictObject({ repositories: repositoriesOf(entry) });

const imagePolicy = z
  .strictObject({
    apiVersion: z.string(),
    kind: z.literal("ImagePolicy"),
    metadata: namespacedMetadata,
    spec,
    status: z.unknown().optional(),
  })
  .transform(
    ({ apiVersion, kind, metadata, spec: { repositories } }): PolicyDocument => ({
      kind,
      name: metadata.name,
      namespace: metadata.namespace,
      repositories,
      ...spellingOf(apiVersion),
    }),
  );

const clusterImagePolicy = z
  .strictObject({
    apiVersion: z.string(),
    kind: z.literal("ClusterImagePolicy"),
    metadata: clusterMetadata,
    spec,
    status: z.unknown().optional(),
  })
  .transform(
    ({ apiVersion, kind, metadata, spec: { repositories } }): PolicyDocument => ({
      kind,
      name: metadata.name,
      repositories,
      ...spellingOf(apiVersion),
    }),
  );

/** One policy document of an older spelling, in our own model (portieris-behaviour.md 1). */
export const compatibleSchema: z.ZodType<PolicyDocument> = z.discriminatedUnion("kind", [
  imagePolicy,
  clusterImagePolicy,
]);

/** In the older products the first root that was seen was trusted; ours keeps it in the database. */
function withFirstUse(checked: TrustChecks): TrustChecks {
  return checked.rootKeyIds === undefined && checked.trustOnFirstUse === undefined
    ? { ...checked, trustOnFirstUse: true }
    : checked;
}

function spellingOf(apiVersion: string): { readonly spelling?: CompatibleSpelling } {
  const spelling = COMPATIBLE_SPELLINGS[apiVersion];
  return spelling === undefined ? {} : { spelling };
}

const SIMPLE_FIELDS: ReadonlySet<string> = new Set(["storeURL", "storeSecret", "requirements"]);

/** Nothing is asked for; a field of another name is a slip of the pen, and goes on to be refused. */
function isWithoutRequirements(simple: unknown): boolean {
  if (simple === null || simple === undefined) {
    return true;
  }
  if (
    typeof simple !== "object" ||
    Array.isArray(simple) ||
    Object.keys(simple).some((key) => !SIMPLE_FIELDS.has(key))
  ) {
    return false;
  }
  const { requirements } = simple as { readonly requirements?: unknown };
  return (
    requirements === null || requirements === undefined || (Array.isArray(requirements) && requirements.length === 0)
  );
}
