// SPDX-License-Identifier: Apache-2.0
import { PackageURL } from "packageurl-js";
import type { Advisory } from "../advisory.ts";
import { cvesOf, oneLine, timeOf, toAdvisory } from "../advisory-draft.ts";
import { arrayOf, type JsonObject, objectOf, textOf } from "../json-fields.ts";
import type { ParsedRecords } from "../parsed-records.ts";
import { ubuntuEcosystem } from "../ubuntu-release.ts";

const MAX_PRODUCTS = 200_000;

/** Whether a JSON document is OpenVEX (https://github.com/openvex/spec). */
export function isOpenVexDocument(record: JsonObject): boolean {
  return textOf(headOf(record)["@context"], 256)?.startsWith("https://openvex.dev/ns") === true;
}

/** Ubuntu publishes what the specification has at the root in an object `metadata` beside the statements. */
function headOf(record: JsonObject): JsonObject {
  return record["@context"] === undefined ? (objectOf(record["metadata"]) ?? record) : record;
}

/**
 * Reads what a distribution's own OpenVEX document says of its packages, as Ubuntu and Wolfi publish them: products are package
 * URLs. (VEX about images is a matter of suppressing findings, not of advisories.)
 */
export function parseOpenVexAdvisories(record: JsonObject): ParsedRecords {
  const problems: { readonly message: string }[] = [];
  const advisories = new Map<string, Advisory>();
  const head = headOf(record);
  const modified = timeOf(head["last_updated"]) ?? timeOf(head["timestamp"]);
  const ids = new Set<string>();
  let source = "openvex";
  let unknown = 0;
  let products = 0;
  for (const [index, each] of arrayOf(record["statements"]).entries()) {
    const statement = objectOf(each) ?? {};
    const id = idOf(statement["vulnerability"]);
    const status = textOf(statement["status"], 64) ?? "";
    if (id === undefined || !/^(?:not_affected|affected|fixed|under_investigation)$/.test(status)) {
      problems.push({ message: `statements[${index}] has no vulnerability or no valid status` });
      continue;
    }
    ids.add(id);
    for (const product of arrayOf(statement["products"])) {
      products += 1;
      if (products > MAX_PRODUCTS) {
        problems.push({ message: `more than ${MAX_PRODUCTS} products` });
        break;
      }
      const named = packageOf(product);
      const said = named === undefined ? undefined : saidOf(status, named.version);
      if (named === undefined || said === undefined) {
        unknown += 1;
        continue;
      }
      source = named.ecosystem.startsWith("Ubuntu") ? "ubuntu-vex" : source;
      const advisory = toAdvisory({
        id,
        ecosystem: named.ecosystem,
        packageName: named.name,
        summary: oneLine(textOf(objectOf(statement["vulnerability"])?.["description"], 10_000) ?? ""),
        ...(modified === undefined ? {} : { modified }),
        ...said,
      });
      const key = [advisory.ecosystem, advisory.packageName, id, advisory.status ?? ""].join("\0");
      advisories.set(key, together(advisories.get(key), advisory));
    }
  }
  const [only] = ids;
  return {
    ...(ids.size === 1 && only !== undefined ? { id: only } : {}),
    source,
    advisories: [...advisories.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, advisory]) => advisory),
    problems,
    skipped: unknown === 0 ? {} : { unknownEcosystem: unknown },
  };
}

/** What is said of several versions of one package; no ranges stand for all versions. */
function together(known: Advisory | undefined, advisory: Advisory): Advisory {
  if (known === undefined || known.ranges.length === 0) {
    return known ?? advisory;
  }
  if (advisory.ranges.length === 0) {
    return advisory;
  }
  const [range] = advisory.ranges;
  // the same package comes once for each architecture
  const isKnown = known.ranges.some(
    ({ introduced, fixed }) => introduced === range?.introduced && fixed === range?.fixed,
  );
  return isKnown ? known : { ...advisory, ranges: [...known.ranges, ...advisory.ranges] };
}

/** `vulnerability` is an object since version 0.2, and was the name before; names may be addresses that end in the CVE. */
function idOf(vulnerability: unknown): string | undefined {
  const text =
    textOf(vulnerability, 512) ??
    textOf(objectOf(vulnerability)?.["name"], 512) ??
    textOf(objectOf(vulnerability)?.["@id"], 512) ??
    "";
  return cvesOf(text)[0] ?? /^[A-Z][A-Z0-9]*-[A-Za-z0-9_:.-]{1,100}$/.exec(text)?.[0];
}

function saidOf(status: string, version: string | undefined): Pick<Advisory, "ranges" | "status"> | undefined {
  switch (status) {
    case "fixed":
      return version === undefined ? undefined : { ranges: [{ introduced: "0", fixed: version }] };
    case "not_affected":
      return {
        ranges: version === undefined ? [] : [{ introduced: version, lastAffected: version }],
        status: "notAffected",
      };
    case "affected":
      return { ranges: [{ introduced: "0" }] };
    default:
      return { ranges: [{ introduced: "0" }], status: "underInvestigation" };
  }
}

function packageOf(
  product: unknown,
): { readonly ecosystem: string; readonly name: string; readonly version?: string } | undefined {
  const object = objectOf(product);
  const text =
    textOf(product, 1_024) ??
    textOf(objectOf(object?.["identifiers"])?.["purl"], 1_024) ??
    textOf(object?.["@id"], 1_024) ??
    "";
  if (!text.startsWith("pkg:")) {
    return undefined;
  }
  try {
    const { type, namespace, name, version, qualifiers } = PackageURL.fromString(text);
    const ecosystem = ecosystemOfPurl(type ?? "", namespace ?? "", qualifiers?.["distro"] ?? "");
    return ecosystem === undefined || name === undefined
      ? undefined
      : { ecosystem, name, ...(version === undefined || version === null || version === "" ? {} : { version }) };
  } catch {
    // counted with those that are none of ours
    return undefined;
  }
}

function ecosystemOfPurl(type: string, namespace: string, distro: string): string | undefined {
  if (type === "deb" && namespace === "ubuntu") {
    return ubuntuEcosystem(distro);
  }
  if (type === "deb" && namespace === "debian") {
    const release = /^(?:debian-)?(\d{1,3})$/.exec(distro)?.[1];
    return release === undefined ? undefined : `Debian:${release}`;
  }
  if (type === "apk" && (namespace === "wolfi" || namespace === "chainguard")) {
    return namespace === "wolfi" ? "Wolfi" : "Chainguard";
  }
  return undefined;
}
