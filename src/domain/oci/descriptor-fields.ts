// SPDX-License-Identifier: Apache-2.0
import { isDigest } from "#base";
import { OciError } from "./errors.ts";
import type { Descriptor, Platform } from "./manifest.ts";

/** The fields of a JSON object, not yet looked at. */
export type Fields = Readonly<Record<string, unknown>>;

const MAX_MEDIA_TYPE_LENGTH = 255;
const MEDIA_TYPE = /^[A-Za-z0-9][A-Za-z0-9!#$&^_.+-]{0,126}\/[A-Za-z0-9][A-Za-z0-9!#$&^_.+-]{0,126}$/;

// Written out instead of as a schema: manifests are read in every program and for every image, and loading a library
// for it would take longer than `haechi verify` has.

/** A list of descriptors; `path` names it in errors. Throws `MANIFEST_INVALID`. */
export function readDescriptors(value: unknown, path: string): readonly Descriptor[] {
  if (!Array.isArray(value)) {
    throw invalid(path, "is not a list");
  }
  return value.map((each: unknown, index) => readDescriptor(each, `${path}.${index}`));
}

/** A descriptor (OCI image-spec, descriptor.md). Throws `MANIFEST_INVALID`. */
export function readDescriptor(value: unknown, path: string): Descriptor {
  const fields = readObject(value, path);
  const mediaType = readText(fields["mediaType"], `${path}.mediaType`);
  if (mediaType.length > MAX_MEDIA_TYPE_LENGTH || !MEDIA_TYPE.test(mediaType)) {
    throw invalid(`${path}.mediaType`, "is not a media type");
  }
  const digest = readText(fields["digest"], `${path}.digest`);
  if (!isDigest(digest)) {
    throw invalid(`${path}.digest`, "is not a sha256 or sha512 digest");
  }
  const size = fields["size"];
  if (typeof size !== "number" || !Number.isSafeInteger(size) || size < 0) {
    throw invalid(`${path}.size`, "is not a size");
  }
  const platform = fields["platform"] ?? undefined;
  const isEmbedded = (fields["data"] ?? undefined) !== undefined;
  return {
    mediaType,
    digest,
    size,
    ...(platform === undefined ? {} : { platform: readPlatform(platform, `${path}.platform`) }),
    ...(isEmbedded ? { isEmbedded } : {}),
    ...readLabels(fields, `${path}.`),
  };
}

/** `artifactType` and `annotations`, which manifests and descriptors share; `prefix` stands before their names in errors. */
export function readLabels(fields: Fields, prefix: string): Pick<Descriptor, "artifactType" | "annotations"> {
  const artifactType = readOptionalText(fields, "artifactType", prefix);
  if ((artifactType ?? "").length > MAX_MEDIA_TYPE_LENGTH) {
    throw invalid(`${prefix}artifactType`, "is too long");
  }
  const annotations = fields["annotations"] ?? undefined;
  return {
    ...(artifactType === undefined || artifactType === "" ? {} : { artifactType }),
    ...(annotations === undefined ? {} : { annotations: readAnnotations(annotations, `${prefix}annotations`) }),
  };
}

function readAnnotations(value: unknown, path: string): Readonly<Record<string, string>> {
  const fields = readObject(value, path);
  // `Object.fromEntries` makes own properties, so a key `__proto__` is only a key
  return Object.fromEntries(
    Object.entries(fields).map(([key, text]) => [key, readText(text, `${path}.${key.slice(0, 100)}`)]),
  );
}

function readPlatform(value: unknown, path: string): Platform {
  const fields = readObject(value, path);
  const variant = readOptionalText(fields, "variant", `${path}.`);
  const osVersion = readOptionalText(fields, "os.version", `${path}.`);
  return {
    os: readText(fields["os"], `${path}.os`),
    architecture: readText(fields["architecture"], `${path}.architecture`),
    ...(variant === undefined || variant === "" ? {} : { variant }),
    ...(osVersion === undefined ? {} : { osVersion }),
  };
}

function readObject(value: unknown, path: string): Fields {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw invalid(path, "is not an object");
  }
  return value as Fields;
}

function readOptionalText(fields: Fields, name: string, prefix: string): string | undefined {
  const value = fields[name];
  return value === undefined ? undefined : readText(value, `${prefix}${name}`);
}

function readText(value: unknown, path: string): string {
  if (typeof value !== "string") {
    throw invalid(path, "is not text");
  }
  return value;
}

function invalid(path: string, what: string): OciError {
  return new OciError("MANIFEST_INVALID", `invalid manifest: ${path}: ${what}`);
}
