// SPDX-License-Identifier: Apache-2.0
import type { Severity } from "#advisories";
import type { Finding } from "#findings";
import type { Package } from "#packages";
import type { FindingBody, FindingPage, PackageBody, PackagePage } from "../schemas/image-contents.ts";

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

/** The findings whose id, alias, package or title contains the search, of one severity when given. */
export function pageFindings(
  findings: readonly Finding[],
  page: ContentsPage & { readonly severity?: Severity | undefined },
): FindingPage {
  const found = findings.filter(
    (each) =>
      (page.severity === undefined || each.severity === page.severity) &&
      isMatch(page.search, [each.id, ...each.aliases, each.package.name, each.title]),
  );
  return { total: found.length, findings: cut(found, page).map(toFindingBody) };
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

function toFindingBody(finding: Finding): FindingBody {
  const { type, name, version } = finding.package;
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
    layerIndex: finding.evidence.layerIndex,
    path: finding.evidence.path,
    match: finding.match,
  };
}

/** An advisory is somebody else's text: an address that is not plain web (`javascript:`) must not become a link. */
function isWebAddress(url: string | undefined): url is string {
  return url !== undefined && /^https?:\/\//i.test(url);
}
