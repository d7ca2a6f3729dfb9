// SPDX-License-Identifier: Apache-2.0
import { expect, it } from "vitest";
import type { ObservationFinding } from "#findings";
import { evaluate } from "./evaluate.ts";
import type { ImageFacts } from "./image-facts.ts";
import type { ImageChecks, PolicyDocument } from "./policy-document.ts";
import { DIGEST, done, image } from "./testdata/scanned-image.ts";

const EVIDENCE = { layer: DIGEST, layerIndex: 1, path: "app/.env", analyzer: "secret" };
const SECRET: ObservationFinding = {
  kind: "secret",
  rule: "aws",
  severity: "high",
  title: "a key",
  evidence: EVIDENCE,
};
const SETUID: ObservationFinding = {
  kind: "configuration",
  rule: "HC005",
  severity: "low",
  title: "setuid",
  evidence: { ...EVIDENCE, path: "bin/su" },
};
const OTHER: ObservationFinding = { kind: "configuration", rule: "HC012", severity: "low", title: "no HEALTHCHECK" };
const MALWARE: ObservationFinding = { kind: "malware", rule: "Eicar", severity: "critical", title: "malware" };
const LOOKED = ["secret", "file-mode", "malware"];

function judge(configuration: NonNullable<ImageChecks["configuration"]>, facts: ImageFacts): readonly string[] {
  const policies: readonly PolicyDocument[] = [
    { kind: "ClusterImagePolicy", name: "p", repositories: [{ name: "*", policy: { configuration } }] },
  ];
  const { outcome, reasons } = evaluate({
    reference: "registry.example/app:1",
    policies,
    facts,
    now: new Date("2026-07-01T00:00:00Z"),
  });
  return [outcome, ...reasons.map(({ effect, code }) => `${effect} ${code}`)];
}

it.each([
  {
    name: "no scan is not a scan that found nothing",
    configuration: { secrets: "deny" },
    facts: image(),
    want: ["undecided", "undecided SCAN_MISSING"],
  },
  {
    name: "nor is one that did not look",
    configuration: { secrets: "deny", setuid: "warn", malware: "deny" },
    facts: image({ scan: done() }),
    want: ["undecided", "undecided NOT_LOOKED_FOR", "undecided NOT_LOOKED_FOR", "warn NOT_LOOKED_FOR"],
  },
  {
    name: "a scan that missed something cannot tell",
    configuration: { secrets: "deny" },
    facts: image({ scan: done({ status: "partial", analyzers: LOOKED }) }),
    want: ["undecided", "undecided SCAN_PARTIAL"],
  },
  {
    name: "a secret is denied",
    configuration: { secrets: "deny" },
    facts: image({ scan: done({ analyzers: LOOKED, others: [SECRET, SETUID, OTHER] }) }),
    want: ["deny", "deny SECRET_FOUND"],
  },
  {
    name: "setuid and nothing else of its kind",
    configuration: { setuid: "warn" },
    facts: image({ scan: done({ analyzers: LOOKED, others: [SECRET, SETUID, OTHER] }) }),
    want: ["allow", "warn SETUID_FILE"],
  },
  {
    name: "malware without a place",
    configuration: { malware: "deny" },
    facts: image({ scan: done({ analyzers: LOOKED, others: [MALWARE] }) }),
    want: ["deny", "deny MALWARE_FOUND"],
  },
  {
    name: "missing advisories say nothing about secrets",
    configuration: { secrets: "deny" },
    facts: image({
      scan: done({
        analyzers: LOOKED,
        gaps: [{ code: "ADVISORIES_MISSING", ecosystem: "npm" }, { code: "DISTRIBUTION_UNKNOWN" }],
      }),
    }),
    want: ["allow"],
  },
  {
    name: "nothing found by who looked",
    configuration: { secrets: "deny", setuid: "deny", malware: "deny" },
    facts: image({ scan: done({ analyzers: LOOKED }) }),
    want: ["allow"],
  },
] satisfies readonly {
  name: string;
  configuration: NonNullable<ImageChecks["configuration"]>;
  facts: ImageFacts;
  want: readonly string[];
}[])("$name", ({ configuration, facts, want }) => {
  expect(judge(configuration, facts)).toEqual(want);
});
