// SPDX-License-Identifier: Apache-2.0
import { type Digest, digestOf, parseDigest, parseDurationMs } from "#base";
import type { ScanReport, VulnerabilityFinding } from "#findings";
import type { Package } from "#packages";
import type { ImageFacts, ScanFacts } from "#policy";
import {
  requirementId,
  type SignatureKind,
  type SignatureResult,
  type SignatureState,
  type TrustRequirement,
} from "#signatures";
import type { WrittenFacts, WrittenScan } from "./policy-test.ts";

/** The facts that a test writes down, as a gate would have them: results stand for what the policies ask. */
export function factsOfTest(
  written: WrittenFacts,
  asked: { readonly image: string; readonly trust: readonly TrustRequirement[]; readonly now: Date },
): ImageFacts {
  const digest = parseDigest(written.digest ?? "") ?? digestOf(asked.image);
  const platform = written.platform ?? "linux/amd64";
  const created = written.age === undefined ? undefined : before(asked.now, written.age);
  return {
    kind: "image",
    digest,
    platform,
    scan: scanOf(written.scan ?? "missing", digest, asked.now),
    trust: asked.trust.map((requirement) => resultOf(requirement, stateOf(written.signatures, requirement), digest)),
    ...(created === undefined ? {} : { created: { at: created, from: "provenance" as const } }),
    ...(written.user === undefined ? {} : { config: { user: written.user } }),
  };
}

function before(now: Date, age: string): string {
  return new Date(now.getTime() - (parseDurationMs(age) ?? 0)).toISOString();
}

function stateOf(written: WrittenFacts["signatures"], { kind }: TrustRequirement): SignatureState {
  if (written === undefined) {
    return "unknown";
  }
  return typeof written === "string" ? written : (written[kind] ?? "unknown");
}

function resultOf(requirement: TrustRequirement, state: SignatureState, digest: Digest): SignatureResult {
  const base = { requirement: requirementId(requirement), digest, state, problems: [] };
  if (state !== "verified") {
    return { ...base, signatures: [] };
  }
  const kind: SignatureKind =
    requirement.kind === "notation" || requirement.kind === "notary" || requirement.kind === "gpg"
      ? requirement.kind
      : "cosign";
  const signature = { kind, identity: "policy test", keyId: "", location: "policy test", checks: [] };
  return { ...base, signatures: [signature] };
}

function scanOf(written: NonNullable<WrittenFacts["scan"]>, digest: Digest, now: Date): ScanFacts {
  if (written === "missing" || written === "pending") {
    return { state: written };
  }
  const status = written.status ?? "complete";
  const vulnerabilities = written.vulnerabilities ?? [];
  const names = [...vulnerabilities.map((each) => each.package), ...(written.packages ?? [])];
  const report: ScanReport = {
    image: {
      digest,
      mediaType: "application/vnd.oci.image.manifest.v1+json",
      platform: { os: "linux", architecture: "amd64" },
      sizeBytes: 0,
      layers: [],
    },
    inventory: {
      status,
      packages: [...new Set(names)].map((name) => installed(name, digest)),
      problems: status === "complete" ? [] : [{ code: "FILE_MALFORMED", message: "as the policy test says" }],
      analyzers: {},
    },
    findings: vulnerabilities.map((each) => findingOf(each, digest)),
    coverageGaps: [],
    database: { digest: "", date: now.toISOString(), advisories: 0, isBundled: false, ecosystems: {} },
  };
  return { state: "done", report, scannedAt: written.age === undefined ? now.toISOString() : before(now, written.age) };
}

function installed(name: string, digest: Digest): Package {
  return { type: "deb", name, version: "0", evidence: evidenceOf(digest) };
}

function evidenceOf(layer: Digest): VulnerabilityFinding["evidence"] {
  return { layer, layerIndex: 0, path: "policy test", analyzer: "policy test" };
}

type WrittenVulnerability = NonNullable<WrittenScan["vulnerabilities"]>[number];

function findingOf(written: WrittenVulnerability, digest: Digest): VulnerabilityFinding {
  const { id, severity, package: name, version = "0", fixed } = written;
  return {
    kind: "vulnerability",
    state: "affected",
    id,
    aliases: [],
    severity,
    title: id,
    package: { type: "deb", name, version },
    evidence: evidenceOf(digest),
    fixedVersions: fixed === undefined ? [] : [fixed],
    match: { advisoryId: id, ecosystem: "policy test", packageName: name, version, range: "" },
  };
}
