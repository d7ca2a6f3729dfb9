// SPDX-License-Identifier: Apache-2.0
import { chartCrdPath } from "./policy/chart-crds.ts";

/** A file whose whole text follows from the source. */
export interface GeneratedFile {
  /** Relative to the repository's root. */
  readonly path: string;
  readonly render: () => Promise<string>;
}

/** Names of CRDs. */
const POLICY_CRDS = [
  "imagepolicies.haechi.dev",
  "clusterimagepolicies.haechi.dev",
  "policyexceptions.haechi.dev",
  "imagepolicies.portieris.cloud.ibm.com",
  "clusterimagepolicies.portieris.cloud.ibm.com",
  "imagepolicies.securityenforcement.admission.cloud.ibm.com",
  "clusterimagepolicies.securityenforcement.admission.cloud.ibm.com",
];

/** Everything that `npm run generate` writes and `npm run check` compares. Loaded one by one, so that one that is broken does not hide the others. */
export const GENERATED_FILES: readonly GeneratedFile[] = [
  {
    path: "docs/reference/errors.md",
    render: async () => (await import("./render-error-reference.ts")).renderErrorReference(),
  },
  {
    path: "docs/reference/metrics.md",
    render: async () => (await import("./render-metric-reference.ts")).renderMetricReference(),
  },
  {
    path: "docs/reference/scan-report.schema.json",
    render: async () => `${JSON.stringify(await (await import("#report")).loadScanJsonSchema(), undefined, 2)}\n`,
  },
  {
    path: "docs/reference/scan-report.md",
    render: async () => (await import("./render-scan-report-reference.ts")).renderScanReportReference(),
  },
  {
    path: "docs/reference/cli.md",
    render: async () => (await import("./render-cli-reference.ts")).renderCliReference(),
  },
  {
    path: "docs/reference/configuration.md",
    render: async () => (await import("./render-configuration-reference.ts")).renderConfigurationReference(),
  },
  {
    path: "docs/reference/signatures.md",
    render: async () => (await import("./render-signature-reference.ts")).renderSignatureReference(),
  },
  {
    path: "docs/reference/registry-conformance.md",
    render: async () => (await import("./render-conformance-reference.ts")).renderConformanceReference(),
  },
  {
    path: "docs/reference/registry-crash-test.md",
    render: async () => (await import("./render-crash-test-reference.ts")).renderCrashTestReference(),
  },
  {
    path: "docs/reference/secret-rules.md",
    render: async () => (await import("./render-secret-rule-reference.ts")).renderSecretRuleReference(),
  },
  {
    path: "docs/reference/image-checks.md",
    render: async () => (await import("./render-image-check-reference.ts")).renderImageCheckReference(),
  },
  {
    path: "docs/reference/policy.md",
    render: async () => (await import("./policy/render-policy-reference.ts")).renderPolicyReference(),
  },
  ...POLICY_CRDS.map(
    (name): GeneratedFile => ({
      path: `deploy/crds/${name}.yaml`,
      render: async () => (await import("./policy/policy-crds.ts")).renderPolicyCrd(name),
    }),
  ),
  {
    path: "docs/reference/policy.md",
    render: async () => (await import("./policy/render-policy-reference.ts")).renderPolicyReference(),
  },
  ...POLICY_CRDS.map(
    (name): GeneratedFile => ({
      path: chartCrdPath(name),
      render: async () => (await import("./policy/chart-crds.ts")).renderChartCrd(name),
    }),
  ),
];
