// SPDX-License-Identifier: Apache-2.0
import { compareText, digestHex, digestOf } from "#base";
import type { ScanReport } from "#findings";
import { renderPlatform } from "#oci";
import type { Package } from "#packages";
import { compareReports } from "../order.ts";
import type { ScanOutcome } from "../scan-outcome.ts";
import { packageUrlOf } from "./package-url.ts";

/** What an inventory is made of. */
export type CycloneDxInput = Pick<ScanOutcome, "reference" | "reports">;

/**
 * The inventory of an image as CycloneDX 1.6 JSON, with two spaces of indentation and a line feed at its end. No
 * timestamp and no random serial number: equal inventories give equal bytes. Findings are not part of it.
 */
export function renderCycloneDx(input: CycloneDxInput, options: { readonly toolVersion: string }): string {
  return `${JSON.stringify(toCycloneDx(input, options), undefined, 2)}\n`;
}

/** The same as a value, e.g. as the predicate of an attestation. `components` of several platforms stand side by side. */
export function toCycloneDx(input: CycloneDxInput, options: { readonly toolVersion: string }): object {
  const reports = input.reports.toSorted(compareReports);
  const isOne = reports.length === 1;
  const content = {
    metadata: {
      tools: { components: [{ type: "application", name: "haechi", version: options.toolVersion }] },
      component: {
        type: "container",
        "bom-ref": "image",
        name: input.reference,
        properties: reports.flatMap((report) => [
          { name: "haechi:image:digest", value: report.image.digest },
          { name: "haechi:image:platform", value: renderPlatform(report.image.platform) },
        ]),
      },
    },
    components: reports.flatMap((report, index) => toComponents(report, isOne ? "" : `${index}:`)),
    compositions: [
      // "incomplete" is the word of the specification for what a scan could not read to its end
      {
        aggregate: reports.every((report) => report.inventory.status === "complete") ? "complete" : "incomplete",
        assemblies: ["image"],
      },
    ],
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

function toComponents(report: ScanReport, prefix: string): readonly object[] {
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
          },
        ];
  const sorted = packages.toSorted(comparePackages);
  return [...system, ...sorted.map((found, index) => toComponent(found, report, `${prefix}${index}`))];
}

function toComponent(found: Package, report: ScanReport, reference: string): object {
  const slash = found.type === "npm" && found.name.startsWith("@") ? found.name.indexOf("/") : -1;
  return {
    type: "library",
    "bom-ref": reference,
    group: slash === -1 ? undefined : found.name.slice(0, slash),
    name: found.name.slice(slash + 1),
    version: found.version,
    // names out of a package are claims in free text; only some of them are SPDX ids
    licenses: found.licenses?.map((name) => ({ license: { name } })),
    purl: packageUrlOf(found, report.inventory.distribution),
    properties: [
      ...(found.source === undefined
        ? []
        : [
            { name: "haechi:source:name", value: found.source.name },
            { name: "haechi:source:version", value: found.source.version },
          ]),
      { name: "haechi:layer:diffId", value: found.evidence.layer },
      { name: "haechi:platform", value: renderPlatform(report.image.platform) },
    ],
    evidence: { occurrences: [{ location: found.evidence.path }] },
  };
}

function comparePackages(a: Package, b: Package): number {
  return (
    compareText(a.type, b.type) ||
    compareText(a.name, b.name) ||
    compareText(a.version, b.version) ||
    compareText(a.evidence.path, b.evidence.path)
  );
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
