// SPDX-License-Identifier: Apache-2.0
import type { Digest, Limits } from "#base";
import { type Description, describedPackage } from "../described-package.ts";
import { SbomError } from "../errors.ts";
import { type Fields, fieldsOf, listOf, textOf } from "../fields.ts";
import { type DescribedPlace, InventoryBuilder } from "../inventory-builder.ts";
import { ownImage } from "../own-image.ts";
import { PROPERTIES } from "../property-names.ts";
import type { Sbom } from "../sbom-image.ts";

const VERSIONS: readonly string[] = ["SPDX-2.2", "SPDX-2.3"];
const MEDIA_TYPE = "application/spdx+json";
/** Annotations of ours begin so. */
const OURS = "Tool: haechi-";

/** Reads an SPDX document (2.2, 2.3) as a value, whatever it was written in. `digest` gives that of its bytes. */
export function readSpdx(document: Fields, digest: () => Digest, limits: Limits): Sbom {
  const version = textOf(document, "spdxVersion") ?? "";
  if (!VERSIONS.includes(version)) {
    throw new SbomError("SBOM_UNSUPPORTED", `expected SPDX 2.2 or 2.3, found version "${version.slice(0, 20)}"`);
  }
  const texts = new Map(
    listOf(document["hasExtractedLicensingInfos"]).map((each) => [
      textOf(each, "licenseId") ?? "",
      textOf(each, "extractedText") ?? "",
    ]),
  );
  const packages = listOf(document["packages"]);
  const noted = packages.map((each) => ({ fields: each, properties: ownProperties(each) }));
  const owners = noted.flatMap(({ properties }) => ownImage(properties, limits) ?? []);
  const fallback = new InventoryBuilder(digest, limits);
  const builders = new Map(owners.map((each) => [each.digest as string, new InventoryBuilder(digest, limits)]));
  const only = owners.length === 1 ? builders.get(owners[0]?.digest ?? "") : undefined;
  for (const { fields, properties } of noted) {
    const named = new Map(properties.map((each) => [textOf(each, "name") ?? "", textOf(each, "value") ?? ""]));
    const builder = only ?? builders.get(named.get(PROPERTIES.imageDigest) ?? "") ?? fallback;
    addTrivySource(fields, named);
    const found = describedPackage(descriptionOf(fields, named, texts), limits);
    builder.add(found, placeOf(fields, named));
  }
  const images =
    owners.length === 0
      ? [fallback.build({ mediaType: MEDIA_TYPE })]
      : owners.map((own) => {
          const builder = builders.get(own.digest) ?? fallback;
          if (own.distribution !== undefined) {
            builder.setDistribution(own.distribution);
          }
          return builder.build({ image: own.image, status: own.status, problems: own.problems, mediaType: MEDIA_TYPE });
        });
  return { format: "spdx", version, name: textOf(document, "name") ?? "", images };
}

/** Trivy writes the source package, which advisories of distributions speak of, into a sentence. */
function addTrivySource(spdxPackage: Fields, properties: Map<string, string>): void {
  const [, name, version] =
    /^built package from: (\S{1,1000}) (\S{1,1000})$/.exec(textOf(spdxPackage, "sourceInfo") ?? "") ?? [];
  if (name !== undefined && version !== undefined) {
    properties.set("aquasecurity:trivy:SrcName", name);
    properties.set("aquasecurity:trivy:SrcVersion", version);
  }
}

/** What our annotation on a package carries: a list of `{name, value}` as JSON. */
function ownProperties(spdxPackage: Fields): readonly Fields[] {
  return listOf(spdxPackage["annotations"])
    .filter((each) => textOf(each, "annotator")?.startsWith(OURS) === true)
    .flatMap((each) => {
      try {
        return listOf(JSON.parse(textOf(each, "comment") ?? "[]"));
      } catch {
        // another one's words
        return [];
      }
    });
}

function descriptionOf(
  fields: Fields,
  properties: ReadonlyMap<string, string>,
  texts: ReadonlyMap<string, string>,
): Description {
  const sha1 = listOf(fields["checksums"])
    .filter((each) => textOf(each, "algorithm") === "SHA1")
    .map((each) => textOf(each, "checksumValue")?.toLowerCase())
    .find((each) => each !== undefined && /^[0-9a-f]{40}$/.test(each));
  const declared = textOf(fields, "licenseDeclared");
  return {
    name: textOf(fields, "name"),
    version: textOf(fields, "versionInfo"),
    purl: textOf(
      listOf(fields["externalRefs"]).find((each) => textOf(each, "referenceType") === "purl") ?? {},
      "referenceLocator",
    ),
    licenses:
      declared === undefined || declared === "NOASSERTION" || declared === "NONE" ? [] : licensesOf(declared, texts),
    sha1,
    properties,
  };
}

/** Our own documents join what a package names by AND; a reference stands for its text. */
function licensesOf(declared: string, texts: ReadonlyMap<string, string>): readonly string[] {
  const parts = declared.includes(" OR ") || declared.includes("(") ? [declared] : declared.split(" AND ");
  return parts.map((part) => texts.get(part) ?? part);
}

function placeOf(fields: Fields, properties: ReadonlyMap<string, string>): DescribedPlace {
  const index = properties.get(PROPERTIES.layerIndex);
  // Syft writes `acquired package info from DPKG DB: /var/lib/dpkg/status`
  const source = /: (\/[^,]{1,4096})/.exec(textOf(fields, "sourceInfo") ?? "")?.[1];
  return {
    path: properties.get(PROPERTIES.path) ?? textOf(fieldsOf(fields), "packageFileName") ?? source,
    layer: properties.get(PROPERTIES.layer),
    layerIndex: index !== undefined && /^\d{1,4}$/.test(index) ? Number(index) : undefined,
    analyzer: properties.get(PROPERTIES.analyzerOf),
  };
}
