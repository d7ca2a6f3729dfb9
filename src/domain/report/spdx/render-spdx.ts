// SPDX-License-Identifier: Apache-2.0

import { digestHex, digestOf } from "#base";
import type { ScanReport } from "#findings";
import type { Package } from "#packages";
import { PROPERTIES, packageUrlOf } from "#sbom";
import { toJsonText } from "../json/json-text.ts";
import { compareReports } from "../order.ts";
import { comparePackages, imageProperties, packageProperties, type SbomProperty } from "../sbom/package-properties.ts";
import type { ScanOutcome } from "../scan-outcome.ts";

/** What stands for "when" in a document that must be the same every time: the builder's word, or nothing at all. */
const NO_DATE = "1970-01-01T00:00:00Z";

/**
 * The inventory of an image as SPDX 2.3 JSON, with two spaces of indentation and a line feed at its end. `created` is the date of the
 * image, not of the document, and the namespace follows from the content: equal inventories give equal bytes. What the format has no
 * field for is carried in annotations, so that `#sbom` makes the same inventory of it again.
 */
export function renderSpdx(
  input: Pick<ScanOutcome, "reference" | "reports">,
  options: { readonly toolVersion: string },
): string {
  const reports = input.reports.toSorted(compareReports);
  const isOne = reports.length === 1;
  const created = latestDate(reports);
  const writing: Writing = { created, annotator: `Tool: haechi-${options.toolVersion}`, licenses: new Map() };
  const images = reports.map((report, index) => toImage(report, `SPDXRef-Image-${index}`, writing));
  const packages = reports.map((report, index) =>
    report.inventory.packages
      .toSorted(comparePackages)
      .map((found, at) => toPackage(found, report, { id: `SPDXRef-Package-${index}-${at}`, isOne, writing })),
  );
  const content = {
    name: input.reference === "" ? "image" : input.reference,
    creationInfo: { created, creators: [writing.annotator] },
    packages: [...images, ...packages.flat()],
    hasExtractedLicensingInfos: [...writing.licenses].map(([extractedText, licenseId]) => ({
      licenseId,
      extractedText,
    })),
    relationships: [
      ...images.map(({ SPDXID }) => relation("SPDXRef-DOCUMENT", "DESCRIBES", SPDXID)),
      ...packages.flatMap((of, index) =>
        of.map(({ SPDXID }) => relation(`SPDXRef-Image-${index}`, "CONTAINS", SPDXID)),
      ),
    ],
  };
  const document = {
    spdxVersion: "SPDX-2.3",
    dataLicense: "CC0-1.0",
    SPDXID: "SPDXRef-DOCUMENT",
    documentNamespace: `https://haechi.dev/spdx/${digestHex(digestOf(JSON.stringify(content)))}`,
    ...content,
  };
  return toJsonText(document);
}

interface Writing {
  readonly created: string;
  readonly annotator: string;
  /** Texts of licenses that are no SPDX expression, with the references that stand for them. */
  readonly licenses: Map<string, string>;
}

interface SpdxPackage {
  readonly SPDXID: string;
}

function toImage(report: ScanReport, id: string, writing: Writing): SpdxPackage {
  return {
    SPDXID: id,
    ...{
      name: report.image.digest,
      versionInfo: report.image.digest,
      primaryPackagePurpose: "CONTAINER",
      ...unknowns(),
      licenseDeclared: "NOASSERTION",
      annotations: [annotation(imageProperties(report), writing)],
    },
  };
}

function toPackage(
  found: Package,
  report: ScanReport,
  { id, isOne, writing }: { readonly id: string; readonly isOne: boolean; readonly writing: Writing },
): SpdxPackage {
  const { distribution } = report.inventory;
  const purl = packageUrlOf(found, distribution);
  const properties: readonly SbomProperty[] = [
    ...packageProperties(found, report, isOne),
    { name: PROPERTIES.path, value: found.evidence.path },
  ];
  return {
    SPDXID: id,
    ...{
      // an empty name has no place in the format; what reads the document finds no package in it
      name: found.name === "" ? "NOASSERTION" : found.name,
      versionInfo: found.version,
      ...unknowns(),
      licenseDeclared: licenseOf(found.licenses ?? [], writing.licenses),
      sourceInfo: `found by ${found.evidence.analyzer} in /${found.evidence.path}`,
      ...(found.sha1 === undefined ? {} : { checksums: [{ algorithm: "SHA1", checksumValue: found.sha1 }] }),
      ...(purl === undefined
        ? {}
        : {
            externalRefs: [{ referenceCategory: "PACKAGE-MANAGER", referenceType: "purl", referenceLocator: purl }],
          }),
      annotations: [annotation(properties, writing)],
    },
  };
}

/** What a scan does not find out. */
function unknowns(): object {
  return {
    downloadLocation: "NOASSERTION",
    filesAnalyzed: false,
    licenseConcluded: "NOASSERTION",
    copyrightText: "NOASSERTION",
  };
}

function annotation(properties: readonly SbomProperty[], { annotator, created }: Writing): object {
  return {
    annotationDate: created,
    annotationType: "OTHER",
    annotator,
    comment: JSON.stringify(properties),
  };
}

/** Claims in free text: each gets a reference of its own, since only some of them would be SPDX ids. */
function licenseOf(licenses: readonly string[], known: Map<string, string>): string {
  const references = licenses
    .filter((text) => text !== "")
    .map((text) => {
      const reference = known.get(text) ?? `LicenseRef-${known.size}`;
      known.set(text, reference);
      return reference;
    });
  return references.length === 0 ? "NOASSERTION" : references.join(" AND ");
}

function relation(from: string, relationshipType: string, to: string): object {
  return { spdxElementId: from, relationshipType, relatedSpdxElement: to };
}

/** The builder's claim in the one form that the format takes. */
function latestDate(reports: readonly ScanReport[]): string {
  const times = reports
    .map(({ image }) => Date.parse(image.created ?? ""))
    .filter((time) => Number.isFinite(time) && time >= 0 && time < Date.UTC(10_000, 0));
  const latest = times.toSorted((a, b) => b - a)[0];
  return latest === undefined ? NO_DATE : new Date(latest).toISOString().replace(/\.\d{3}Z$/, "Z");
}
