// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "vitest";
import { createTranslate, isMessageId } from "#messages";
import { renderReason, renderVerdict } from "./render-reason.ts";
import type { Reason, ReasonCode, Verdict } from "./verdict.ts";

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
  MORE_REASONS: { count: 3 },
};

describe.each(["en", "ko"] as const)("in %s", (language) => {
  const translate = createTranslate(language);

  it.each(Object.entries(EXAMPLES))("%s is a sentence with its evidence", (code, params) => {
    const text = renderReason({ code: code as ReasonCode, effect: "deny", params }, translate);
    expect(isMessageId(text)).toBe(false);
    expect(text).not.toMatch(/[{}]|undefined/);
    const shown = Object.entries(params).filter(([name]) => !["severity", "fixed", "kind"].includes(name));
    for (const [, value] of shown) {
      expect(text).toContain(String(value));
    }
  });

  it("a vulnerability without a fix does not promise one", () => {
    const params = { ...EXAMPLES.VULNERABILITY, fixed: "" };
    expect(renderReason({ code: "VULNERABILITY", effect: "deny", params }, translate)).toMatchSnapshot();
  });

  it("a verdict says image, reasons and policy", () => {
    const verdict: Verdict = {
      outcome: "deny",
      reasons: [
        { code: "VULNERABILITY", effect: "deny", params: EXAMPLES.VULNERABILITY, platform: "linux/arm64" },
        { code: "SCAN_PENDING", effect: "undecided", params: {} },
      ],
      policy: { kind: "ImagePolicy", namespace: "team", name: "own", repository: "*" },
      mode: "enforce",
      mutateImage: true,
    };
    expect(renderVerdict({ reference: "r/a:1", verdict, maxReasons: 1 }, translate)).toMatchSnapshot();
  });
});
