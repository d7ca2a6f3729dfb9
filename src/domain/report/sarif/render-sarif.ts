// SPDX-License-Identifier: Apache-2.0

import type { Severity } from "#advisories";
import { digestHex, digestOf } from "#base";
import type { ScanReport } from "#findings";
import { problemDetailText, type Translate } from "#messages";
import { renderPlatform } from "#oci";
import { findingSentence, suppressionText } from "../finding-text.ts";
import { toJsonText } from "../json/json-text.ts";
import { type ListedFinding, listFindings } from "../listed-finding.ts";
import { compareReports } from "../order.ts";
import type { ScanOutcome } from "../scan-outcome.ts";

const LEVELS: Readonly<Record<Severity, "error" | "warning" | "note">> = {
  critical: "error",
  high: "error",
  medium: "warning",
  low: "note",
  negligible: "note",
  unknown: "warning",
};

/** What code scanning sorts by: a number in the band of the severity (above 9, 7, 4, 0). */
const SECURITY_SEVERITIES: Readonly<Partial<Record<Severity, string>>> = {
  critical: "9.5",
  high: "8.0",
  medium: "5.5",
  low: "2.0",
  negligible: "0.1",
};

/**
 * Findings as SARIF 2.1.0, with two spaces of indentation and a line feed at its end: a run for each platform, a rule for each
 * vulnerability and each rule that was broken, suppressed ones as suppressed results, problems of the scan as notifications. Paths are
 * those in the image. Equal outcomes give equal bytes.
 */
export function renderSarif(
  outcome: ScanOutcome,
  translate: Translate,
  options: { readonly toolVersion: string },
): string {
  const runs = outcome.reports
    .toSorted(compareReports)
    .map((report) => toRun(report, outcome.reference, { translate, ...options }));
  const document = {
    $schema: "https://json.schemastore.org/sarif-2.1.0.json",
    version: "2.1.0",
    runs,
  };
  return toJsonText(document);
}

interface Writing {
  readonly translate: Translate;
  readonly toolVersion: string;
}

function toRun(report: ScanReport, reference: string, writing: Writing): object {
  const listed = listFindings(report);
  const rules = new Map<string, ListedFinding>();
  for (const each of listed) {
    if (!rules.has(each.id)) {
      rules.set(each.id, each);
    }
  }
  const ids = [...rules.keys()].toSorted();
  const indexes = new Map(ids.map((id, index) => [id, index]));
  const { problems } = report.inventory;
  return {
    tool: {
      driver: {
        name: "haechi",
        version: writing.toolVersion,
        rules: ids.map((id) => toRule(id, rules.get(id), writing.translate)),
      },
    },
    automationDetails: { id: `haechi/${renderPlatform(report.image.platform)}/` },
    invocations: [
      {
        executionSuccessful: report.inventory.status !== "failed",
        toolExecutionNotifications: problems.map(({ code, message, path }) => {
          const detail = problemDetailText(message, writing.translate);
          return {
            level: "warning",
            descriptor: { id: code },
            message: { text: linkless(path === undefined ? detail : `${path}: ${detail}`) },
          };
        }),
      },
    ],
    properties: {
      reference,
      imageDigest: report.image.digest,
      databaseDigest: report.database.digest,
      scanStatus: report.inventory.status,
      coverageGaps: report.coverageGaps,
    },
    results: listed.map((each) => toResult(each, indexes.get(each.id) ?? 0, writing.translate)),
  };
}

function toRule(id: string, listed: ListedFinding | undefined, translate: Translate): object {
  const finding = listed?.finding;
  if (finding === undefined) {
    return { id };
  }
  const title = finding.title.trim() === "" ? id : finding.title.trim();
  const securitySeverity = SECURITY_SEVERITIES[finding.severity];
  return {
    id,
    shortDescription: { text: linkless(title.slice(0, 1_000)) },
    fullDescription: { text: linkless(findingSentence(finding, translate)) },
    ...(finding.kind === "vulnerability" && finding.url !== undefined && isWebAddress(finding.url)
      ? { helpUri: finding.url }
      : {}),
    help: { text: linkless(findingSentence(finding, translate)) },
    defaultConfiguration: { level: LEVELS[finding.severity] },
    properties: {
      tags: [finding.kind, "security", finding.severity],
      ...(securitySeverity === undefined ? {} : { "security-severity": securitySeverity }),
    },
  };
}

function toResult(listed: ListedFinding, ruleIndex: number, translate: Translate): object {
  const { finding, id, suppression } = listed;
  const { evidence } = finding;
  const name = listed.packageText ?? evidence?.path;
  return {
    ruleId: id,
    ruleIndex,
    level: LEVELS[finding.severity],
    message: { text: linkless(findingSentence(finding, translate)) },
    locations: [
      {
        ...(evidence === undefined || evidence.path === ""
          ? {}
          : {
              physicalLocation: {
                artifactLocation: { uri: toUri(evidence.path), uriBaseId: "ROOTPATH" },
                region: { startLine: finding.kind === "vulnerability" ? 1 : (finding.line ?? 1) },
              },
            }),
        ...(name === undefined ? {} : { logicalLocations: [{ fullyQualifiedName: name }] }),
        message: { text: evidence === undefined ? "image configuration" : `layer ${evidence.layer}` },
      },
    ],
    // Equal for the same finding of the next image: the layer's digest is no part of it.
    partialFingerprints: { "haechi/v1": digestHex(digestOf(JSON.stringify([id, name, evidence?.path]))) },
    ...(suppression === undefined
      ? {}
      : {
          suppressions: [
            { kind: "external", status: "accepted", justification: suppressionText(suppression, translate) },
          ],
        }),
    properties:
      finding.kind === "vulnerability"
        ? {
            state: finding.state,
            package: finding.package.name,
            version: finding.package.version,
            fixedVersions: finding.fixedVersions,
            advisory: finding.match.advisoryId,
            range: finding.match.range,
            exploitation: finding.exploitation,
          }
        : { kind: finding.kind, historyIndex: finding.historyIndex, isHidden: finding.isHidden },
  };
}

/**
 * A relative reference (RFC 3986) that no path of an image can turn into something else: URL parsers take `..` for a step up even when
 * it is percent-encoded (WHATWG URL, "double-dot path segment").
 */
function toUri(path: string): string {
  return path
    .split("/")
    .map((part) => encodeURIComponent(part === "." || part === ".." ? "…" : part.toWellFormed()))
    .join("/");
}

/** Viewers make links of `[text](address)` also in plain text (SARIF 2.1.0, 3.11.6); texts of images and feeds must not. */
function linkless(text: string): string {
  return text.replaceAll("](", "] (");
}

function isWebAddress(url: string): boolean {
  return /^https?:\/\/[^\s"<>\\^`{|}]+$/.test(url) && URL.canParse(url);
}
