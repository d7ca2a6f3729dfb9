// SPDX-License-Identifier: Apache-2.0

import { digestHex, digestOf } from "#base";
import type { ScanReport } from "#findings";
import type { Package } from "#packages";
import { packageUrlOf } from "#sbom";
import { toJsonText } from "../json/json-text.ts";
import { compareReports } from "../order.ts";
import { comparePackages, imageProperties, packageProperties } from "../sbom/package-properties.ts";
import type { ScanOutcome } from "../scan-outcome.ts";
import { placeKey, toVulnerabilities } from "./vulnerabilities.ts";

/** What an inventory is made of. */
export type CycloneDxInput = Pick<ScanOutcome, "reference" | "reports">;

/**
 * The inventory of an image with its vulnerabilities as CycloneDX 1.6 JSON, with two spaces of indentation and a line feed at its
 * end; suppressed vulnerabilities with their analysis. No timestamp and no random serial number: equal reports give equal bytes.
 * What the format has no field for is carried in properties, so that `#sbom` makes the same inventory of it again.
 */
export function renderCycloneDx(input: CycloneDxInput, options: { readonly toolVersion: string }): string {
  return toJsonText(toCycloneDx(input, { ...options, hasVulnerabilities: true }));
}

/**
 * The same as a value, without vulnerabilities unless they are asked for, e.g. as the predicate of an attestation, which outlives
 * them. `components` of several platforms stand side by side.
 */
export function toCycloneDx(
  input: CycloneDxInput,
  options: { readonly toolVersion: string; readonly hasVulnerabilities?: boolean },
): object {
  const reports = input.reports.toSorted(compareReports);
  const isOne = reports.length === 1;
  const listed = reports.map((report, index) => listComponents(report, isOne ? "" : `${index}:`, isOne));
  const [only] = reports;
  const content = {
    metadata: {
      tools: { components: [{ type: "application", name: "haechi", version: options.toolVersion }] },
      component: {
        type: "container",
        "bom-ref": "image",
        name: input.reference,
        ...(isOne && only !== undefined
          ? { properties: imageProperties(only) }
          : {
              components: reports.map((report, index) => ({
                type: "container",
                "bom-ref": `${index}:image`,
                name: report.image.digest,
                properties: imageProperties(report),
              })),
            }),
      },
    },
    components: listed.flatMap(({ components }) => components),
    compositions: [
      // "incomplete" is the word of the specification for what a scan could not read to its end
      {
        aggregate: reports.every((report) => report.inventory.status === "complete") ? "complete" : "incomplete",
        assemblies: ["image"],
      },
    ],
    ...(options.hasVulnerabilities === true
      ? {
          vulnerabilities: reports.flatMap((report, index) =>
            toVulnerabilities(report, (finding) =>
              listed[index]?.references.get(placeKey(finding.package, finding.evidence)),
            ),
          ),
        }
      : {}),
  };
  return {
    $schema: "http://cyclonedx.org/schema/bom-1.6.schema.json",
    bomFormat: "CycloneDX",
    specVersion: "1.6",
    serialNumber: toUuid(JSON.stringify(content)),
    version: 1,
    ...content,
  };
}

interface Components {
  readonly components: readonly object[];
  /** Of components by `placeKey`. */
  readonly references: ReadonlyMap<string, string>;
}

function listComponents(report: ScanReport, prefix: string, isOne: boolean): Components {
  const { distribution, packages } = report.inventory;
  const system =
    distribution === undefined
      ? []
      : [
          {
            type: "operating-system",
            "bom-ref": `${prefix}os`,
            name: distribution.id,
            version: distribution.versionId,
            description: distribution.prettyName,
            ...(isOne
              ? {}
              : { properties: imageProperties(report).filter(({ name }) => name === "haechi:image:digest") }),
          },
        ];
  const sorted = packages.toSorted(comparePackages);
  const references = new Map<string, string>();
  const components = sorted.map((found, index) => {
    const reference = `${prefix}${index}`;
    references.set(placeKey(found, found.evidence), reference);
    return toComponent(found, report, { reference, isOne });
  });
  return { components: [...system, ...components], references };
}

function toComponent(
  found: Package,
  report: ScanReport,
  { reference, isOne }: { readonly reference: string; readonly isOne: boolean },
): object {
  const [group, name] = splitName(found);
  return {
    type: found.type === "generic" ? "application" : "library",
    "bom-ref": reference,
    group,
    name,
    version: found.version,
    ...(found.isDeclared === true ? { scope: "optional" } : {}),
    ...(found.sha1 === undefined ? {} : { hashes: [{ alg: "SHA-1", content: found.sha1 }] }),
    // names out of a package are claims in free text; only some of them are SPDX ids
    licenses: found.licenses?.map((license) => ({ license: { name: license } })),
    purl: packageUrlOf(found, report.inventory.distribution),
    properties: packageProperties(found, report, isOne),
    evidence: { occurrences: [{ location: found.evidence.path }] },
  };
}

function splitName({ type, name }: Package): readonly [group: string | undefined, name: string] {
  const at = type === "maven" ? name.indexOf(":") : type === "npm" && name.startsWith("@") ? name.indexOf("/") : -1;
  return at < 0 ? [undefined, name] : [name.slice(0, at), name.slice(at + 1)];
}

/** A UUID of version 8 (RFC 9562, section 5.8: content of one's own) out of the content it names. */
function toUuid(content: string): string {
  const hex = digestHex(digestOf(content));
  const parts = [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `8${hex.slice(13, 16)}`,
    `8${hex.slice(17, 20)}`,
    hex.slice(20, 32),
  ];
  return `urn:uuid:${parts.join("-")}`;
}
