// SPDX-License-Identifier: Apache-2.0
import { z } from "zod";
import { isDigest, LIMITS, type Limits } from "#base";
import { OciError } from "./errors.ts";
import { parseJsonDocument } from "./json-document.ts";
import type { Descriptor, ImageIndex, ImageManifest, Manifest, Platform } from "./manifest.ts";
import { DOCKER_MANIFEST, DOCKER_MANIFEST_LIST, MANIFEST_MEDIA_TYPES, OCI_INDEX, OCI_MANIFEST } from "./media-types.ts";

const MAX_MEDIA_TYPE_LENGTH = 255;
const MEDIA_TYPE = /^[A-Za-z0-9][A-Za-z0-9!#$&^_.+-]{0,126}\/[A-Za-z0-9][A-Za-z0-9!#$&^_.+-]{0,126}$/;
const INDEX_TYPES: ReadonlySet<string> = new Set([OCI_INDEX, DOCKER_MANIFEST_LIST]);

/** Field names that Go's JSON reader also accepts in other cases: `Layers` beside `layers` would be two documents in one. */
const FIELDS: ReadonlyMap<string, string> = new Map(
  [
    ...["schemaVersion", "mediaType", "artifactType", "config", "layers", "manifests", "subject", "annotations"],
    ...["digest", "size", "platform", "urls", "data", "fsLayers", "blobs"],
  ].map((field) => [fold(field), field]),
);

const mediaTypeSchema = z.string().max(MAX_MEDIA_TYPE_LENGTH).regex(MEDIA_TYPE, "is not a media type");
const annotationsSchema = z.record(z.string(), z.string()).nullish();
const digestSchema = z.string().refine(isDigest, "is not a sha256 or sha512 digest");

const platformSchema = z
  .object({
    os: z.string(),
    architecture: z.string(),
    variant: z.string().optional(),
    "os.version": z.string().optional(),
  })
  .transform(
    (platform): Platform => ({
      os: platform.os,
      architecture: platform.architecture,
      ...(platform.variant === undefined || platform.variant === "" ? {} : { variant: platform.variant }),
      ...(platform["os.version"] === undefined ? {} : { osVersion: platform["os.version"] }),
    }),
  );

const descriptorSchema = z
  .object({
    mediaType: mediaTypeSchema,
    digest: digestSchema,
    size: z.int().nonnegative(),
    platform: platformSchema.nullish(),
    artifactType: z.string().max(MAX_MEDIA_TYPE_LENGTH).optional(),
    annotations: annotationsSchema,
    data: z.unknown().optional(),
  })
  .transform(
    (descriptor): Descriptor => ({
      mediaType: descriptor.mediaType,
      digest: descriptor.digest,
      size: descriptor.size,
      ...(descriptor.platform ? { platform: descriptor.platform } : {}),
      ...(descriptor.data === undefined || descriptor.data === null ? {} : { isEmbedded: true }),
      ...shared(descriptor),
    }),
  );

const commonFields = {
  artifactType: z.string().max(MAX_MEDIA_TYPE_LENGTH).optional(),
  subject: descriptorSchema.nullish(),
  annotations: annotationsSchema,
};
const imageSchema = z.object({ ...commonFields, config: descriptorSchema, layers: z.array(descriptorSchema) });
const indexSchema = z.object({ ...commonFields, manifests: z.array(descriptorSchema) });

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
  const fields = z.record(z.string(), z.unknown()).safeParse(document);
  if (!fields.success) {
    throw new OciError("MANIFEST_INVALID", "manifest is not a JSON object");
  }
  assertFieldNames(fields.data);
  const mediaType = decideMediaType(fields.data, declaredMediaType);
  assertCounts(fields.data, limits);
  return INDEX_TYPES.has(mediaType) ? readIndex(mediaType, fields.data) : readImage(mediaType, fields.data);
}

function readImage(mediaType: string, fields: unknown): ImageManifest {
  const image = parseWith(imageSchema, fields);
  return {
    kind: "image",
    mediaType,
    config: image.config,
    layers: image.layers,
    ...(image.subject ? { subject: image.subject } : {}),
    ...shared(image),
  };
}

function readIndex(mediaType: string, fields: unknown): ImageIndex {
  const index = parseWith(indexSchema, fields);
  return {
    kind: "index",
    mediaType,
    manifests: index.manifests,
    ...(index.subject ? { subject: index.subject } : {}),
    ...shared(index),
  };
}

function shared(from: {
  readonly artifactType?: string | undefined;
  readonly annotations?: Readonly<Record<string, string>> | null | undefined;
}): Pick<Descriptor, "artifactType" | "annotations"> {
  return {
    ...(from.artifactType === undefined || from.artifactType === "" ? {} : { artifactType: from.artifactType }),
    ...(from.annotations ? { annotations: from.annotations } : {}),
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

function parseWith<T>(schema: z.ZodType<T>, value: unknown): T {
  const result = schema.safeParse(value);
  if (!result.success) {
    const issue = result.error.issues[0];
    const path = issue?.path.join(".") ?? "";
    throw new OciError("MANIFEST_INVALID", `invalid manifest: ${path}: ${issue?.message ?? "malformed"}`);
  }
  return result.data;
}
