// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "vitest";
import { createTranslate, isMessageId } from "#messages";
import { renderReason, renderVerdict } from "./render-reason.ts";
import type { Reason, ReasonCode, Verdict } from "./verdict.ts";

const TRUST = { field: "signatures[0]", method: "cosign", requirement: "cosign (sha256:ab…)", message: "", found: "" };
const HIDDEN: readonly string[] = [
  "severity",
  "fixed",
  "kind",
  "method",
  "problem",
  "from",
  "control",
  "check",
  "extendedUntil",
];

const EXAMPLES: Readonly<Record<ReasonCode, Reason["params"]>> = {
  NO_POLICY: { namespace: "team" },
  NO_MATCHING_REPOSITORY: { namespace: "team", kind: "ImagePolicy" },
  VULNERABILITY: { id: "CVE-2026-1", severity: "high", package: "p", version: "1", fixed: "2, 3" },
  VULNERABILITY_UNDECIDED: { id: "CVE-2026-1", severity: "high", package: "p", version: "1", fixed: "" },
  SEVERITY_UNKNOWN: { id: "CVE-2026-1", severity: "unknown", package: "p", version: "1", fixed: "" },
  SCAN_MISSING: {},
  SCAN_PENDING: {},
  SCAN_FAILED: { message: "out of memory" },
  SCAN_PARTIAL: { problems: 2, message: "var/lib/x: broken" },
  SCAN_TOO_OLD: { scannedAt: "2026-01-01T00:00:00Z", maxAge: "30d" },
  DISTRIBUTION_UNKNOWN: {},
  DISTRIBUTION_UNSUPPORTED: { distribution: "plan9 4" },
  ADVISORIES_MISSING: { ecosystem: "npm" },
  PACKAGES_MISSING: { distribution: "debian 12" },
  ARTIFACT_UNSUPPORTED: { mediaType: "a/b" },
  NO_PLATFORM_ALLOWED: { children: 2 },
  IMAGE_UNKNOWN: {},
  LOOKUP_FAILED: {},
  REFERENCE_INVALID: {},
  DIGEST_REQUIRED: {},
  SIGNATURE_INVALID: { ...TRUST, message: "signed by another key", found: "mallory" },
  SIGNATURE_MISSING: TRUST,
  SIGNATURE_UNDECIDED: { ...TRUST, message: "no answer from registry.example" },
  SIGNATURE_REJECTED: { field: "simple.requirements[0]" },
  TRUST_NOT_SUPPORTED: { field: "trust" },
  ATTESTATION_INVALID: { ...TRUST, message: "condition 1 is not true of this statement" },
  ATTESTATION_MISSING: TRUST,
  ATTESTATION_UNDECIDED: { ...TRUST, message: "no answer" },
  SECRET_MISSING: { field: "trust", secret: "alice", namespace: "haechi-system", key: "publicKey", problem: "absent" },
  IMAGE_NOT_FOUND: { registry: "registry.example" },
  IMAGE_INVALID: { registry: "registry.example", message: "two manifests" },
  REGISTRY_REFUSED: { registry: "registry.example" },
  REGISTRY_UNAVAILABLE: { registry: "registry.example", problem: "timeout" },
  POLICY_INVALID: { kind: "ImagePolicy", name: "team/main", message: "spec.repositories: expected an array" },
  IMAGE_TOO_OLD: { created: "2026-01-01T00:00:00Z", from: "push", maxAge: "90d" },
  IMAGE_AGE_UNKNOWN: { problem: "future", created: "2126-01-01T00:00:00Z" },
  TAG_NOT_ALLOWED: { tag: "latest", allowed: "v*, *-release" },
  DIGEST_MISSING: {},
  ROOT_USER: { user: "0:0" },
  CONFIG_UNKNOWN: {},
  FIX_DATE_UNKNOWN: { id: "CVE-2026-1", severity: "high", package: "p", version: "1", fixed: "2" },
  EXPLOITATION_UNKNOWN: { source: "KEV" },
  SECRET_FOUND: { rule: "aws-access-key-id", path: "app/.env" },
  SETUID_FILE: { path: "opt/tool" },
  MALWARE_FOUND: { path: "opt/tool", rule: "Eicar" },
  NOT_LOOKED_FOR: { check: "secrets" },
  END_OF_LIFE: { release: "debian 9", until: "2020-07-18", extendedUntil: "" },
  END_OF_LIFE_UNKNOWN: { distribution: "plan9 4" },
  PACKAGE_DENIED: { package: "openssh-server", version: "9.2", pattern: "openssh*" },
  WORKLOAD_UNREADABLE: { field: "spec.containers" },
  POD_SECURITY: {
    level: "baseline",
    control: "privileged",
    container: "app",
    field: "securityContext.privileged",
    value: "true",
  },
  PRIVILEGED: { container: "app", field: "securityContext.privileged" },
  RUN_AS_ROOT: { container: "app" },
  RUN_AS_USER_MISSING: { container: "app" },
  RUN_AS_GROUP_MISSING: { container: "app" },
  CAPABILITY_NOT_DROPPED: { container: "app", capability: "ALL" },
  CAPABILITY_ADDED: { container: "app", capability: "SYS_ADMIN", allowed: "NET_BIND_SERVICE" },
  SECCOMP_MISSING: { container: "app" },
  APPARMOR_MISSING: { container: "app" },
  SELINUX_MISSING: { container: "app" },
  ROOT_FILESYSTEM_WRITABLE: { container: "app" },
  REQUEST_MISSING: { container: "app", resource: "cpu" },
  LIMIT_MISSING: { container: "app", resource: "memory" },
  LABEL_MISSING: { label: "team" },
  LABEL_NOT_ALLOWED: { label: "tier", value: "x", allowed: "web, data" },
  DEFAULT_SERVICE_ACCOUNT: {},
  PULL_SECRET_MISSING: {},
  MORE_REASONS: { count: 3 },
};

describe.each(["en", "ko"] as const)("in %s", (language) => {
  const translate = createTranslate(language);

  it.each(Object.entries(EXAMPLES))("%s is a sentence with its evidence", (code, params) => {
    const text = renderReason({ code: code as ReasonCode, effect: "deny", params }, translate);
    expect(isMessageId(text)).toBe(false);
    expect(text).not.toMatch(/[{}]|undefined/);
    const shown = Object.entries(params).filter(([name]) => !HIDDEN.includes(name));
    for (const [, value] of shown) {
      expect(text).toContain(String(value));
    }
  });

  it("a vulnerability without a fix does not promise one", () => {
    const params = { ...EXAMPLES.VULNERABILITY, fixed: "" };
    expect(renderReason({ code: "VULNERABILITY", effect: "deny", params }, translate)).toMatchSnapshot();
  });

  const KNOWN = { ...EXAMPLES.VULNERABILITY, rule: "knownExploited", added: "2026-01-02" };
  it.each([
    { name: "known to be exploited", code: "VULNERABILITY", params: { ...KNOWN, hasFix: "yes" } },
    { name: "known to be exploited, no fix", code: "VULNERABILITY", params: { ...KNOWN, fixed: "", hasFix: "no" } },
    {
      name: "likely to be exploited",
      code: "VULNERABILITY",
      params: { ...EXAMPLES.VULNERABILITY, rule: "epss", score: 0.9444, epssAbove: 0.5, hasFix: "yes" },
    },
    {
      name: "in its grace",
      code: "VULNERABILITY",
      params: { ...EXAMPLES.VULNERABILITY, graceUntil: "2026-07-05T00:00:00.000Z" },
    },
    { name: "a secret in the configuration", code: "SECRET_FOUND", params: { rule: "aws", path: "" } },
    {
      name: "extended support",
      code: "END_OF_LIFE",
      params: { ...EXAMPLES.END_OF_LIFE, extendedUntil: "2030-01-01" },
    },
    { name: "none, for cosign", code: "SIGNATURE_MISSING", params: TRUST },
    { name: "none, keyless", code: "SIGNATURE_MISSING", params: { ...TRUST, method: "keyless" } },
    { name: "none, for notation", code: "SIGNATURE_MISSING", params: { ...TRUST, method: "notation" } },
    { name: "none, for content trust", code: "SIGNATURE_MISSING", params: { ...TRUST, method: "notary" } },
    { name: "none, for GPG", code: "SIGNATURE_MISSING", params: { ...TRUST, method: "gpg" } },
    { name: "none, of alternatives", code: "SIGNATURE_MISSING", params: { ...TRUST, method: "anyOf" } },
    { name: "none, on a child", code: "SIGNATURE_MISSING", params: { ...TRUST, child: "true" } },
    {
      name: "none, on a child, notation",
      code: "SIGNATURE_MISSING",
      params: { ...TRUST, method: "notation", child: "true" },
    },
    { name: "one that is bad", code: "SIGNATURE_INVALID", params: { ...TRUST, message: "expired" } },
    { name: "one that is bad and claims a name", code: "SIGNATURE_INVALID", params: EXAMPLES.SIGNATURE_INVALID },
    { name: "nobody has looked", code: "SIGNATURE_UNDECIDED", params: TRUST },
    { name: "no attestation on a child", code: "ATTESTATION_MISSING", params: { ...TRUST, child: "true" } },
    { name: "no attestation was looked for", code: "ATTESTATION_UNDECIDED", params: TRUST },
    { name: "no Secret", code: "SECRET_MISSING", params: EXAMPLES.SECRET_MISSING },
    {
      name: "a Secret without the field",
      code: "SECRET_MISSING",
      params: { ...EXAMPLES.SECRET_MISSING, problem: "field" },
    },
    {
      name: "a Secret with something else",
      code: "SECRET_MISSING",
      params: { ...EXAMPLES.SECRET_MISSING, problem: "malformed" },
    },
    {
      name: "a Secret of elsewhere",
      code: "SECRET_MISSING",
      params: { ...EXAMPLES.SECRET_MISSING, problem: "namespace" },
    },
  ] as const)("$name", ({ code, params }) => {
    const text = renderReason({ code, effect: "deny", params }, translate);
    expect(text).not.toMatch(/undefined|\s\.|\.\./);
    expect(text).toMatchSnapshot("sentence");
  });

  it("a verdict says image, reasons and policy", () => {
    const verdict: Verdict = {
      outcome: "deny",
      reasons: [
        { code: "VULNERABILITY", effect: "deny", params: EXAMPLES.VULNERABILITY, platform: "linux/arm64" },
        { code: "SCAN_PENDING", effect: "undecided", params: {} },
      ],
      policy: { kind: "ImagePolicy", namespace: "team", name: "own", repository: "*" },
      mandatory: [{ kind: "ClusterImagePolicy", name: "signed", repository: "registry.example/*" }],
      mode: "enforce",
      mutateImage: true,
    };
    expect(renderVerdict({ reference: "r/a:1", verdict, maxReasons: 1 }, translate)).toMatchSnapshot();
  });

  it("a verdict names what is exempt, and by which exception", () => {
    const verdict: Verdict = {
      outcome: "allow",
      reasons: [{ code: "VULNERABILITY", effect: "exempt", params: EXAMPLES.VULNERABILITY }],
      policy: { kind: "ClusterImagePolicy", name: "p", repository: "*" },
      exceptions: [
        {
          name: "e",
          namespace: "shop",
          until: "2026-08-01T00:00:00Z",
          approver: "lee",
          exempted: ["VULNERABILITY CVE-2026-1 p"],
        },
      ],
      mode: "enforce",
      mutateImage: true,
    };
    expect(renderVerdict({ reference: "r/a:1", verdict }, translate)).toMatchSnapshot("exempt");
  });

  it.each([
    {
      name: "of a container",
      params: {
        level: "baseline",
        control: "privileged",
        container: "app",
        field: "securityContext.privileged",
        value: "true",
      },
    },
    {
      name: "of the Pod",
      params: { level: "baseline", control: "hostNamespaces", field: "spec.hostNetwork", value: "true" },
    },
    {
      name: "that is missing",
      params: { level: "restricted", control: "runAsNonRoot", container: "app", field: "securityContext.runAsNonRoot" },
    },
  ])("a violation of a standard $name says what to do", ({ params }) => {
    expect(renderReason({ code: "POD_SECURITY", effect: "deny", params }, translate)).toMatchSnapshot("standard");
  });
});
