// SPDX-License-Identifier: Apache-2.0
import { compareText } from "#base";
import type { ScanReport } from "#findings";
import { renderPlatform } from "#oci";
import type { Package } from "#packages";
import { PROPERTIES } from "#sbom";

/** A name and a value of ours, for what a format has no field for. */
export interface SbomProperty {
  readonly name: string;
  readonly value: string;
}

/** What makes the package the same again when the document is read; `isOne` is false for documents over several platforms. */
export function packageProperties(found: Package, report: ScanReport, isOne: boolean): readonly SbomProperty[] {
  const { evidence, owner, source } = found;
  return present([
    [PROPERTIES.type, found.type],
    [PROPERTIES.architecture, found.architecture],
    [PROPERTIES.sourceName, source?.name],
    [PROPERTIES.sourceVersion, source?.version],
    [PROPERTIES.module, found.module],
    [PROPERTIES.vendor, found.vendor],
    [PROPERTIES.isDeclared, found.isDeclared === true ? "true" : undefined],
    [PROPERTIES.ownerType, owner?.type],
    [PROPERTIES.ownerName, owner?.name],
    [PROPERTIES.ownerVersion, owner?.version],
    [PROPERTIES.layer, evidence.layer],
    [PROPERTIES.layerIndex, String(evidence.layerIndex)],
    [PROPERTIES.analyzerOf, evidence.analyzer],
    [PROPERTIES.platform, renderPlatform(report.image.platform)],
    [PROPERTIES.imageDigest, isOne ? undefined : report.image.digest],
  ]);
}

/** What makes the image the same again. */
export function imageProperties({ image, inventory }: ScanReport): readonly SbomProperty[] {
  const { digest, ...rest } = image;
  return present([
    [PROPERTIES.imageDigest, digest],
    [PROPERTIES.imagePlatform, renderPlatform(image.platform)],
    [PROPERTIES.image, JSON.stringify({ ...describeImage(rest), distribution: inventory.distribution })],
    [PROPERTIES.status, inventory.status],
    ...Object.entries(inventory.analyzers)
      .toSorted(([a], [b]) => compareText(a, b))
      .map(([name, version]): Pair => [PROPERTIES.analyzer, `${name} ${version}`]),
    ...inventory.problems.map(
      ({ code, message, path, layer }): Pair => [PROPERTIES.problem, JSON.stringify({ code, message, path, layer })],
    ),
  ]);
}

type Pair = readonly [name: string, value: string | undefined];

function present(pairs: readonly Pair[]): readonly SbomProperty[] {
  return pairs.flatMap(([name, value]) => (value === undefined ? [] : [{ name, value }]));
}

/** With keys in a fixed order. */
function describeImage({
  mediaType,
  platform,
  created,
  sizeBytes,
  layers,
}: Omit<ScanReport["image"], "digest">): object {
  return {
    mediaType,
    platform: {
      os: platform.os,
      architecture: platform.architecture,
      variant: platform.variant,
      osVersion: platform.osVersion,
    },
    created,
    sizeBytes,
    layers: layers.map((layer) => ({
      digest: layer.digest,
      diffId: layer.diffId,
      sizeBytes: layer.sizeBytes,
      createdBy: layer.createdBy,
    })),
  };
}

/** The order of packages in every document. */
export function comparePackages(a: Package, b: Package): number {
  return (
    compareText(a.type, b.type) ||
    compareText(a.name, b.name) ||
    compareText(a.version, b.version) ||
    compareText(a.evidence.path, b.evidence.path) ||
    compareText(a.architecture ?? "", b.architecture ?? "")
  );
}
