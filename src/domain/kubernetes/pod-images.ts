// SPDX-License-Identifier: Apache-2.0
import { at } from "./json-pointer.ts";
import type { WorkloadKind } from "./workload-kinds.ts";

/** One image that a Pod runs or mounts. */
export interface PodImage {
  /** JSON pointer to the string in the object, e.g. `/spec/containers/0/image`. */
  readonly pointer: string;
  /** For people: `app`, `initContainers/setup`, `volumes/models`. */
  readonly label: string;
  readonly reference: string;
}

const LISTS = ["initContainers", "containers", "ephemeralContainers"] as const;

/**
 * The images of a workload object, in the order in which they start; `undefined` when the object has not the shape of
 * its kind. Blank images are left out: a template may leave them open, and the API server refuses them in a Pod.
 */
export function readPodImages(workload: WorkloadKind, object: unknown): readonly PodImage[] | undefined {
  const specPointer = `${workload.template}/spec`;
  const template = at(object, workload.template);
  if (template === undefined || template === null) {
    // Its template is optional, unlike that of the other kinds.
    return workload.kind === "ReplicationController" ? [] : undefined;
  }
  const spec = at(object, specPointer);
  if (typeof spec !== "object" || spec === null || Array.isArray(spec)) {
    return undefined;
  }
  const images: PodImage[] = [];
  for (const list of LISTS) {
    const prefix = list === "containers" ? "" : `${list}/`;
    const isRead = readList(spec, list, (container, index) =>
      addImage(images, {
        pointer: `${specPointer}/${list}/${index}/image`,
        prefix,
        named: container,
        holder: container,
      }),
    );
    if (!isRead) {
      return undefined;
    }
  }
  const areVolumesRead = readList(spec, "volumes", (volume, index) => {
    const image = ownField(volume, "image");
    if (image === undefined || image === null) {
      return isText(ownField(volume, "name"));
    }
    const pointer = `${specPointer}/volumes/${index}/image/reference`;
    return addImage(images, { pointer, prefix: "volumes/", named: volume, holder: image, field: "reference" });
  });
  return areVolumesRead ? images : undefined;
}

/** Adds the image that a container or volume names, unless it is blank; false when it has not the shape of one. */
function addImage(
  images: PodImage[],
  place: {
    readonly pointer: string;
    readonly prefix: string;
    readonly named: unknown;
    readonly holder: unknown;
    readonly field?: "reference";
  },
): boolean {
  const name = ownField(place.named, "name");
  const reference = ownField(place.holder, place.field ?? "image");
  if (typeof place.holder !== "object" || Array.isArray(place.holder) || !isText(name) || !isText(reference)) {
    return false;
  }
  if (typeof reference === "string" && reference.trim() !== "") {
    images.push({ pointer: place.pointer, label: `${place.prefix}${name ?? ""}`, reference });
  }
  return true;
}

/** Reads each object of a list that may be absent; false when anything has another shape. By hand: it is on the way of every review. */
function readList(spec: object, field: string, read: (item: object, index: number) => boolean): boolean {
  const list = ownField(spec, field);
  if (list === undefined || list === null) {
    return true;
  }
  return (
    Array.isArray(list) &&
    list.every(
      (item: unknown, index) => typeof item === "object" && item !== null && !Array.isArray(item) && read(item, index),
    )
  );
}

function ownField(value: unknown, field: string): unknown {
  return typeof value === "object" && value !== null && Object.hasOwn(value, field)
    ? (value as Readonly<Record<string, unknown>>)[field]
    : undefined;
}

function isText(value: unknown): value is string | null | undefined {
  return value === undefined || value === null || typeof value === "string";
}
