// SPDX-License-Identifier: Apache-2.0
import { messageOf } from "#base";
import type { Advisory, AdvisoryStatus, AffectedRange } from "../advisory.ts";
import { oneLine, safeUrl, sortedUnique, timeOf, toAdvisory } from "../advisory-draft.ts";
import { severityOfCvss } from "../cvss-severity.ts";
import { arrayOf, type JsonObject, objectOf, textOf } from "../json-fields.ts";
import type { ParsedRecords } from "../parsed-records.ts";
import { severityOfLabel } from "../severity.ts";
import { type CsafPackage, CsafProducts } from "./csaf-products.ts";

const MAX_IDS = 500_000;

/** Whether a JSON document is one of the Common Security Advisory Framework. */
export function isCsafDocument(record: JsonObject): boolean {
  return textOf(objectOf(record["document"])?.["category"], 64)?.startsWith("csaf_") === true;
}

/**
 * Reads a CSAF 2.0 document of Red Hat or SUSE. A VEX document says of each CVE what is fixed, affected (and whether it will be
 * fixed), not affected, or looked into. An advisory says which versions fix its CVEs; it stands under its own id.
 */
export function parseCsafDocument(record: JsonObject): ParsedRecords {
  const document = objectOf(record["document"]) ?? {};
  const tracking = objectOf(document["tracking"]) ?? {};
  const id = textOf(tracking["id"], 256);
  const source = sourceOf(objectOf(document["publisher"]));
  if (id === undefined || source === undefined) {
    return {
      problems: [{ message: "the document has no tracking id, or a publisher that is not known here" }],
      skipped: {},
    };
  }
  let products: CsafProducts;
  try {
    products = new CsafProducts(objectOf(record["product_tree"]));
  } catch (error) {
    return { id, source, problems: [{ message: `${id}: ${messageOf(error)}` }], skipped: {} };
  }
  const isVex = document["category"] === "csaf_vex";
  const shared = {
    modified: timeOf(tracking["current_release_date"]),
    title: textOf(document["title"], 10_000) ?? "",
    aggregate: textOf(objectOf(document["aggregate_severity"])?.["text"], 64),
    url: selfUrl(document),
  };
  const vulnerabilities = arrayOf(record["vulnerabilities"]).map((each) => objectOf(each) ?? {});
  const cves = sortedUnique(vulnerabilities.flatMap((each) => textOf(each["cve"], 64) ?? []));
  const advisories = new Map<string, Advisory>();
  let unknown = 0;
  for (const vulnerability of vulnerabilities) {
    const own = textOf(vulnerability["cve"], 64) ?? id;
    for (const said of statementsOf(vulnerability, products, isVex)) {
      if (said === "unknown") {
        unknown += 1;
        continue;
      }
      const { package: named, productId, ...rest } = said;
      // of an advisory about several CVEs, "not affected" is said of the one under which it stands
      const isOfOne = isVex || rest.status === "notAffected";
      const advisory = toAdvisory({
        id: isOfOne ? own : id,
        upstream: isOfOne ? [] : cves,
        ecosystem: named.ecosystem,
        packageName: named.name,
        ...(named.module === undefined ? {} : { module: named.module }),
        summary: oneLine(textOf(vulnerability["title"], 10_000) ?? shared.title),
        ...(shared.modified === undefined ? {} : { modified: shared.modified }),
        ...severityOf(vulnerability, productId, shared.aggregate, source),
        ...safeUrl(shared.url),
        ...rest,
      });
      add(advisories, advisory);
    }
  }
  return {
    id,
    source,
    advisories: [...advisories.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, advisory]) => advisory),
    problems: [],
    skipped: unknown === 0 ? {} : { unknownEcosystem: unknown },
  };
}

function sourceOf(publisher: JsonObject | undefined): string | undefined {
  const namespace = textOf(publisher?.["namespace"], 256) ?? "";
  if (/^https:\/\/(?:www\.|access\.)?redhat\.com(?:\/|$)/.test(namespace)) {
    return "redhat-csaf";
  }
  return /^https:\/\/www\.suse\.com(?:\/|$)/.test(namespace) ? "suse-csaf" : undefined;
}

function selfUrl(document: JsonObject): string | undefined {
  const self = arrayOf(document["references"])
    .map((each) => objectOf(each))
    .find((each) => each?.["category"] === "self" && textOf(each["url"], 2_048)?.endsWith(".json") !== true);
  return textOf(self?.["url"], 2_048);
}

type Statement = { readonly package: CsafPackage; readonly productId: string } & Pick<Advisory, "ranges"> & {
    readonly status?: AdvisoryStatus;
  };

/** What the product lists of a vulnerability say; `unknown` for each product that is none of ours. */
function statementsOf(
  vulnerability: JsonObject,
  products: CsafProducts,
  isVex: boolean,
): readonly (Statement | "unknown")[] {
  const lists = objectOf(vulnerability["product_status"]) ?? {};
  const statements: (Statement | "unknown")[] = [];
  function say(
    key: string,
    judge: (version: string | undefined, id: string) => Omit<Statement, "package" | "productId"> | undefined,
  ): void {
    for (const id of arrayOf(lists[key]).slice(0, MAX_IDS)) {
      const found = typeof id === "string" ? products.find(id) : undefined;
      const said = found === undefined || typeof id !== "string" ? undefined : judge(found.version, id);
      statements.push(
        found === undefined || said === undefined ? "unknown" : { package: found, productId: String(id), ...said },
      );
    }
  }
  const wontFix = decisionsOf(vulnerability);
  for (const key of ["fixed", "first_fixed", ...(isVex ? [] : ["recommended"])]) {
    say(key, (version) => (version === undefined ? undefined : { ranges: [{ introduced: "0", fixed: version }] }));
  }
  say("known_affected", (version, id) => {
    const status = wontFix.get(id);
    return { ranges: [affected(version)], ...(status === undefined ? {} : { status }) };
  });
  say("under_investigation", (version) => ({ ranges: [affected(version)], status: "underInvestigation" }));
  say("known_not_affected", (version) => ({
    // with a version: only that one was looked at
    ranges: version === undefined ? [] : [affected(version)],
    status: "notAffected",
  }));
  return statements;
}

function affected(version: string | undefined): AffectedRange {
  return version === undefined ? { introduced: "0" } : { introduced: version, lastAffected: version };
}

/** `no_fix_planned` and `none_available` with the vendor's words (CSAF 2.0 section 3.2.3.12). */
function decisionsOf(vulnerability: JsonObject): ReadonlyMap<string, AdvisoryStatus> {
  const decisions = new Map<string, AdvisoryStatus>();
  for (const each of arrayOf(vulnerability["remediations"])) {
    const remediation = objectOf(each);
    const details = (textOf(remediation?.["details"], 10_000) ?? "").toLowerCase();
    const status =
      remediation?.["category"] === "no_fix_planned"
        ? details.includes("out of support")
          ? "endOfLife"
          : "willNotFix"
        : remediation?.["category"] === "none_available" && details.includes("defer")
          ? "deferred"
          : undefined;
    for (const id of status === undefined ? [] : arrayOf(remediation?.["product_ids"]).slice(0, MAX_IDS)) {
      if (typeof id === "string" && status !== undefined) {
        decisions.set(id, status);
      }
    }
  }
  return decisions;
}

function severityOf(
  vulnerability: JsonObject,
  productId: string,
  aggregate: string | undefined,
  source: string,
): Pick<Advisory, "severity"> & Partial<Pick<Advisory, "severitySource" | "cvssVector">> {
  const vendor = source === "redhat-csaf" ? "Red Hat" : "SUSE";
  const impacts = arrayOf(vulnerability["threats"])
    .map((each) => objectOf(each))
    .filter((each) => each?.["category"] === "impact");
  const impact =
    impacts.find((each) => arrayOf(each?.["product_ids"]).includes(productId)) ??
    impacts.find((each) => each?.["product_ids"] === undefined);
  const word = severityOfLabel(textOf(impact?.["details"], 64) ?? "") ?? severityOfLabel(aggregate ?? "");
  const vectors = arrayOf(vulnerability["scores"]).flatMap((each) => {
    const score = objectOf(each);
    const vector = ["cvss_v4", "cvss_v3", "cvss_v2"].flatMap(
      (key) => textOf(objectOf(score?.[key])?.["vectorString"], 512) ?? [],
    )[0];
    return vector === undefined ? [] : [{ vector, isOwn: arrayOf(score?.["products"]).includes(productId) }];
  });
  const vector = (vectors.find((each) => each.isOwn) ?? vectors[0])?.vector;
  const cvss = vector === undefined ? undefined : severityOfCvss(vector);
  const cvssVector = vector === undefined || cvss === undefined ? {} : { cvssVector: vector };
  if (word !== undefined) {
    return { severity: word, severitySource: vendor, ...cvssVector };
  }
  return cvss === undefined
    ? { severity: "unknown" }
    : { severity: cvss.severity, severitySource: cvss.version, ...cvssVector };
}

/** The same package comes once for each architecture and repository: one advisory, with each range once. */
function add(advisories: Map<string, Advisory>, advisory: Advisory): void {
  const key = [
    advisory.ecosystem,
    advisory.packageName,
    advisory.id,
    advisory.module ?? "",
    advisory.status ?? "",
  ].join("\0");
  const known = advisories.get(key);
  if (known === undefined) {
    advisories.set(key, advisory);
    return;
  }
  if (known.ranges.length === 0) {
    return;
  }
  const ranges = advisory.ranges.length === 0 ? [] : [...known.ranges, ...advisory.ranges];
  advisories.set(key, {
    ...known,
    ranges: [...new Map(ranges.map((range) => [JSON.stringify(range), range])).values()],
  });
}
