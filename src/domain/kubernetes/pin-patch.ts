// SPDX-License-Identifier: Apache-2.0
import { at, escapePointer } from "./json-pointer.ts";
import type { PodImage } from "./pod-images.ts";

/** One operation of a JSON Patch (RFC 6902). */
export interface JsonPatchOperation {
  readonly op: "add" | "replace";
  readonly path: string;
  readonly value: unknown;
}

/** An image that gets its digest. */
export interface Pin {
  readonly image: PodImage;
  /** e.g. `registry.example/team/app@sha256:…`. */
  readonly pinned: string;
}

/** Where people find the tags that were written; nothing may trust it. */
const ORIGINAL_IMAGES = "haechi.dev/original-images";
const MAX_ORIGINAL_IMAGES_LENGTH = 65_536;

/**
 * The patch that pins images of a Pod and notes in an annotation, by label, what was written. Empty without pins. A Pod
 * whose metadata is no object gets no note.
 */
export function buildPinPatch(pod: unknown, pins: readonly Pin[]): readonly JsonPatchOperation[] {
  if (pins.length === 0) {
    return [];
  }
  const replacements = pins.map(
    ({ image, pinned }): JsonPatchOperation => ({ op: "replace", path: image.pointer, value: pinned }),
  );
  const metadata = at(pod, "/metadata");
  if (!isObject(metadata)) {
    return replacements;
  }
  const originals = Object.fromEntries([
    ...readOriginalImages(pod),
    ...pins.map(({ image }) => [image.label, image.reference] as const),
  ]);
  const value = JSON.stringify(originals);
  const note: JsonPatchOperation = isObject(metadata["annotations"])
    ? { op: "add", path: `/metadata/annotations/${escapePointer(ORIGINAL_IMAGES)}`, value }
    : { op: "add", path: "/metadata/annotations", value: { [ORIGINAL_IMAGES]: value } };
  return [...replacements, note];
}

/** What the annotation of a Pod claims was written, by label; empty when it is not there or not readable. A claim, not a fact. */
export function readOriginalImages(pod: unknown): ReadonlyMap<string, string> {
  const annotations = at(pod, "/metadata/annotations");
  const text = isObject(annotations) && Object.hasOwn(annotations, ORIGINAL_IMAGES) ? annotations[ORIGINAL_IMAGES] : "";
  // Nearly every Pod: an exception of the parser for it would cost a tenth of a review.
  if (typeof text !== "string" || text === "" || text.length > MAX_ORIGINAL_IMAGES_LENGTH) {
    return new Map();
  }
  try {
    const value: unknown = JSON.parse(text);
    return new Map(
      isObject(value)
        ? Object.entries(value).filter((entry): entry is [string, string] => typeof entry[1] === "string")
        : [],
    );
  } catch {
    return new Map();
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
