// SPDX-License-Identifier: Apache-2.0
import { matchesWildcard } from "#base";
import type { Package } from "#packages";
import { cvesOf } from "./cves-of.ts";
import type { Finding, ObservationFinding, SuppressedFinding, Suppression, VulnerabilityFinding } from "./finding.ts";
import { matchesPackage } from "./match-package.ts";
import { matchesProduct, PackageIndex } from "./match-product.ts";
import { inSuppressedOrder } from "./report-order.ts";
import type { ScanReport } from "./scan-report.ts";
import type { ImageIdentity, StatementStatus, SuppressionStatement } from "./suppression-statement.ts";

/** When and of which image statements are applied. */
export interface SuppressionContext {
  /** Entries of ignore files that ended before do not count. */
  readonly now: Date;
  /** Absent: only the digest of the report. */
  readonly image?: ImageIdentity;
}

/**
 * The report with the findings that statements clear moved to `suppressed`, each with the statement's origin; nothing is deleted. Of
 * VEX statements on one finding the latest counts (of equal times the strictest), so that a later `affected` brings a finding back;
 * it adds nothing but its advice. Entries of ignore files count while they are in force, see `expiredStatements` for the others.
 */
export function applySuppressions(
  report: ScanReport,
  statements: readonly SuppressionStatement[],
  context: SuppressionContext,
): ScanReport {
  const inForce = statements.filter((each) => !isExpired(each, context.now));
  if (inForce.length === 0) {
    return report;
  }
  const image = context.image ?? { digests: [report.image.digest] };
  const index = new StatementIndex(inForce);
  const suppressed: SuppressedFinding[] = [...(report.suppressed ?? [])];
  const findings: VulnerabilityFinding[] = [];
  let packages: PackageIndex | undefined;
  for (const finding of report.findings) {
    const candidates = index.about([finding.id, ...finding.aliases]);
    if (candidates.length > 0) {
      packages ??= new PackageIndex(report.inventory.packages);
    }
    const found = candidates.length === 0 ? undefined : packages?.packageOf(finding);
    const judged = found === undefined ? {} : judge(finding, candidates, { report, image, found });
    if (judged.suppression !== undefined) {
      suppressed.push({ finding, suppression: judged.suppression });
    } else {
      findings.push(judged.advice === undefined ? finding : { ...finding, advice: judged.advice });
    }
  }
  const others: ObservationFinding[] = [];
  for (const finding of report.otherFindings ?? []) {
    const statement = index.about([finding.rule]).find((each) => ignores(each, finding, undefined, report));
    if (statement === undefined) {
      others.push(finding);
    } else {
      suppressed.push({ finding, suppression: toSuppression(statement, "ignored") });
    }
  }
  const { otherFindings: _before, suppressed: _earlier, ...rest } = report;
  return {
    ...rest,
    findings,
    ...(others.length === 0 ? {} : { otherFindings: others }),
    ...(suppressed.length === 0 ? {} : { suppressed: suppressed.sort(inSuppressedOrder) }),
  };
}

/** Statements that ended: they suppress nothing, and people should be told. */
export function expiredStatements(
  statements: readonly SuppressionStatement[],
  now: Date,
): readonly SuppressionStatement[] {
  return statements.filter((each) => isExpired(each, now));
}

function isExpired({ until }: SuppressionStatement, now: Date): boolean {
  // a time that nobody can read has passed
  return until !== undefined && !(Date.parse(until) > now.getTime());
}

/** Finds the statements that may be about an id. */
class StatementIndex {
  readonly #byId = new Map<string, SuppressionStatement[]>();
  readonly #general: SuppressionStatement[] = [];

  constructor(statements: readonly SuppressionStatement[]) {
    for (const each of statements) {
      if (each.ids === undefined) {
        this.#general.push(each);
      }
      for (const id of new Set(each.ids)) {
        const known = this.#byId.get(id);
        if (known === undefined) {
          this.#byId.set(id, [each]);
        } else {
          known.push(each);
        }
      }
    }
  }

  about(ids: readonly string[]): readonly SuppressionStatement[] {
    return [...new Set([...ids.flatMap((id) => this.#byId.get(id) ?? []), ...this.#general])];
  }
}

interface Judgement {
  readonly suppression?: Suppression;
  readonly advice?: VulnerabilityFinding["advice"];
}

function judge(
  finding: VulnerabilityFinding,
  candidates: readonly SuppressionStatement[],
  scene: { readonly report: ScanReport; readonly image: ImageIdentity; readonly found: Package },
): Judgement {
  const said = candidates
    .filter((each) => each.by === "vex" && (each.products ?? []).some((product) => matchesProduct(product, scene)))
    .sort(latestFirst);
  const [vex] = said;
  if ((vex?.status === "notAffected" || vex?.status === "fixed") && clearsWhole(finding, said)) {
    return { suppression: toSuppression(vex, vex.status) };
  }
  const ignored = candidates.find((each) => ignores(each, finding, scene.found, scene.report));
  if (ignored !== undefined) {
    return { suppression: toSuppression(ignored, "ignored") };
  }
  return vex?.status === "affected" && vex.action !== undefined
    ? { advice: { text: vex.action, origin: vex.origin } }
    : {};
}

/** A finding that stands for several CVEs goes when the latest word on each of them clears it; ids that are no CVEs mean all of them. */
function clearsWhole({ id, aliases }: VulnerabilityFinding, latest: readonly SuppressionStatement[]): boolean {
  const ids = [id, ...aliases];
  const cves = cvesOf(ids);
  const whole = ids.filter((each) => !cves.includes(each));
  return cves.every((cve) => {
    const status = latest.find((each) => each.ids?.some((named) => named === cve || whole.includes(named)))?.status;
    return status === "notAffected" || status === "fixed";
  });
}

const STRICTEST_FIRST: readonly StatementStatus[] = [
  "affected",
  "underInvestigation",
  "fixed",
  "notAffected",
  "ignored",
];

function latestFirst(a: SuppressionStatement, b: SuppressionStatement): number {
  return (
    timeOf(b) - timeOf(a) ||
    STRICTEST_FIRST.indexOf(a.status) - STRICTEST_FIRST.indexOf(b.status) ||
    (a.origin < b.origin ? -1 : a.origin > b.origin ? 1 : 0)
  );
}

function timeOf({ timestamp }: SuppressionStatement): number {
  const time = timestamp === undefined ? Number.NaN : Date.parse(timestamp);
  return Number.isNaN(time) ? 0 : time;
}

function ignores(
  statement: SuppressionStatement,
  finding: Finding,
  found: Package | undefined,
  report: ScanReport,
): boolean {
  const { by, kinds, packageName, path } = statement;
  if (by !== "ignoreFile" || (kinds !== undefined && !kinds.includes(finding.kind))) {
    return false;
  }
  const isPath = path === undefined || matchesWildcard(path, finding.evidence?.path ?? "");
  if (packageName === undefined && statement.package === undefined) {
    return isPath;
  }
  if (found === undefined || !isPath) {
    return false;
  }
  return statement.package === undefined
    ? packageName !== undefined &&
        [found.name, found.source?.name].some((name) => name !== undefined && matchesWildcard(packageName, name))
    : matchesPackage(statement.package, found, report.inventory.distribution);
}

function toSuppression(
  { by, origin, justification, until }: SuppressionStatement,
  status: Suppression["status"],
): Suppression {
  return {
    by,
    origin,
    status,
    ...(justification === undefined ? {} : { justification }),
    ...(until === undefined ? {} : { until }),
  };
}
