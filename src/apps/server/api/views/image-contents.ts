// SPDX-License-Identifier: Apache-2.0
import type { Severity } from "#advisories";
import {
  explainFinding,
  type Finding,
  type ObservationFinding,
  type ScanReport,
  type Suppression,
  type VulnerabilityFinding,
} from "#findings";
import type { Translate } from "#messages";
import type { Package } from "#packages";
import { observationAdvice, observationTitle } from "#report";
import type {
  ExplanationBody,
  FindingBody,
  FindingPage,
  ObservationBody,
  ObservationPage,
  PackageBody,
  PackagePage,
} from "../schemas/image-contents.ts";

/** Places of one finding that are explained; a package may lie in thousands of folders. */
const MAX_EXPLAINED = 50;

/** One page of a searched list. `search` matches any part of a name, without regard to case. */
export interface ContentsPage {
  readonly search: string;
  readonly limit: number;
  readonly offset: number;
}

/** The packages whose name, version or source contains the search. */
export function pagePackages(packages: readonly Package[], page: ContentsPage): PackagePage {
  const found = packages.filter((each) =>
    isMatch(page.search, [each.name, each.version, each.source?.name ?? "", each.type]),
  );
  return { total: found.length, packages: cut(found, page).map(toPackageBody) };
}

/** The vulnerabilities whose id, alias, package or title contains the search, of one severity when given. */
export function pageFindings(
  report: ScanReport | undefined,
  page: ContentsPage & { readonly severity?: Severity | undefined; readonly suppressed: boolean },
): FindingPage {
  const all = listed(report, page.suppressed);
  const found = all.flatMap(({ finding, suppression }) =>
    finding.kind === "vulnerability" &&
    (page.severity === undefined || finding.severity === page.severity) &&
    isMatch(page.search, [finding.id, ...finding.aliases, finding.package.name, finding.title])
      ? [{ finding, suppression }]
      : [],
  );
  return {
    total: found.length,
    findings: cut(found, page).map(({ finding, suppression }) => toFindingBody(finding, suppression)),
  };
}

/** The secrets, configurations, licences and malware whose rule, path or text contains the search, of one kind when given. */
export function pageObservations(
  report: ScanReport | undefined,
  page: ContentsPage & { readonly kind?: ObservationFinding["kind"] | undefined; readonly suppressed: boolean },
  translate: Translate,
): ObservationPage {
  const found = listed(report, page.suppressed).flatMap(({ finding, suppression }) =>
    finding.kind !== "vulnerability" &&
    (page.kind === undefined || finding.kind === page.kind) &&
    isMatch(page.search, [finding.rule, finding.evidence?.path ?? "", observationTitle(finding, translate)])
      ? [{ finding, suppression }]
      : [],
  );
  return {
    total: found.length,
    observations: cut(found, page).map(({ finding, suppression }) =>
      toObservationBody(finding, { suppression, translate }),
    ),
  };
}

/** Everything that is known about the finding with the id, in each place where it is. */
export function explain(report: ScanReport | undefined, id: string, translate: Translate): readonly ExplanationBody[] {
  const all = report === undefined ? [] : explainFinding(report, id);
  return all.slice(0, MAX_EXPLAINED).map(({ finding, suppression, layer, remedy }) => ({
    ...(finding.kind === "vulnerability"
      ? { finding: toFindingBody(finding, suppression) }
      : { observation: toObservationBody(finding, { suppression, translate }) }),
    ...(layer === undefined ? {} : { layer }),
    ...(remedy === undefined
      ? {}
      : {
          remedy: {
            kind: remedy.kind,
            packageName: remedy.packageName,
            versions: remedy.kind === "noFix" ? [] : remedy.versions,
          },
        }),
  }));
}

function listed(
  report: ScanReport | undefined,
  isSuppressed: boolean,
): readonly { readonly finding: Finding; readonly suppression?: Suppression }[] {
  if (report === undefined) {
    return [];
  }
  return isSuppressed
    ? (report.suppressed ?? [])
    : [...report.findings, ...(report.otherFindings ?? [])].map((finding) => ({ finding }));
}

function isMatch(search: string, texts: readonly string[]): boolean {
  const wanted = search.trim().toLowerCase();
  return wanted === "" || texts.some((text) => text.toLowerCase().includes(wanted));
}

function cut<T>(items: readonly T[], page: ContentsPage): readonly T[] {
  return items.slice(page.offset, page.offset + page.limit);
}

function toPackageBody(found: Package): PackageBody {
  const { source } = found;
  return {
    type: found.type,
    name: found.name,
    version: found.version,
    ...(found.architecture === undefined ? {} : { architecture: found.architecture }),
    ...(source === undefined || (source.name === found.name && source.version === found.version)
      ? {}
      : { source: `${source.name} ${source.version}` }),
    licenses: found.licenses ?? [],
    layerIndex: found.evidence.layerIndex,
    path: found.evidence.path,
  };
}

function toObservationBody(
  finding: ObservationFinding,
  { suppression, translate }: { readonly suppression: Suppression | undefined; readonly translate: Translate },
): ObservationBody {
  const { kind, rule, severity, excerpt, line, historyIndex, isHidden, evidence } = finding;
  const advice = observationAdvice(finding, translate);
  return {
    kind,
    rule,
    severity,
    text: observationTitle(finding, translate),
    ...(advice === undefined ? {} : { advice }),
    ...(excerpt === undefined ? {} : { excerpt }),
    ...(evidence === undefined ? {} : { layerIndex: evidence.layerIndex, path: evidence.path }),
    ...(line === undefined ? {} : { line }),
    ...(historyIndex === undefined ? {} : { historyIndex }),
    ...(isHidden === undefined ? {} : { isHidden }),
    ...(suppression === undefined ? {} : { suppression }),
  };
}

function toFindingBody(finding: VulnerabilityFinding, suppression?: Suppression): FindingBody {
  const { type, name, version } = finding.package;
  const { cvssVector, otherSeverities, status, exploitation, isDeclared, coveredBy, advice } = finding;
  return {
    id: finding.id,
    aliases: finding.aliases,
    state: finding.state,
    severity: finding.severity,
    ...(finding.severitySource === undefined ? {} : { severitySource: finding.severitySource }),
    title: finding.title,
    ...(isWebAddress(finding.url) ? { url: finding.url } : {}),
    package: { type, name, version },
    fixedVersions: finding.fixedVersions,
    ...(cvssVector === undefined ? {} : { cvssVector }),
    ...(otherSeverities === undefined ? {} : { otherSeverities }),
    ...(status === undefined ? {} : { status }),
    ...(exploitation === undefined ? {} : { exploitation }),
    ...(isDeclared === undefined ? {} : { isDeclared }),
    ...(coveredBy === undefined ? {} : { coveredBy }),
    ...(advice === undefined ? {} : { advice }),
    ...(suppression === undefined ? {} : { suppression }),
    layerIndex: finding.evidence.layerIndex,
    path: finding.evidence.path,
    match: finding.match,
  };
}

/** An advisory is somebody else's text: an address that is not plain web (`javascript:`) must not become a link. */
function isWebAddress(url: string | undefined): url is string {
  return url !== undefined && /^https?:\/\//i.test(url);
}
