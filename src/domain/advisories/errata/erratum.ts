// SPDX-License-Identifier: Apache-2.0
import type { Advisory } from "../advisory.ts";
import {
  isPlain,
  MAX_ID_LENGTH,
  MAX_NAME_LENGTH,
  MAX_VERSION_LENGTH,
  oneLine,
  safeUrl,
  sortedUnique,
  toAdvisory,
} from "../advisory-draft.ts";
import type { ParsedRecords } from "../parsed-records.ts";
import { severityOfLabel } from "../severity.ts";

/** A package that an erratum brings, as update information and errata lists describe it. */
export interface ErratumPackage {
  readonly name: unknown;
  readonly epoch?: unknown;
  readonly version: unknown;
  readonly release: unknown;
  /** `nodejs:18`. */
  readonly module?: string;
}

/** An erratum of an rpm distribution: new versions of packages, and the vulnerabilities that they fix. */
export interface Erratum {
  readonly id: unknown;
  /** For distributions whose errata do not say it. */
  readonly ecosystem?: string | undefined;
  readonly title: string;
  readonly severity: string;
  readonly modified?: string | undefined;
  readonly url?: unknown;
  readonly cves: readonly string[];
  readonly packages: readonly ErratumPackage[];
}

/**
 * One advisory for each package name and module stream of an erratum: older versions are affected. Live patches
 * (`ksplice`, `livepatch`) are versions of their own, which installed packages are not compared with.
 */
export function advisoriesOfErratum(erratum: Erratum): ParsedRecords {
  const { id } = erratum;
  if (!isPlain(id, MAX_ID_LENGTH)) {
    return { problems: [{ message: "the erratum has no id" }], skipped: {} };
  }
  const problems: { readonly message: string }[] = [];
  const drafts = new Map<
    string,
    { readonly name: string; readonly ecosystem: string; readonly module?: string; readonly fixed: Set<string> }
  >();
  let unknown = 0;
  for (const each of erratum.packages) {
    const version = evrOf(each);
    if (!isPlain(each.name, MAX_NAME_LENGTH) || version === undefined) {
      problems.push({ message: `${id}: a package has no name or version` });
      continue;
    }
    if (/ksplice|livepatch/i.test(version + each.name)) {
      continue;
    }
    const ecosystem = erratum.ecosystem ?? ecosystemOfErratum(id, version);
    if (ecosystem === undefined) {
      unknown += 1;
      continue;
    }
    const key = [ecosystem, each.name, each.module ?? ""].join("\0");
    const draft = drafts.get(key) ?? {
      name: each.name,
      ecosystem,
      ...(each.module === undefined ? {} : { module: each.module }),
      fixed: new Set<string>(),
    };
    draft.fixed.add(version);
    drafts.set(key, draft);
  }
  const severity = severityOfLabel(erratum.severity);
  const advisories: readonly Advisory[] = [...drafts.entries()]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, { name, ecosystem, module, fixed }]) =>
      toAdvisory({
        id,
        ecosystem,
        packageName: name,
        upstream: sortedUnique(erratum.cves),
        summary: oneLine(erratum.title),
        ranges: [...fixed].sort().map((version) => ({ introduced: "0", fixed: version })),
        ...(module === undefined ? {} : { module }),
        ...(severity === undefined ? {} : { severity, severitySource: ecosystem.split(":", 1)[0] ?? ecosystem }),
        ...(erratum.modified === undefined ? {} : { modified: erratum.modified }),
        ...safeUrl(erratum.url),
      }),
    );
  return { id, advisories, problems, skipped: unknown === 0 ? {} : { unknownEcosystem: unknown } };
}

function evrOf({ epoch, version, release }: ErratumPackage): string | undefined {
  if (!isPlain(version, MAX_VERSION_LENGTH) || !isPlain(release, MAX_VERSION_LENGTH)) {
    return undefined;
  }
  const number = typeof epoch === "number" ? String(epoch) : epoch;
  return typeof number === "string" && /^[1-9]\d{0,5}$/.test(number)
    ? `${number}:${version}-${release}`
    : `${version}-${release}`;
}

const BY_TAG: readonly (readonly [RegExp, RegExp, string])[] = [
  [/^AL[SBE]A-/, /\.(?:module_)?el(\d{1,2})/, "AlmaLinux"],
  [/^R[LX][SBE]A-/, /[.+](?:module[+_])?el(\d{1,2})/, "Rocky Linux"],
  [/^EL[SBE]A-/, /[.+](?:module[+_])?el(\d{1,2})/, "Oracle Linux"],
  [/^RH[SBE]A-/, /[.+](?:module[+_])?el(\d{1,2})/, "Red Hat:enterprise_linux"],
  [/^FEDORA-/, /\.fc(\d{1,3})/, "Fedora"],
  [/^PHSA-/, /\.ph(\d{1,2})/, "Photon OS"],
];

/** What an erratum is for, by the prefix of its id and the distribution's tag in the release of its packages. */
function ecosystemOfErratum(id: string, version: string): string | undefined {
  const amazon = /^ALAS(2023|2022|2)?(?:[A-Z0-9._]*)-/.exec(id);
  if (amazon !== null) {
    return `Amazon Linux:${amazon[1] ?? "1"}`;
  }
  for (const [prefix, tag, family] of BY_TAG) {
    const release = prefix.test(id) ? tag.exec(version)?.[1] : undefined;
    if (release !== undefined) {
      return `${family}:${family === "Photon OS" ? `${release}.0` : release}`;
    }
  }
  return undefined;
}
