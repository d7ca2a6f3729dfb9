// SPDX-License-Identifier: Apache-2.0

/** Names under which our own documents carry what the formats have no field for (CycloneDX properties, SPDX annotations). */
export const PROPERTIES = {
  imageDigest: "haechi:image:digest",
  imagePlatform: "haechi:image:platform",
  /** The image of the report without its digest, as JSON. */
  image: "haechi:image",
  status: "haechi:scan:status",
  /** As JSON. */
  problem: "haechi:scan:problem",
  /** `NAME VERSION`. */
  analyzer: "haechi:scan:analyzer",
  type: "haechi:package:type",
  architecture: "haechi:package:architecture",
  sourceName: "haechi:source:name",
  sourceVersion: "haechi:source:version",
  module: "haechi:package:module",
  vendor: "haechi:package:vendor",
  sha1: "haechi:package:sha1",
  isDeclared: "haechi:package:declared",
  ownerType: "haechi:owner:type",
  ownerName: "haechi:owner:name",
  ownerVersion: "haechi:owner:version",
  layer: "haechi:layer:diffId",
  layerIndex: "haechi:layer:index",
  analyzerOf: "haechi:analyzer",
  path: "haechi:path",
  platform: "haechi:platform",
} as const;

/** Name of the analyzer in inventories that were read from a document. */
export const SBOM_ANALYZER = "sbom";
