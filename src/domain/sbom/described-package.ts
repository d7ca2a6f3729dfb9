// SPDX-License-Identifier: Apache-2.0
import { PackageURL } from "packageurl-js";
import type { Limits } from "#base";
import type { Distribution, FoundPackage, OsPackageType, PackageOwner, PackageType } from "#packages";
import { PROPERTIES } from "./property-names.ts";

/** What a document says about one component, before it is known to be a package. */
export interface Description {
  readonly name?: string | undefined;
  readonly group?: string | undefined;
  readonly version?: string | undefined;
  readonly purl?: string | undefined;
  readonly licenses: readonly string[];
  readonly sha1?: string | undefined;
  readonly properties: ReadonlyMap<string, string>;
}

/** A package as described, with what the document says of its place. */
export interface DescribedPackage {
  readonly found: FoundPackage;
  readonly owner?: PackageOwner;
  /** The distribution that its package URL names. */
  readonly distribution?: Distribution;
}

const OS_TYPES: readonly string[] = ["deb", "apk", "rpm"] satisfies readonly OsPackageType[];
const TYPES: readonly string[] = [
  "deb",
  "apk",
  "rpm",
  "npm",
  "pypi",
  "golang",
  "maven",
  "gem",
  "composer",
  "cargo",
  "nuget",
  "conda",
  "pub",
  "hex",
  "generic",
] satisfies readonly PackageType[];

/** C0, DEL, C1: a name with one of them would travel into terminals and logs. */
// oxlint-disable-next-line no-control-regex -- control characters are what is looked for
const CONTROL = /[\u0000-\u001f\u007f-\u009f]/;

/**
 * The package of a description: `undefined` for a component that is none (a file, an application, a type that nobody matches), a text
 * (English, no full stop) for one that cannot be told. Our own properties come first, then the package URL with the qualifiers that
 * others use, then their properties.
 */
export function describedPackage(described: Description, limits: Limits): DescribedPackage | string | undefined {
  const own = ownPackage(described);
  const read = own ?? foreignPackage(described);
  if (read === undefined || typeof read === "string") {
    return read;
  }
  const { name, version, architecture, source, licenses = [] } = read.found;
  const texts = [name, version, architecture ?? "", source?.name ?? "", source?.version ?? "", ...licenses];
  if (texts.some((text) => text.length > limits.maxFieldLength)) {
    return "a field of a component is too long";
  }
  if ([name, version].some((text) => CONTROL.test(text))) {
    return "name or version of a component has control characters";
  }
  return read;
}

function isPackageType(text: string): text is PackageType {
  return TYPES.includes(text);
}

function ownPackage(described: Description): DescribedPackage | undefined {
  const { properties, name, group, version } = described;
  const type = properties.get(PROPERTIES.type);
  if (type === undefined || !isPackageType(type) || name === undefined || version === undefined) {
    return undefined;
  }
  const ownerType = properties.get(PROPERTIES.ownerType);
  const ownerName = properties.get(PROPERTIES.ownerName);
  const ownerVersion = properties.get(PROPERTIES.ownerVersion);
  return {
    found: {
      type,
      name: fullName(type, group, name),
      version,
      ...optional("architecture", properties.get(PROPERTIES.architecture)),
      ...sourceOf(properties.get(PROPERTIES.sourceName), properties.get(PROPERTIES.sourceVersion)),
      ...(described.licenses.length === 0 ? {} : { licenses: described.licenses }),
      ...(properties.get(PROPERTIES.isDeclared) === "true" ? { isDeclared: true as const } : {}),
      ...optional("module", properties.get(PROPERTIES.module)),
      ...optional("vendor", properties.get(PROPERTIES.vendor)),
      ...optional("sha1", properties.get(PROPERTIES.sha1) ?? described.sha1),
    },
    ...(ownerName !== undefined && ownerVersion !== undefined && isOsType(ownerType)
      ? { owner: { type: ownerType, name: ownerName, version: ownerVersion } }
      : {}),
  };
}

function isOsType(text: string | undefined): text is OsPackageType {
  return text !== undefined && OS_TYPES.includes(text);
}

function foreignPackage(described: Description): DescribedPackage | string | undefined {
  const { purl, properties } = described;
  if (purl === undefined) {
    return undefined;
  }
  const url = parsePackageUrl(purl);
  if (url === undefined) {
    return "a component has a package URL that cannot be read";
  }
  if (!isPackageType(url.type)) {
    return undefined;
  }
  const { type } = url;
  const version = url.version ?? described.version;
  if (version === undefined) {
    return `the version of ${url.name.slice(0, 100)} is missing`;
  }
  const qualifiers = new Map(Object.entries(url.qualifiers ?? {}));
  const isOs = isOsType(type);
  const epoch = qualifiers.get("epoch");
  const source = isOs ? foreignSource(properties, qualifiers.get("upstream"), version) : {};
  const distribution = isOs ? distributionOf(url.namespace ?? undefined, qualifiers.get("distro")) : undefined;
  const module = properties.get("aquasecurity:trivy:Modularitylabel") ?? qualifiers.get("rpmmod");
  return {
    found: {
      type,
      name: isOs
        ? url.name
        : canonicalName(type, nameInOwnCase(described, fullName(type, url.namespace ?? undefined, url.name), type)),
      version: canonicalVersion(type, url.name, epoch === undefined ? version : withEpoch(version, epoch)),
      ...(isOs ? optional("architecture", qualifiers.get("arch")) : {}),
      ...source,
      ...(described.licenses.length === 0 ? {} : { licenses: described.licenses }),
      ...optional("module", module === undefined ? undefined : moduleStream(module)),
      ...optional("sha1", described.sha1),
    },
    ...(distribution === undefined ? {} : { distribution }),
  };
}

function parsePackageUrl(text: string): PackageURL | undefined {
  try {
    return PackageURL.fromString(text);
  } catch {
    // said by the caller
    return undefined;
  }
}

function fullName(type: PackageType, group: string | undefined, name: string): string {
  if (group === undefined || group === "") {
    return name;
  }
  return `${group}${type === "maven" ? ":" : "/"}${name}`;
}

/** Package URLs of Go modules are written in lower case, which advisories are not: the component's own name tells. */
function nameInOwnCase({ group, name }: Description, urlName: string, type: PackageType): string {
  if (type !== "golang" || name === undefined) {
    return urlName;
  }
  const spellings = [name, fullName(type, group, name)];
  return spellings.find((each) => each.toLowerCase() === urlName.toLowerCase()) ?? urlName;
}

/** PyPI's names have many spellings (PEP 503), of which the first that advisories use is ours too. */
function canonicalName(type: PackageType, name: string): string {
  return type === "pypi" ? name.toLowerCase().replaceAll(/[-_.]+/g, "-") : name;
}

/** Go modules are written with `v`, its standard library without. */
function canonicalVersion(type: PackageType, name: string, version: string): string {
  if (type !== "golang") {
    return version;
  }
  return name === "stdlib" ? version.replace(/^(?:v|go)/, "") : version.replace(/^(?=\d)/, "v");
}

function withEpoch(version: string, epoch: string): string {
  return version.includes(":") || !/^[1-9]\d{0,9}$/.test(epoch) ? version : `${epoch}:${version}`;
}

/** A label is `NAME:STREAM:VERSION:CONTEXT`. */
function moduleStream(label: string): string {
  return label.split(":").slice(0, 2).join(":");
}

/** The source package as Trivy's properties or Syft's `upstream` (`NAME` or `NAME@VERSION`) have it. */
function foreignSource(
  properties: ReadonlyMap<string, string>,
  upstream: string | undefined,
  version: string,
): Pick<FoundPackage, "source"> {
  const name = properties.get("aquasecurity:trivy:SrcName");
  if (name !== undefined) {
    const epoch = properties.get("aquasecurity:trivy:SrcEpoch") ?? "";
    const release = properties.get("aquasecurity:trivy:SrcRelease");
    const upstreamVersion = properties.get("aquasecurity:trivy:SrcVersion");
    const full = [upstreamVersion, release].filter((part) => part !== undefined).join("-");
    return sourceOf(name, upstreamVersion === undefined ? version : withEpoch(full, epoch));
  }
  const [upstreamName, upstreamVersion] = (upstream ?? "").split("@");
  // an upstream such as `openssl-3.0.7-1.el9.src.rpm` names a file and no package
  return upstreamName === undefined || upstreamName === "" || upstreamName.endsWith(".src.rpm")
    ? {}
    : sourceOf(upstreamName, upstreamVersion ?? version);
}

function sourceOf(name: string | undefined, version: string | undefined): Pick<FoundPackage, "source"> {
  return name === undefined || version === undefined ? {} : { source: { name, version } };
}

function distributionOf(namespace: string | undefined, distro: string | undefined): Distribution | undefined {
  const [, id, versionId] = /^([a-z][a-z0-9_-]{0,60}?)-(\d[0-9.]{0,30})$/.exec(distro ?? "") ?? [];
  if (id !== undefined && versionId !== undefined) {
    return { id, versionId };
  }
  const name = distro ?? namespace;
  return name === undefined ? undefined : { id: name };
}

function optional<Key extends string>(key: Key, value: string | undefined): { readonly [key in Key]?: string } {
  return value === undefined || value === "" ? {} : ({ [key]: value } as { readonly [key in Key]: string });
}
