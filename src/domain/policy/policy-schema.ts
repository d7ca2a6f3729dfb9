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
import type { WorkloadChecks } from "./workload-checks.ts";
import { workloadSchema } from "./workload-schema.ts";

/** Entries of one document; a cluster has hundreds of repositories, not ten thousand. */
const MAX_ENTRIES = 10_000;
const MAX_NAME_LENGTH = 512;
const MAX_LIST = 256;

/** RFC 1123 subdomain, as Kubernetes asks of object names; linear, since the separators cannot be labels. */
const OBJECT_NAME = /^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*$/;
const MAX_OBJECT_NAME_LENGTH = 253;

/** Fields of the older spellings. */
const OLDER: ReadonlySet<string> = new Set(["account", "ICCRVA", "policies", "va"]);

const wildcardText = z
  .string()
  .min(1)
  .max(MAX_NAME_LENGTH)
  .regex(/^[\x21-\x7e]+$/, "expected printable characters without spaces");

const platform = z
  .string()
  .regex(/^[a-z0-9]{1,32}\/[a-z0-9_]{1,32}(?:\/[a-z0-9.]{1,32})?$/, "expected a platform, e.g. linux/amd64");

const scanSchema = z
  .strictObject({
    required: z.boolean().describe("There must be a complete scan."),
    maxAge: duration
      .exactOptional()
      .describe("Older findings are denied.")
      .meta({ examples: ["30d"] }),
    unsupported: z
      .enum(["allow", "deny"])
      .exactOptional()
      .describe("What an image gets that the scanner cannot judge; without it, it is undecided. `allow` warns."),
    acceptVerdictsFrom: signersSchema
      .exactOptional()
      .describe("Whose signed verdicts stand in for a scan that is missing or not finished; needs maxAge."),
  })
  .superRefine((scan, context) => {
    if (scan.acceptVerdictsFrom !== undefined && scan.maxAge === undefined) {
      const message = "acceptVerdictsFrom needs maxAge: a verdict without an end would count forever";
      context.addIssue({ code: "custom", path: ["acceptVerdictsFrom"], message });
    }
  });

const vulnerabilitySchema = z.strictObject({
  maxSeverity: z
    .enum(["none", "negligible", "low", "medium", "high", "critical"])
    .exactOptional()
    .describe("The worst severity that passes; `high` passes high and refuses critical. Default `none`."),
  onlyFixable: z.boolean().exactOptional().describe("Only vulnerabilities for which a fix exists count."),
  grace: duration
    .exactOptional()
    .describe(
      "A vulnerability only warns until the fix has been published for so long. One without a fix gets no grace; where nobody says when, it is undecided.",
    )
    .meta({ examples: ["14d"] }),
  denyKnownExploited: z
    .boolean()
    .exactOptional()
    .describe("What CISA lists as exploited is refused, whatever its severity, with or without fix, without grace."),
  epssAbove: z
    .number()
    .min(0)
    .max(1)
    .exactOptional()
    .describe("What has a higher EPSS score is refused in the same way.")
    .meta({ examples: [0.5] }),
});

const imageSchema = z
  .strictObject({
    maxAge: duration
      .exactOptional()
      .describe(
        "Older images are denied. The age is that of a signed provenance, else of the first push into our registry, else what the image says of itself.",
      )
      .meta({ examples: ["90d"] }),
    allowTags: z
      .array(wildcardText)
      .min(1)
      .max(MAX_LIST)
      .exactOptional()
      .describe("Tags that an image may be named by, `*` stands for any text. A digest always may.")
      .meta({ examples: [["v*", "*-release"]] }),
    requireDigest: z.boolean().exactOptional().describe("The image must be named by its digest, as it was written."),
  })
  .refine(isNotEmpty, { message: "expected at least one of maxAge, allowTags, requireDigest" });

const configurationSchema = z
  .strictObject({
    rootUser: z
      .enum(["deny", "warn"])
      .exactOptional()
      .describe("What an image gets whose configuration names no user, or root."),
    packages: z
      .strictObject({
        deny: z
          .array(wildcardText)
          .min(1)
          .max(MAX_LIST)
          .describe("Names of packages that must not be installed, `*` stands for any text.")
          .meta({ examples: [["openssh-server", "telnet*"]] }),
      })
      .exactOptional()
      .describe("Packages, by the inventory of the scan, which must be complete."),
    secrets: z
      .enum(["deny", "warn"])
      .exactOptional()
      .describe(
        "What an image gets that holds secrets, in files (also those that an upper layer hides), variables or history.",
      ),
    setuid: z
      .enum(["deny", "warn"])
      .exactOptional()
      .describe("What an image gets with programs that run with the rights of their owner."),
    malware: z
      .enum(["deny", "warn"])
      .exactOptional()
      .describe("What an image gets in which a malware scanner found something; without such a scan it is undecided."),
    endOfLife: z
      .enum(["deny", "warn"])
      .exactOptional()
      .describe(
        "What an image gets whose distribution gets no more fixes. As long as extended support is left, it warns.",
      ),
  })
  .refine(isNotEmpty, {
    message: "expected at least one of rootUser, packages, secrets, setuid, malware, endOfLife",
  });

/** An empty object would ask for nothing while looking like a check. */
function isNotEmpty(value: object): boolean {
  return Object.keys(value).length > 0;
}

function checksSchema(condition: ConditionCheck | undefined): z.ZodType<ImageChecks> {
  return z.strictObject({
    mode: z
      .enum(["enforce", "warn", "audit"])
      .exactOptional()
      .describe(
        "What gates do with an image that does not pass: refuse it (default), let it in with a warning, let it in and record it.",
      ),
    mutateImage: z
      .boolean()
      .exactOptional()
      .describe("Whether admission replaces the tag by the digest; by default where anything is checked."),
    trust: trustSchema.exactOptional().describe("Docker Content Trust: the tag must be signed."),
    simple: simpleSchema.exactOptional().describe("GPG signatures, as in Portieris."),
    signatures: signaturesSchema.exactOptional().describe("Signatures of any kind; all elements must hold."),
    attestations: attestationsSchema(condition)
      .exactOptional()
      .describe("Signed statements about the image; all elements must hold."),
    scan: scanSchema.exactOptional().describe("What is asked of the scan."),
    vulnerability: vulnerabilitySchema
      .exactOptional()
      .describe("Which vulnerabilities are refused; implies a complete scan."),
    image: imageSchema.exactOptional().describe("Age and name of the image."),
    platforms: z
      .array(platform)
      .min(1)
      .max(MAX_LIST)
      .exactOptional()
      .describe(
        "Which images of an index must pass. Without it: at admission those for the platforms of the nodes, else all for linux. If the index has none of these, all must pass.",
      )
      .meta({ examples: [["linux/amd64", "linux/arm64"]] }),
    configuration: configurationSchema.exactOptional().describe("How the image is made."),
  });
}

export const repositoryName: z.ZodType<string> = wildcardText;

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

/** The fields of `spec` of our two kinds of policy; `condition` compiles the CEL of attestations. */
function specFields(condition: ConditionCheck | undefined) {
  const entry: z.ZodType<RepositoryEntry> = z
    .strictObject({
      name: repositoryName
        .describe("Which images: a repository, with tag or digest if only that is meant; `*` stands for any text.")
        .meta({ examples: ["registry.example.com/team/*"] }),
      policy: checksSchema(condition)
        .nullable()
        .exactOptional()
        .describe("The checks; without it nothing is checked, and the image is allowed."),
    })
    // `policy:` with nothing behind it is null in YAML and means "omitted" in Kubernetes.
    .transform(({ name, policy }) => (policy === null || policy === undefined ? { name } : { name, policy }));
  return {
    repositories: repositoriesOf(entry)
      .exactOptional()
      .describe("Images and their checks; exactly one entry judges an image. An empty list blocks every image."),
    workload: workloadSchema
      .exactOptional()
      .describe("Checks of Pods beside their images; all documents of a level apply together."),
  };
}

const WITHOUT_CONTENT = { message: "expected repositories, workload or both" };

function hasContent(spec: { readonly repositories?: unknown; readonly workload?: unknown }): boolean {
  return spec.repositories !== undefined || spec.workload !== undefined;
}

/** One policy document of our own; `condition` compiles the CEL of attestations. */
export function createPolicySchema(condition: ConditionCheck | undefined): z.ZodType<PolicyDocument> {
  const fields = specFields(condition);
  const status = z.unknown().optional();

  const imagePolicy = z
    .strictObject({
      apiVersion: z.literal(POLICY_API_VERSION),
      kind: z.literal("ImagePolicy"),
      metadata: namespacedMetadata,
      spec: z.strictObject(fields).refine(hasContent, WITHOUT_CONTENT),
      status,
    })
    .transform(
      ({ kind, metadata: { name, namespace }, spec }): PolicyDocument => ({
        kind,
        name,
        namespace,
        ...contentOf(spec),
      }),
    );

  const clusterImagePolicy = z
    .strictObject({
      apiVersion: z.literal(POLICY_API_VERSION),
      kind: z.literal("ClusterImagePolicy"),
      metadata: clusterMetadata,
      spec: z
        .strictObject({
          ...fields,
          mandatory: z
            .boolean()
            .exactOptional()
            .describe("Applies beside the policies of namespaces, and beside whichever entry wins."),
        })
        .refine(hasContent, WITHOUT_CONTENT),
      status,
    })
    .transform(
      ({ kind, metadata: { name }, spec }): PolicyDocument => ({
        kind,
        name,
        ...contentOf(spec),
        ...(spec.mandatory === true ? { mandatory: true } : {}),
      }),
    );

  return z.discriminatedUnion("kind", [imagePolicy, clusterImagePolicy]);
}

function contentOf({
  repositories,
  workload,
}: {
  readonly repositories?: readonly RepositoryEntry[];
  readonly workload?: WorkloadChecks;
}): Pick<PolicyDocument, "repositories" | "workload" | "isWorkloadOnly"> {
  return {
    repositories: repositories ?? [],
    ...(workload === undefined ? {} : { workload }),
    ...(repositories === undefined ? { isWorkloadOnly: true } : {}),
  };
}

/** Why a key is refused. */
export function unknownKeyMessage(key: string): string {
  if (key === "mandatory") {
    return `only a ClusterImagePolicy of ${POLICY_API_VERSION} can be mandatory`;
  }
  if (OLDER.has(key)) {
    return `${JSON.stringify(key)} belongs to the older spellings; use "vulnerability" and "policy"`;
  }
  return `unknown field ${JSON.stringify(key.slice(0, 100))}`;
}
