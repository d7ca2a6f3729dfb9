// SPDX-License-Identifier: Apache-2.0
import { z } from "zod";

const severity = z.enum(["critical", "high", "medium", "low", "negligible", "unknown"]);
const digest = z.string().describe("`sha256:…`");
const time = z.string().describe("RFC 3339.");

const evidence = z
  .strictObject({
    layer: digest.describe("diffID of the layer that brought the file."),
    layerIndex: z.int().min(0).describe("0 is the base."),
    path: z.string().describe("Path in the image, without a leading slash."),
    analyzer: z.string().describe("What read the file."),
  })
  .describe("Where it was seen.");

const owner = z
  .strictObject({ type: z.string(), name: z.string(), version: z.string() })
  .describe("The operating system package that installed the file.");

const source = z
  .strictObject({ name: z.string(), version: z.string() })
  .describe("The source package it was built from.");

const vulnerability = z
  .strictObject({
    kind: z.literal("vulnerability"),
    state: z
      .enum(["affected", "undecided"])
      .describe("`undecided`: a version does not follow the rules of its kind, so nobody can tell."),
    id: z.string().describe("The CVE where there is one."),
    aliases: z.array(z.string()),
    severity,
    severitySource: z.string().optional().describe("Who says so."),
    cvssVector: z.string().optional(),
    otherSeverities: z
      .array(z.strictObject({ source: z.string(), severity, cvssVector: z.string().optional() }))
      .optional()
      .describe("What others call it, where they do not agree."),
    title: z.string(),
    url: z.string().optional(),
    package: z.strictObject({ type: z.string(), name: z.string(), version: z.string(), source: source.optional() }),
    fixedVersions: z.array(z.string()).describe("Oldest first; empty when there is no fix."),
    fixPublished: time.optional().describe("When an advisory that names a fix was first published."),
    status: z
      .enum(["notAffected", "willNotFix", "deferred", "underInvestigation", "endOfLife"])
      .optional()
      .describe("What the vendor decided."),
    isNotAsked: z.literal(true).optional().describe("Vulnerabilities were not looked for."),
    exploitation: z
      .strictObject({
        knownExploited: z
          .strictObject({ added: z.string(), due: z.string().optional(), isInRansomware: z.boolean().optional() })
          .optional()
          .describe("CISA's catalogue."),
        epss: z
          .strictObject({ score: z.number(), percentile: z.number(), date: z.string() })
          .optional()
          .describe("FIRST's estimate, 0 to 1."),
      })
      .optional()
      .describe("What is known about attacks."),
    isDeclared: z.literal(true).optional().describe("The package is only named in a lock file."),
    coveredBy: owner.optional(),
    advice: z.strictObject({ text: z.string(), origin: z.string() }).optional().describe("Of a VEX document."),
    evidence,
    match: z
      .strictObject({
        advisoryId: z.string(),
        ecosystem: z.string(),
        packageName: z.string(),
        version: z.string(),
        range: z.string(),
      })
      .describe("How it was found."),
  })
  .describe("A vulnerability.");

const observation = z
  .strictObject({
    kind: z.enum(["secret", "configuration", "license", "malware"]),
    rule: z.string(),
    severity,
    title: z.string(),
    params: z.record(z.string(), z.string()).optional().describe("Values of the rule's message."),
    line: z.int().optional().describe("Counted from 1."),
    excerpt: z.string().optional().describe("What was seen; secrets are masked."),
    evidence: evidence.optional().describe("Absent when it is about configuration or history."),
    historyIndex: z.int().optional().describe("Entry of the history; 0 is the oldest."),
    isHidden: z.literal(true).optional().describe("A layer above removes the file."),
  })
  .describe("A finding of another kind.");

const suppressed = z.strictObject({
  finding: z.union([vulnerability, observation]),
  suppression: z.strictObject({
    by: z.enum(["vex", "ignoreFile", "vendor"]),
    origin: z.string().describe("Where the statement stands."),
    status: z.enum(["notAffected", "fixed", "ignored", "underInvestigation"]),
    justification: z.string().optional(),
    until: time.optional(),
  }),
});

const foundPackage = z.strictObject({
  type: z.string().describe("The purl type."),
  name: z.string(),
  version: z.string(),
  architecture: z.string().optional(),
  source: source.optional(),
  licenses: z.array(z.string()).optional(),
  isDeclared: z.literal(true).optional(),
  module: z.string().optional().describe("Module stream (rpm)."),
  vendor: z.string().optional(),
  sha1: z.string().optional(),
  owner: owner.optional(),
  evidence,
});

const report = z.strictObject({
  image: z.strictObject({
    digest,
    mediaType: z.string(),
    platform: z.strictObject({
      os: z.string(),
      architecture: z.string(),
      variant: z.string().optional(),
      osVersion: z.string().optional(),
    }),
    created: z.string().optional().describe("The builder's claim."),
    sizeBytes: z.int(),
    layers: z.array(z.strictObject({ digest, diffId: digest, sizeBytes: z.int(), createdBy: z.string().optional() })),
    base: z
      .strictObject({
        reference: z.string().optional().describe("As the builder names it."),
        digest: digest.optional(),
        layerCount: z.int().optional().describe("Layers at the bottom that came with it."),
      })
      .optional()
      .describe("What the image probably was built on."),
  }),
  findings: z.array(vulnerability).describe("Vulnerabilities: worst first, then id, package, version, path."),
  otherFindings: z.array(observation).optional().describe("The others: worst first, then kind, rule, path, line."),
  suppressed: z.array(suppressed).optional().describe("Found, and not counted."),
  support: z
    .strictObject({
      release: z.string(),
      until: z.string().optional(),
      extendedUntil: z.string().optional(),
      source: z.string(),
    })
    .optional()
    .describe("How long the distribution is supported."),
  coverageGaps: z
    .array(
      z.strictObject({
        code: z.enum(["DISTRIBUTION_UNKNOWN", "DISTRIBUTION_UNSUPPORTED", "ADVISORIES_MISSING", "PACKAGES_MISSING"]),
        distribution: z.string().optional(),
        packageType: z.string().optional(),
        ecosystem: z.string().optional(),
      }),
    )
    .describe("What could not be checked: not empty means “cannot tell”, never “clean”."),
  problems: z
    .array(
      z.strictObject({
        code: z.string(),
        message: z.string(),
        path: z.string().optional(),
        layer: digest.optional(),
      }),
    )
    .describe("What kept the scan from being complete."),
  database: z.strictObject({
    digest: z.string(),
    date: z.string(),
    advisories: z.int(),
    isBundled: z.boolean(),
    ecosystems: z.record(z.string(), z.int()),
    isNotAsked: z.literal(true).optional().describe("Vulnerabilities were not looked for."),
    exploitation: z
      .array(z.enum(["kev", "epss"]))
      .optional()
      .describe("Sources about attacks."),
  }),
  inventory: z.strictObject({
    status: z.enum(["complete", "partial", "failed"]),
    distribution: z
      .strictObject({ id: z.string(), versionId: z.string().optional(), prettyName: z.string().optional() })
      .optional(),
    analyzers: z.record(z.string(), z.string()).describe("Name and version."),
    packages: z.array(foundPackage).describe("By type, name, version, path."),
  }),
});

const policy = z.strictObject({
  kind: z.string(),
  namespace: z.string().optional(),
  name: z.string(),
  repository: z.string(),
});

const signer = z.strictObject({
  kind: z.string(),
  identity: z.string(),
  issuer: z.string().optional(),
  keyId: z.string().optional(),
  signedAt: z.string().optional(),
  predicateType: z.string().optional(),
});

const verdict = z.strictObject({
  outcome: z.enum(["allow", "deny", "undecided"]),
  mode: z.enum(["enforce", "warn", "audit"]),
  reasons: z.array(
    z.strictObject({
      code: z.string(),
      effect: z.enum(["deny", "undecided", "warn", "exempt"]),
      platform: z.string().optional(),
      params: z.record(z.string(), z.union([z.string(), z.number()])),
    }),
  ),
  policy: policy.optional().describe("The entry that decided."),
  mandatory: z.array(policy).optional(),
  exceptions: z
    .array(
      z.strictObject({
        name: z.string(),
        namespace: z.string().optional(),
        until: z.string(),
        approver: z.string().optional(),
        exempted: z.array(z.string()),
      }),
    )
    .optional(),
  trust: z.strictObject({ state: z.enum(["bad", "none", "unknown", "verified"]), signers: z.array(signer) }).optional(),
  acceptedVerdict: signer.optional(),
  mutateImage: z.boolean(),
  digest: digest.optional(),
  validUntil: time.optional(),
});

const scanJson = z.strictObject({
  schemaVersion: z
    .literal(1)
    .describe("Raised when a field changes its meaning or goes away; new fields may appear without."),
  reference: z.string(),
  verdict: verdict.optional().describe("Absent for a Dockerfile, which no policy judges."),
  reports: z.array(report).describe("One per platform, sorted by platform."),
});

/** The JSON Schema (draft 2020-12) of what `renderScanJson` writes. */
export function scanJsonSchema(): object {
  return z.toJSONSchema(scanJson);
}
