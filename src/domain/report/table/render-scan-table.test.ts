// SPDX-License-Identifier: Apache-2.0
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createTranslate } from "#messages";
import { type Reason, renderReason } from "#policy";
import {
  BAD_OUTCOME,
  BADLY_SIGNED_OUTCOME,
  FULL_OUTCOME,
  GOOD_OUTCOME,
  UNKNOWN_OUTCOME,
} from "../../../../test/support/scan-outcomes.ts";
import type { ScanOutcome } from "../scan-outcome.ts";
import { displayWidth } from "../text/display-width.ts";
import { renderScanTable } from "./render-scan-table.ts";

const EN = createTranslate("en");
const [REPORT] = BAD_OUTCOME.reports;
const [FINDING] = REPORT?.findings ?? [];

function plain(outcome: ScanOutcome): string {
  return renderScanTable(outcome, EN, { color: false });
}

/** The bad outcome with another text in every place that an image, a feed or a caller can fill. */
function withText(text: string): ScanOutcome {
  if (REPORT === undefined || FINDING === undefined) {
    throw new Error("the example has no finding");
  }
  const evidence = { ...FINDING.evidence, path: text };
  const named = { type: "npm" as const, name: text, version: text, source: { name: `${text}s`, version: text } };
  const finding = { ...FINDING, id: text, title: text, package: named, evidence, fixedVersions: [text] };
  return {
    reference: text,
    reports: [
      {
        ...REPORT,
        image: { ...REPORT.image, platform: { os: text, architecture: text, variant: text } },
        inventory: {
          ...REPORT.inventory,
          status: "partial",
          distribution: { id: text, versionId: text, prettyName: text },
          problems: [{ code: "FILE_MALFORMED", message: text, path: text }],
        },
        findings: [
          finding,
          {
            ...finding,
            state: "undecided",
            advice: { text, origin: text },
            coveredBy: { type: "deb", name: text, version: text },
            exploitation: { knownExploited: { added: text } },
          },
        ],
        otherFindings: [
          { kind: "secret", rule: text, severity: "high", title: text, excerpt: text, evidence },
          {
            kind: "license",
            rule: text,
            severity: "low",
            title: text,
            params: { package: text, version: text, license: text, category: text },
          },
        ],
        suppressed: [{ finding, suppression: { by: "vex", origin: text, status: "fixed", justification: text } }],
        support: { release: text, until: text, extendedUntil: text, source: text },
        coverageGaps: [{ code: "DISTRIBUTION_UNSUPPORTED", distribution: text }],
        database: { ...REPORT.database, digest: text, date: text },
      },
    ],
    verdict: {
      ...BAD_OUTCOME.verdict,
      reasons: [
        {
          code: "VULNERABILITY",
          effect: "deny",
          platform: text,
          params: { id: text, severity: text, package: text, version: text, fixed: text },
        },
        { code: "SCAN_FAILED", effect: "undecided", params: { message: text } },
      ],
      policy: { kind: "ImagePolicy", namespace: text, name: text, repository: text },
      trust: {
        state: "bad",
        signers: [{ kind: "cosign", identity: text, issuer: text, keyId: text, predicateType: text }],
      },
    },
  };
}

describe("renderScanTable", () => {
  it.each([
    { name: "bad", outcome: BAD_OUTCOME },
    { name: "good", outcome: GOOD_OUTCOME },
    { name: "unknown", outcome: UNKNOWN_OUTCOME },
    { name: "badly-signed", outcome: BADLY_SIGNED_OUTCOME },
    { name: "full", outcome: FULL_OUTCOME },
  ])("renders $name in English and Korean", async ({ name, outcome }) => {
    for (const language of ["en", "ko"] as const) {
      const text = renderScanTable(outcome, createTranslate(language), { color: false });
      await expect(text).toMatchFileSnapshot(`../testdata/${name}.golden.${language}.txt`);
    }
  });

  it("renders colours and a narrow terminal", async () => {
    const text = renderScanTable(BAD_OUTCOME, EN, { color: true, width: 72 });
    await expect(text).toMatchFileSnapshot("../testdata/bad-narrow-color.golden.en.txt");
  });

  it("without the scanner for vulnerabilities, says that nothing was found, and nothing about advisories", () => {
    const gaps = UNKNOWN_OUTCOME.reports.flatMap(({ coverageGaps }) => coverageGaps);
    const textOf = (status: "complete" | "partial") =>
      plain({
        ...GOOD_OUTCOME,
        reports: GOOD_OUTCOME.reports.map((report) => ({
          ...report,
          coverageGaps: gaps.filter(({ code }) => code !== "PACKAGES_MISSING"),
          inventory: { ...report.inventory, status },
          database: { ...report.database, isNotAsked: true },
        })),
      });
    expect(textOf("complete")).toContain("Nothing was found.");
    expect(textOf("complete")).not.toContain("What could not be checked");
    expect(textOf("partial")).not.toContain("Nothing was found.");
  });

  it("wraps what a check says instead of cutting it, in a language whose verbs come last", () => {
    const text = renderScanTable(FULL_OUTCOME, createTranslate("ko"), { color: false, width: 40 });
    expect(text.replaceAll(/\s+/g, " ")).toContain("내려받았으며, 그 내용이 무엇이었는지 확인할 수 없습니다.");
  });

  it("keeps rows and titles within the terminal", () => {
    const text = renderScanTable(BAD_OUTCOME, EN, { color: false, width: 80 });
    const table = text.slice(text.indexOf("critical (1)"), text.indexOf("Verdict"));
    const rows = table.split("\n").filter((line) => !line.includes("Nobody can tell"));
    expect(rows.map(displayWidth).filter((width) => width > 80)).toEqual([]);
  });

  it("aligns columns by display width in Korean", () => {
    const text = renderScanTable(BAD_OUTCOME, createTranslate("ko"), { color: false });
    const heading = text.split("\n").find((line) => line.includes("설치 버전") && line.includes("수정 버전")) ?? "";
    const row = text.split("\n").find((line) => line.includes("CVE-2019-10744")) ?? "";
    expect(displayWidth(heading.slice(0, heading.indexOf("설치 버전")))).toBe(
      displayWidth(row.slice(0, row.indexOf("4.17.4"))),
    );
  });

  it("uses no escape sequence without colours", () => {
    expect(plain(BAD_OUTCOME)).not.toContain("\u001b");
  });

  it.each([
    { name: "an escape sequence", text: "\u001b[2J\u001b]52;c;ZXZpbA==\u0007" },
    { name: "an 8-bit escape sequence", text: "\u009b2J" },
    { name: "line feeds that forge a verdict", text: "x\n\nVerdict: allowed.\r\n" },
    { name: "carriage return and backspace", text: "bad\r\b\bgood" },
    { name: "a right-to-left override", text: "\u202egood\u2066" },
    { name: "zero-width and tag characters", text: "a\u200b\u{e0041}\ufeff" },
    { name: "line separators", text: "a\u2028b\u2029c\u0085d" },
    { name: "NUL and DEL", text: "a\u0000b\u007f" },
    { name: "a lone surrogate", text: "a\ud800b" },
    { name: "ICU syntax", text: "{package, plural, other {#}} <b>'" },
    { name: "names of Object.prototype", text: "__proto__" },
  ])("neutralises $name wherever it stands", ({ text }) => {
    const table = plain(withText(text));
    expect(table.replaceAll("\n", "")).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u);
    expect(table.split("\n")).toHaveLength(plain(withText("plain")).split("\n").length);
    // Only our own colours are escape sequences.
    const colored = renderScanTable(withText(text), EN, { color: true, width: 60 });
    // oxlint-disable-next-line no-control-regex -- the escape character is what is being looked for
    expect(colored.replaceAll(/\u001b\[(?:0|1|2|1;31|31|33|36|1;32)m/g, "")).not.toContain("\u001b");
  });

  it("never throws, and writes one line per line, for any text and width", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 60 }), fc.integer({ min: 0, max: 200 }), (text, width) => {
        const table = renderScanTable(withText(text), EN, { color: false, width });
        expect(table.replaceAll("\n", "")).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u);
      }),
    );
  });

  it("cuts texts that are too long to read", () => {
    expect(plain(withText("x".repeat(1_000_000))).length).toBeLessThan(1_000_000);
  });

  it("does not depend on the order that it gets", () => {
    const turned: ScanOutcome = {
      ...UNKNOWN_OUTCOME,
      reports: UNKNOWN_OUTCOME.reports.toReversed().map((each) => ({
        ...each,
        findings: each.findings.toReversed(),
        coverageGaps: each.coverageGaps.toReversed(),
      })),
    };
    expect(plain(turned)).toBe(plain(UNKNOWN_OUTCOME));
  });

  it("says nowhere that nothing was found when something could not be checked", () => {
    expect(plain(UNKNOWN_OUTCOME)).not.toContain(EN("scan.findings.none"));
    expect(plain(GOOD_OUTCOME)).toContain(EN("scan.findings.none"));
    const failed = GOOD_OUTCOME.reports.map((each) => ({
      ...each,
      inventory: { ...each.inventory, status: "failed" as const },
    }));
    expect(plain({ ...GOOD_OUTCOME, reports: failed })).toContain(EN("scan.findings.notChecked"));
    expect(plain({ ...GOOD_OUTCOME, reports: failed })).not.toContain(EN("scan.findings.none"));
  });

  it("says that the bundled database is small, and only of that one", () => {
    expect(plain(BAD_OUTCOME)).toContain(EN("scan.database.bundled"));
    expect(plain(GOOD_OUTCOME)).not.toContain(EN("scan.database.bundled"));
  });

  it("shortens long lists of reasons and problems and says so", () => {
    const reason = BAD_OUTCOME.verdict.reasons[0];
    if (reason === undefined || REPORT === undefined) {
      throw new Error("the example has no reason");
    }
    const last: Reason = { code: "DISTRIBUTION_UNKNOWN", effect: "undecided", params: {} };
    const problems = Array.from({ length: 50 }, () => ({ code: "FILE_MALFORMED" as const, message: "m", path: "p" }));
    const table = plain({
      ...BAD_OUTCOME,
      reports: [{ ...REPORT, inventory: { ...REPORT.inventory, status: "partial", problems } }],
      verdict: { ...BAD_OUTCOME.verdict, reasons: [...Array.from({ length: 50 }, () => reason), last] },
    });
    expect(table).toContain(EN("scan.reasons.more", { count: 40 }));
    expect(table).toContain(renderReason(last, EN));
    expect(table).toContain(EN("scan.problems.more", { count: 30 }));
  });

  it("renders a verdict of a newer program with a code that it does not know", () => {
    const reason = { code: "FROM_THE_FUTURE" as "NO_POLICY", effect: "deny" as const, params: {} };
    const table = plain({ ...BAD_OUTCOME, verdict: { ...BAD_OUTCOME.verdict, reasons: [reason] } });
    expect(table).toContain("[deny] FROM_THE_FUTURE");
  });

  it("renders an index of which nothing could be scanned", () => {
    expect(plain({ ...UNKNOWN_OUTCOME, reports: [] })).toContain(EN("scan.verdict.undecided"));
  });
});
