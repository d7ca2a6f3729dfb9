// SPDX-License-Identifier: Apache-2.0
import type { Digest } from "#base";
import type { WorkloadOwner } from "#database";
import type { KubeObject } from "#kube";
import { digestOfRunningImage } from "./running-digest.ts";

/** One image of one pod. */
export interface PodImageUse {
  readonly container: string;
  /** As the pod says it. */
  readonly reference: string;
  readonly digest?: Digest;
}

/** What is kept of a pod. */
export interface RunningPod {
  readonly uid: string;
  readonly namespace: string;
  readonly name: string;
  readonly node?: string;
  readonly phase: string;
  /** RFC 3339. */
  readonly createdAt: string;
  /** What the pod names as its controller: a claim of whoever made the pod. */
  readonly controller?: WorkloadOwner;
  /** The API server's picture of a pod that a kubelet started from a file. */
  readonly isStatic: boolean;
  /** Empty once the pod has ended. */
  readonly images: readonly PodImageUse[];
}

/** The API server admits far fewer in an object of 1.5 MiB that a person wrote; bounds what one object costs us. */
const MAX_IMAGES = 1_000;
const MAX_TEXT = 2_000;
const ENDED = new Set(["Succeeded", "Failed"]);
/** Set by the kubelet on the mirror of a static pod; either one is a claim, see {@link isStaticPod}. */
const STATIC_ANNOTATIONS = ["kubernetes.io/config.mirror", "kubernetes.io/config.source"] as const;

type Fields = Readonly<Record<string, unknown>>;

/** The pod as far as it matters here; what has not the shape of a pod runs nothing. */
export function selectRunningPod(object: KubeObject): RunningPod {
  const { metadata } = object;
  const spec = fieldsOf(object["spec"]);
  const status = fieldsOf(object["status"]);
  const phase = textOf(status["phase"]) ?? "Unknown";
  const node = textOf(spec["nodeName"]);
  const controller = controllerOf(object);
  return {
    uid: metadata.uid ?? "",
    namespace: metadata.namespace ?? "",
    name: metadata.name,
    ...(node === undefined ? {} : { node }),
    phase,
    createdAt: metadata.creationTimestamp ?? "",
    ...(controller === undefined ? {} : { controller }),
    isStatic: isStaticPod(object),
    images: ENDED.has(phase) ? [] : imagesOf(spec, status),
  };
}

/** Who an object names as its controller. */
export function controllerOf({ metadata }: Pick<KubeObject, "metadata">): WorkloadOwner | undefined {
  const owner = metadata.ownerReferences?.find(({ controller }) => controller === true);
  if (owner === undefined) {
    return undefined;
  }
  const { apiVersion, kind, name, uid } = owner;
  return { apiVersion, kind, name, uid };
}

/**
 * Anybody may write the annotations; a kubelet also makes its Node the controller of the mirror. Whoever forges both gets
 * their pod listed as one that never passed the gate, which helps nobody.
 */
function isStaticPod({ metadata }: KubeObject): boolean {
  const { annotations = {} } = metadata;
  const isMirror = STATIC_ANNOTATIONS.some((name) => Object.hasOwn(annotations, name) && annotations[name] !== "api");
  return (
    isMirror && (metadata.ownerReferences ?? []).some(({ apiVersion, kind }) => apiVersion === "v1" && kind === "Node")
  );
}

function imagesOf(spec: Fields, status: Fields): readonly PodImageUse[] {
  const uses: PodImageUse[] = [];
  for (const [list, statuses] of [
    ["initContainers", "initContainerStatuses"],
    ["containers", "containerStatuses"],
    ["ephemeralContainers", "ephemeralContainerStatuses"],
  ] as const) {
    const imageIds = new Map(
      listOf(status[statuses]).map((each) => [textOf(each["name"]), textOf(each["imageID"])] as const),
    );
    for (const container of listOf(spec[list])) {
      const name = textOf(container["name"]) ?? "";
      uses.push(...useOf(list === "containers" ? name : `${list}/${name}`, container["image"], imageIds.get(name)));
    }
  }
  for (const volume of listOf(spec["volumes"])) {
    const name = textOf(volume["name"]) ?? "";
    uses.push(...useOf(`volumes/${name}`, fieldsOf(volume["image"])["reference"], undefined));
  }
  return uses.slice(0, MAX_IMAGES);
}

function useOf(container: string, image: unknown, imageId: string | undefined): readonly PodImageUse[] {
  const reference = textOf(image)?.slice(0, MAX_TEXT);
  if (reference === undefined || reference.trim() === "") {
    return [];
  }
  const digest = digestOfRunningImage(reference, imageId);
  return [{ container, reference, ...(digest === undefined ? {} : { digest }) }];
}

function fieldsOf(value: unknown): Fields {
  return typeof value === "object" && value !== null ? (value as Fields) : {};
}

function listOf(value: unknown): readonly Fields[] {
  return Array.isArray(value) ? value.map(fieldsOf) : [];
}

function textOf(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}
