// SPDX-License-Identifier: Apache-2.0
import { LIMITS, type Limits } from "#base";
import { type Fields, readDescriptor, readDescriptors, readLabels } from "./descriptor-fields.ts";
import { OciError } from "./errors.ts";
import { parseJsonDocument } from "./json-document.ts";
import type { ImageIndex, ImageManifest, Manifest } from "./manifest.ts";
import { DOCKER_MANIFEST, DOCKER_MANIFEST_LIST, MANIFEST_MEDIA_TYPES, OCI_INDEX, OCI_MANIFEST } from "./media-types.ts";

const INDEX_TYPES: ReadonlySet<string> = new Set([OCI_INDEX, DOCKER_MANIFEST_LIST]);

/** Field names that Go's JSON reader also accepts in other cases: `Layers` beside `layers` would be two documents in one. */
const FIELDS: ReadonlyMap<string, string> = new Map(
  [
    ...["schemaVersion", "mediaType", "artifactType", "config", "layers", "manifests", "subject", "annotations"],
    ...["digest", "size", "platform", "urls", "data", "fsLayers", "blobs"],
  ].map((field) => [fold(field), field]),
);

/**
 * The image manifest or index in the bytes: OCI v1 and Docker schema 2. `declaredMediaType` is what the registry or the
 * descriptor says it is. Throws `OciError`: `MANIFEST_UNSUPPORTED` for other formats (Docker schema 1),
 * `LIMIT_EXCEEDED`, and `MANIFEST_INVALID` for all else, in particular for a document that could be read as image and
 * as index (CVE-2021-41190) or whose `mediaType` contradicts the declared one.
 */
export function parseManifest(bytes: Uint8Array, declaredMediaType?: string, limits: Limits = LIMITS): Manifest {
  const document = parseJsonDocument(bytes, {
    maxBytes: limits.maxManifestBytes,
    maxDepth: limits.maxJsonDepth,
    code: "MANIFEST_INVALID",
  });
  if (typeof document !== "object" || document === null || Array.isArray(document)) {
    throw new OciError("MANIFEST_INVALID", "manifest is not a JSON object");
  }
  const fields = document as Fields;
  assertFieldNames(fields);
  const mediaType = decideMediaType(fields, declaredMediaType);
  assertCounts(fields, limits);
  return INDEX_TYPES.has(mediaType) ? readIndex(mediaType, fields) : readImage(mediaType, fields);
}

function readImage(mediaType: string, fields: Fields): ImageManifest {
  return {
    kind: "image",
    mediaType,
    config: readDescriptor(fields["config"], "config"),
    layers: readDescriptors(fields["layers"], "layers"),
    ...readShared(fields),
  };
}

function readIndex(mediaType: string, fields: Fields): ImageIndex {
  return {
    kind: "index",
    mediaType,
    manifests: readDescriptors(fields["manifests"], "manifests"),
    ...readShared(fields),
  };
}

function readShared(fields: Fields): Pick<ImageManifest, "artifactType" | "annotations" | "subject"> {
  const subject = fields["subject"] ?? undefined;
  return {
    ...(subject === undefined ? {} : { subject: readDescriptor(subject, "subject") }),
    ...readLabels(fields, ""),
  };
}

function decideMediaType(fields: Readonly<Record<string, unknown>>, declared: string | undefined): string {
  if (fields["schemaVersion"] !== 2) {
    const isSchema1 = fields["schemaVersion"] === 1;
    throw new OciError(
      isSchema1 ? "MANIFEST_UNSUPPORTED" : "MANIFEST_INVALID",
      isSchema1 ? "Docker schema 1 manifests are not supported" : "expected schemaVersion 2",
    );
  }
  const written = fields["mediaType"];
  if (written !== undefined && typeof written !== "string") {
    throw new OciError("MANIFEST_INVALID", "mediaType is not text");
  }
  const stated = declared?.split(";", 1)[0]?.trim();
  if (stated !== undefined && written !== undefined && stated !== written) {
    throw new OciError("MANIFEST_INVALID", "mediaType contradicts the declared media type", {
      details: { declared: stated.slice(0, 255), written: written.slice(0, 255) },
    });
  }
  const isIndex = Object.hasOwn(fields, "manifests");
  if (isIndex && ["layers", "config", "fsLayers"].some((field) => Object.hasOwn(fields, field))) {
    throw new OciError("MANIFEST_INVALID", "document could be read as an image and as an index");
  }
  const mediaType = written ?? stated ?? (isIndex ? OCI_INDEX : OCI_MANIFEST);
  if (!MANIFEST_MEDIA_TYPES.includes(mediaType)) {
    throw new OciError("MANIFEST_UNSUPPORTED", "media type is not a manifest that we read", {
      details: { mediaType: mediaType.slice(0, 255) },
    });
  }
  // OCI lets the field out, Docker schema 2 demands it: without it a Docker client reads something else.
  if (written === undefined && (mediaType === DOCKER_MANIFEST || mediaType === DOCKER_MANIFEST_LIST)) {
    throw new OciError("MANIFEST_INVALID", "a Docker schema 2 manifest must name its mediaType");
  }
  if (INDEX_TYPES.has(mediaType) !== isIndex) {
    throw new OciError("MANIFEST_INVALID", `content does not fit the media type ${mediaType}`);
  }
  return mediaType;
}

function assertFieldNames(value: unknown): void {
  if (Array.isArray(value)) {
    value.forEach(assertFieldNames);
  } else if (typeof value === "object" && value !== null) {
    for (const [key, child] of Object.entries(value)) {
      if ((FIELDS.get(fold(key)) ?? key) !== key) {
        throw new OciError("MANIFEST_INVALID", `field name in unusual case: ${key.slice(0, 100)}`);
      }
      if (key !== "annotations") {
        assertFieldNames(child);
      }
    }
  }
}

/** Case folding as Go's JSON reader does it: U+212A is a K and U+017F is an S. */
function fold(key: string): string {
  return key.toLowerCase().toUpperCase();
}

function assertCounts(fields: Readonly<Record<string, unknown>>, limits: Limits): void {
  for (const field of ["layers", "manifests"]) {
    const list = fields[field];
    if (Array.isArray(list) && list.length > limits.maxDescriptors) {
      throw new OciError("LIMIT_EXCEEDED", `${field} has ${list.length} entries, more than ${limits.maxDescriptors}`);
    }
  }
}
