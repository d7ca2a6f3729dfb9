// SPDX-License-Identifier: Apache-2.0
import { type Advisory, type AdvisorySource, type Exploitation, versionSchemeOf } from "#advisories";
import { type Digest, digestOf } from "#base";
import type { ScanReport } from "#findings";
import type { Inventory, Package } from "#packages";

/** The layer that every package of {@link packageIn} is in. */
export const LAYER: Digest = digestOf("layer");

/** The digest of the image of {@link imageFacts}. */
export const IMAGE_DIGEST: Digest = digestOf("image");

/** An advisory with everything that is not said left at its default. */
export function advisory(fields: Partial<Advisory> & Pick<Advisory, "id" | "ecosystem" | "packageName">): Advisory {
  const scheme = versionSchemeOf(fields.ecosystem);
  return {
    aliases: [],
    upstream: [],
    ranges: [],
    versions: [],
    severity: "unknown",
    summary: "",
    modified: "2024-01-01T00:00:00Z",
    ...(scheme === undefined ? {} : { scheme }),
    ...fields,
  };
}

/** A source of advisories that are in memory. */
export function sourceOf(
  advisories: readonly Advisory[],
  more: { readonly exploitations?: Readonly<Record<string, Exploitation>> } & Partial<AdvisorySource> = {},
): AdvisorySource {
  const { exploitations = {}, ...rest } = more;
  const ecosystems: Record<string, number> = {};
  for (const { ecosystem } of advisories) {
    ecosystems[ecosystem] = (ecosystems[ecosystem] ?? 0) + 1;
  }
  return {
    info: {
      digest: digestOf("db"),
      date: "2024-01-01T00:00:00Z",
      advisories: advisories.length,
      isBundled: false,
      ecosystems,
    },
    advisoriesFor: (ecosystem, name) =>
      advisories.filter((each) => each.ecosystem === ecosystem && each.packageName === name),
    exploitationOf: (cve) => exploitations[cve],
    ...rest,
  };
}

/** A package of an image. */
export function packageIn(
  path: string,
  type: Package["type"],
  [name, version]: readonly [string, string],
  more: Partial<Package> = {},
): Package {
  return { type, name, version, evidence: { layer: LAYER, layerIndex: 0, path, analyzer: type }, ...more };
}

/** A complete inventory of Debian 12. */
export function inventoryOf(packages: readonly Package[], more: Partial<Inventory> = {}): Inventory {
  const distribution = { id: "debian", versionId: "12" };
  return { status: "complete", distribution, packages, problems: [], analyzers: {}, ...more };
}

/** What a report says of the image itself. */
export function imageFacts(): ScanReport["image"] {
  return {
    digest: IMAGE_DIGEST,
    mediaType: "application/vnd.oci.image.manifest.v1+json",
    platform: { os: "linux", architecture: "amd64" },
    sizeBytes: 1,
    layers: [{ digest: LAYER, diffId: LAYER, sizeBytes: 1, createdBy: "COPY . /app" }],
  };
}
