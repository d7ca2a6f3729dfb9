// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "vitest";
import { digestOf } from "#base";
import type { ScanReport, VulnerabilityFinding } from "#findings";
import { DEFAULT_REGISTRY_POLICIES, evaluate, type PolicyDocument, SETTINGS_POLICY, type Verdict } from "#policy";
import type { RepositorySettings } from "./repository-settings.ts";
import { policiesOfSettings } from "./settings-policies.ts";
import { createSettingsTree } from "./settings-tree.ts";

const REGISTRY = "registry.example:5000";
const NOW = new Date("2026-11-22T00:00:00Z");
const DIGEST = digestOf("image");

type Found = Partial<Pick<VulnerabilityFinding, "id" | "severity" | "fixedVersions" | "aliases">>;

function finding(found: Found): VulnerabilityFinding {
  return {
    kind: "vulnerability",
    state: "affected",
    id: "CVE-2026-1",
    aliases: [],
    severity: "critical",
    title: "a bug",
    package: { type: "npm", name: "left-pad", version: "1.0.0" },
    evidence: { layer: DIGEST, layerIndex: 0, path: "package.json", analyzer: "npm" },
    fixedVersions: ["1.0.1"],
    match: { advisoryId: "GHSA-1", ecosystem: "npm", packageName: "left-pad", version: "1.0.0", range: "<1.0.1" },
    ...found,
  };
}

function report(found: readonly Found[]): ScanReport {
  return {
    image: {
      digest: DIGEST,
      mediaType: "m",
      platform: { os: "linux", architecture: "amd64" },
      sizeBytes: 1,
      layers: [],
    },
    inventory: { status: "complete", packages: [], problems: [], analyzers: {} },
    findings: found.map(finding),
    coverageGaps: [],
    database: { digest: "d", date: "2026-06-01", advisories: 1, isBundled: true, ecosystems: {} },
  };
}

const PASSES_ALL: PolicyDocument = {
  kind: "ClusterImagePolicy",
  name: "cluster",
  repositories: [{ name: "*", policy: { scan: { required: true } } }],
};

/** The verdict under somebody's policies with the settings beside them; without policies, with them in the place of the default. */
function judge(
  written: Readonly<Record<string, RepositorySettings>>,
  repository: string,
  image: {
    readonly found: readonly Found[];
    readonly policies?: readonly PolicyDocument[];
    readonly aliases?: readonly string[];
  },
): Verdict {
  const tree = createSettingsTree(
    Object.entries(written).map(([prefix, settings]) => ({ prefix, settings, updatedBy: "kim" })),
  );
  const byDefault = DEFAULT_REGISTRY_POLICIES[0]?.repositories[0]?.policy;
  const { policies } = image;
  const { documents, exceptions } = policiesOfSettings(tree, REGISTRY, policies === undefined ? byDefault : undefined);
  return evaluate({
    reference: repository.includes("/") && repository.includes(":") ? repository : `${REGISTRY}/${repository}:1.0`,
    policies: [...(policies ?? DEFAULT_REGISTRY_POLICIES), ...documents],
    exceptions,
    hostAliases: [REGISTRY, ...(image.aliases ?? [])],
    indexRule: "any-child",
    facts: {
      kind: "image",
      digest: DIGEST,
      platform: "linux/amd64",
      scan: { state: "done", report: report(image.found), scannedAt: "2026-11-21T00:00:00Z" },
    },
    now: NOW,
  });
}

const CRITICAL: readonly Found[] = [{}];
const HIGH: readonly Found[] = [{ severity: "high" }];
const HIGH_WITHOUT_FIX: readonly Found[] = [{ severity: "high", fixedVersions: [] }];

describe("preventPullFrom beside somebody's policies", () => {
  const policies = [PASSES_ALL];

  it.each([
    { from: "critical", severity: "critical", outcome: "deny" },
    { from: "critical", severity: "high", outcome: "allow" },
    { from: "high", severity: "high", outcome: "deny" },
    { from: "high", severity: "medium", outcome: "allow" },
    { from: "medium", severity: "low", outcome: "allow" },
    { from: "low", severity: "low", outcome: "deny" },
    { from: "low", severity: "negligible", outcome: "allow" },
    { from: "negligible", severity: "negligible", outcome: "deny" },
    { from: "negligible", severity: "unknown", outcome: "deny" },
    { from: "high", severity: "unknown", outcome: "undecided" },
    { from: "none", severity: "critical", outcome: "allow" },
  ] as const)("from $from on, $severity is $outcome", ({ from, severity, outcome }) => {
    const verdict = judge({ team: { preventPullFrom: from } }, "team/app", { found: [{ severity }], policies });
    expect(verdict.outcome).toBe(outcome);
  });

  it("is named as what decided, with the prefix", () => {
    expect(judge({ team: { preventPullFrom: "high" } }, "team/app", { found: HIGH, policies }).decidedBy).toEqual({
      kind: "ClusterImagePolicy",
      name: SETTINGS_POLICY,
      repository: `${REGISTRY}/team/*`,
    });
  });

  it("holds under every name of the registry", () => {
    const image = { found: CRITICAL, policies, aliases: ["other.example"] };
    expect(judge({ "": { preventPullFrom: "high" } }, "other.example/team/app:1.0", image).outcome).toBe("deny");
  });

  it.each([
    { name: "the repository of the prefix itself", prefix: "team", repository: "team", outcome: "deny" },
    { name: "everything, under the empty prefix", prefix: "", repository: "app", outcome: "deny" },
    { name: "no name that only begins alike", prefix: "team", repository: "teamwork/app", outcome: "allow" },
    { name: "no image of another registry", prefix: "", repository: "docker.io:443/team/app", outcome: "allow" },
  ])("holds for $name", ({ prefix, repository, outcome }) => {
    expect(judge({ [prefix]: { preventPullFrom: "high" } }, repository, { found: CRITICAL, policies }).outcome).toBe(
      outcome,
    );
  });

  it("is what the longest prefix says, milder or stricter", () => {
    const written = {
      "": { preventPullFrom: "low" },
      team: { preventPullFrom: "critical" },
      "team/free": { preventPullFrom: "none" },
      "team/app": { onlyFixable: true },
    } as const;
    const found = [{ severity: "low" }] as const;
    expect(judge(written, "other", { found, policies }).outcome).toBe("deny");
    expect(judge(written, "team/x", { found, policies }).outcome).toBe("allow");
    expect(judge(written, "team/free/x", { found: CRITICAL, policies }).outcome).toBe("allow");
    expect(judge(written, "team/app", { found: CRITICAL, policies }).outcome).toBe("deny");
    expect(judge(written, "team/app", { found: [{ fixedVersions: [] }], policies }).outcome).toBe("allow");
  });

  it("never lets pass what no policy allows", () => {
    const written = { "": { preventPullFrom: "critical" } } as const;
    expect(judge(written, "team/app", { found: [], policies: [] }).outcome).toBe("deny");
    const own: PolicyDocument = { kind: "ImagePolicy", namespace: "x", name: "own", repositories: [{ name: "*" }] };
    expect(judge(written, "team/app", { found: [], policies: [own] }).outcome).toBe("deny");
  });

  it("does not make a policy milder", () => {
    const strict: PolicyDocument = {
      ...PASSES_ALL,
      repositories: [{ name: "*", policy: { vulnerability: { maxSeverity: "none" } } }],
    };
    const verdict = judge({ team: { preventPullFrom: "critical" } }, "team/app", { found: HIGH, policies: [strict] });
    expect(verdict.outcome).toBe("deny");
  });
});

describe("where nobody wrote a policy", () => {
  it("what is set takes the place of the default", () => {
    const written = { team: { preventPullFrom: "critical" } } as const;
    expect(judge(written, "team/app", { found: HIGH }).outcome).toBe("allow");
    expect(judge(written, "team/app", { found: CRITICAL }).outcome).toBe("deny");
    expect(judge(written, "other", { found: HIGH }).outcome).toBe("deny");
    expect(judge(written, "other", { found: HIGH_WITHOUT_FIX }).outcome).toBe("allow");
  });

  it("none means the default again", () => {
    const written = { team: { preventPullFrom: "critical" }, "team/app": { preventPullFrom: "none" } } as const;
    expect(judge(written, "team/app", { found: HIGH }).outcome).toBe("deny");
  });

  it("an image without a scan stays undecided", () => {
    const tree = createSettingsTree([{ prefix: "", settings: { preventPullFrom: "critical" }, updatedBy: "kim" }]);
    const { documents } = policiesOfSettings(tree, REGISTRY, {});
    const verdict = evaluate({
      reference: `${REGISTRY}/team/app:1.0`,
      policies: [...DEFAULT_REGISTRY_POLICIES, ...documents],
      facts: { kind: "image", digest: DIGEST, platform: "", scan: { state: "missing" } },
      now: NOW,
    });
    expect(verdict.outcome).toBe("undecided");
  });
});

describe("allowed vulnerabilities", () => {
  const allowedVulnerabilities = [{ id: "CVE-2026-1", reason: "not reachable" }];

  it.each([
    { name: "let pass what they name", found: CRITICAL, outcome: "allow" },
    { name: "let pass an alias", found: [{ id: "GHSA-x", aliases: ["CVE-2026-1"] }], outcome: "allow" },
    { name: "nothing else", found: [{}, { id: "CVE-2026-2" }], outcome: "deny" },
  ])("$name", ({ found, outcome }) => {
    for (const policies of [undefined, [PASSES_ALL]]) {
      const written = { "": { allowedVulnerabilities, preventPullFrom: "high" } } as const;
      const verdict = judge(written, "team/app", { found, ...(policies === undefined ? {} : { policies }) });
      expect(verdict.outcome).toBe(outcome);
    }
  });

  it("end when they say so", () => {
    const ended = [{ id: "CVE-2026-1", reason: "r", until: "2026-11-21T00:00:00Z" }];
    expect(judge({ "": { allowedVulnerabilities: ended } }, "app", { found: CRITICAL }).outcome).toBe("deny");
    const open = [{ id: "CVE-2026-1", reason: "r", until: "2026-11-23T00:00:00Z" }];
    const verdict = judge({ "": { allowedVulnerabilities: open } }, "app", { found: CRITICAL });
    expect(verdict).toMatchObject({ outcome: "allow", validUntil: "2026-11-23T00:00:00.000Z" });
  });

  it("of the common list do not reach a prefix with its own, and the other way round", () => {
    const written = {
      "": { allowedVulnerabilities },
      team: { allowList: "own", allowedVulnerabilities: [{ id: "CVE-2026-2", reason: "r" }] },
      "team/app": { allowList: "common" },
      "team/none": { allowedVulnerabilities: [] },
    } as const;
    const second = [{ id: "CVE-2026-2" }];
    expect(judge(written, "other", { found: CRITICAL }).outcome).toBe("allow");
    expect(judge(written, "team", { found: CRITICAL }).outcome).toBe("deny");
    expect(judge(written, "team/x", { found: CRITICAL }).outcome).toBe("deny");
    expect(judge(written, "team/x", { found: second }).outcome).toBe("allow");
    expect(judge(written, "team/app/y", { found: CRITICAL }).outcome).toBe("allow");
    expect(judge(written, "team/app/y", { found: second }).outcome).toBe("deny");
    expect(judge(written, "team/none", { found: second }).outcome).toBe("deny");
  });

  it("name who wrote them", () => {
    const { exceptions = [] } = judge({ team: { allowList: "own", allowedVulnerabilities } }, "team/app", {
      found: CRITICAL,
    });
    expect(exceptions).toMatchObject([{ name: `${SETTINGS_POLICY}/team/1`, approver: "kim" }]);
  });
});
