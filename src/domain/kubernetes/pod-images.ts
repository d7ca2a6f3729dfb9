// SPDX-License-Identifier: Apache-2.0
import { z } from "zod";
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

const text = z.string().nullish();
const containers = z.array(z.object({ name: text, image: text })).nullish();
const podSpec = z.object({
  initContainers: containers,
  containers,
  ephemeralContainers: containers,
  volumes: z.array(z.object({ name: text, image: z.object({ reference: text }).nullish() })).nullish(),
});

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
  const spec = podSpec.safeParse(at(object, specPointer));
  if (!spec.success) {
    return undefined;
  }
  const images: PodImage[] = [];
  for (const list of ["initContainers", "containers", "ephemeralContainers"] as const) {
    for (const [index, { name, image }] of (spec.data[list] ?? []).entries()) {
      const label = list === "containers" ? (name ?? "") : `${list}/${name ?? ""}`;
      images.push({ pointer: `${specPointer}/${list}/${index}/image`, label, reference: image ?? "" });
    }
  }
  for (const [index, { name, image }] of (spec.data.volumes ?? []).entries()) {
    const pointer = `${specPointer}/volumes/${index}/image/reference`;
    images.push({ pointer, label: `volumes/${name ?? ""}`, reference: image?.reference ?? "" });
  }
  return images.filter((image) => image.reference.trim() !== "");
}
