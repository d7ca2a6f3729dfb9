// SPDX-License-Identifier: Apache-2.0
import type { Digest, Limits } from "#base";
import type { Distribution } from "#packages";
import { type Description, describedPackage } from "../described-package.ts";
import { SbomError } from "../errors.ts";
import { type Fields, fieldsOf, listOf, propertiesOf, textOf } from "../fields.ts";
import { type DescribedPlace, InventoryBuilder } from "../inventory-builder.ts";
import { type OwnImage, ownImage } from "../own-image.ts";
import { PROPERTIES } from "../property-names.ts";
import type { Sbom } from "../sbom-image.ts";

const VERSIONS: readonly string[] = ["1.2", "1.3", "1.4", "1.5", "1.6", "1.7"];
const MEDIA_TYPE = "application/vnd.cyclonedx+json";

/** What Trivy calls distributions that os-release calls otherwise. */
const DISTRIBUTION_IDS: Readonly<Record<string, string>> = {
  redhat: "rhel",
  alma: "almalinux",
  amazon: "amzn",
  oracle: "ol",
  "opensuse.leap": "opensuse-leap",
  "opensuse.tumbleweed": "opensuse-tumbleweed",
  "suse linux enterprise server": "sles",
  "cbl-mariner": "mariner",
};

/** Reads a CycloneDX document (1.2 to 1.7) as a value, whatever it was written in. `digest` gives that of its bytes. */
export function readCycloneDx(document: Fields, digest: () => Digest, limits: Limits): Sbom {
  const version = textOf(document, "specVersion") ?? "";
  if (!VERSIONS.includes(version)) {
    throw new SbomError(
      "SBOM_UNSUPPORTED",
      `expected CycloneDX ${VERSIONS.at(0) ?? ""} to ${VERSIONS.at(-1) ?? ""}, found version "${version.slice(0, 20)}"`,
    );
  }
  const subject = fieldsOf(fieldsOf(document["metadata"])["component"]);
  const owners = ownImages(subject, limits);
  const fallback = new InventoryBuilder(digest, limits);
  const builders = new Map(owners.map((each) => [each.digest as string, new InventoryBuilder(digest, limits)]));
  const only = owners.length === 1 ? builders.get(owners[0]?.digest ?? "") : undefined;
  for (const component of componentsOf(document, limits, fallback)) {
    const properties = propertiesOf(component["properties"]);
    const builder = only ?? builders.get(properties.get(PROPERTIES.imageDigest) ?? "") ?? fallback;
    const type = textOf(component, "type");
    if (type === "operating-system") {
      setDistribution(builder, component, properties);
    } else if (type !== "file") {
      const described = descriptionOf(component, properties);
      const found = describedPackage(described, limits);
      builder.add(
        found ?? (isNamelessLibrary(type, described) ? "a library has no package URL" : undefined),
        placeOf(component, properties),
      );
    }
  }
  if (isIncomplete(document, subject) && owners.length === 0) {
    fallback.addProblem("the document says that it is not complete", "LIMIT_EXCEEDED");
  }
  const images =
    owners.length === 0
      ? [fallback.build({ mediaType: MEDIA_TYPE })]
      : owners.map((own) => buildOwn(builders.get(own.digest) ?? fallback, own));
  return { format: "cyclonedx", version, name: textOf(subject, "name") ?? "", images };
}

/** A package that nobody can look up is not a package that is clean. */
function isNamelessLibrary(type: string | undefined, { purl }: Description): boolean {
  return (type === "library" || type === "framework") && purl === undefined;
}

function buildOwn(builder: InventoryBuilder, own: OwnImage): Sbom["images"][number] {
  if (own.distribution !== undefined) {
    builder.setDistribution(own.distribution);
  }
  return builder.build({ image: own.image, status: own.status, problems: own.problems, mediaType: MEDIA_TYPE });
}

/** Our documents describe each image in the subject, or in the subjects within it where there are several. */
function ownImages(subject: Fields, limits: Limits): readonly OwnImage[] {
  return [subject, ...listOf(subject["components"])]
    .slice(0, limits.maxDescriptors)
    .flatMap((each) => ownImage(listOf(each["properties"]), limits) ?? []);
}

/** All components, those within others too; in breadth, so that depth costs nothing. */
function* componentsOf(document: Fields, limits: Limits, builder: InventoryBuilder): Generator<Fields> {
  const queue: unknown[] = [document["components"]];
  let seen = 0;
  for (let at = 0; at < queue.length; at += 1) {
    for (const component of listOf(queue[at])) {
      seen += 1;
      if (seen > 2 * limits.maxPackages) {
        builder.addProblem("too many components", "LIMIT_EXCEEDED");
        return;
      }
      yield component;
      if (component["components"] !== undefined) {
        queue.push(component["components"]);
      }
    }
  }
}

function setDistribution(builder: InventoryBuilder, component: Fields, properties: ReadonlyMap<string, string>): void {
  const name = properties.get("syft:distro:id") ?? textOf(component, "name");
  if (name !== undefined) {
    const id = DISTRIBUTION_IDS[name.toLowerCase()] ?? name;
    const versionId = properties.get("syft:distro:versionID") ?? textOf(component, "version");
    const prettyName = properties.get("syft:distro:prettyName") ?? textOf(component, "description");
    const distribution: Distribution = {
      id,
      ...(versionId === undefined ? {} : { versionId }),
      ...(prettyName === undefined ? {} : { prettyName }),
    };
    builder.setDistribution(distribution);
  }
}

function descriptionOf(component: Fields, properties: ReadonlyMap<string, string>): Description {
  return {
    name: textOf(component, "name"),
    group: textOf(component, "group"),
    version: textOf(component, "version"),
    purl: textOf(component, "purl"),
    licenses: listOf(component["licenses"]).flatMap((each) => {
      const license = fieldsOf(each["license"]);
      return textOf(license, "id") ?? textOf(license, "name") ?? textOf(each, "expression") ?? [];
    }),
    sha1: listOf(component["hashes"])
      .filter((each) => textOf(each, "alg") === "SHA-1")
      .map((each) => textOf(each, "content")?.toLowerCase())
      .find((each) => each !== undefined && /^[0-9a-f]{40}$/.test(each)),
    properties,
  };
}

function placeOf(component: Fields, properties: ReadonlyMap<string, string>): DescribedPlace {
  const index = properties.get(PROPERTIES.layerIndex);
  return {
    path:
      textOf(listOf(fieldsOf(component["evidence"])["occurrences"])[0] ?? {}, "location") ??
      properties.get("aquasecurity:trivy:FilePath") ??
      properties.get("syft:location:0:path"),
    layer:
      properties.get(PROPERTIES.layer) ??
      properties.get("aquasecurity:trivy:LayerDiffID") ??
      properties.get("syft:location:0:layerID"),
    layerIndex: index !== undefined && /^\d{1,4}$/.test(index) ? Number(index) : undefined,
    analyzer: properties.get(PROPERTIES.analyzerOf),
  };
}

/** Whether the document says of its subject that parts are missing (`compositions`, CycloneDX 1.3). */
function isIncomplete(document: Fields, subject: Fields): boolean {
  const reference = textOf(subject, "bom-ref");
  return listOf(document["compositions"]).some(
    (each) =>
      (textOf(each, "aggregate") ?? "").startsWith("incomplete") &&
      Array.isArray(each["assemblies"]) &&
      each["assemblies"].includes(reference),
  );
}
