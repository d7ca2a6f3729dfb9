// SPDX-License-Identifier: Apache-2.0
import { capabilitiesOf, isConfined, profileOf, volumeField } from "./baseline-checks.ts";
import type { Pod } from "./read-pod.ts";
import { type Fault, faultOf, isSet, missing } from "./violation.ts";

/** Volumes that hold what belongs to the cluster's objects or the Pod, and nothing of the node. */
const VOLUMES: readonly string[] = [
  "configMap",
  "csi",
  "downwardAPI",
  "emptyDir",
  "ephemeral",
  "image",
  "persistentVolumeClaim",
  "projected",
  "secret",
];

/** Only volumes of these kinds. */
export function restrictedVolumes({ volumes }: Pod): readonly Fault[] {
  return volumes.flatMap((volume, at) => {
    const sources = Object.keys(volume).filter((name) => name !== "name" && isSet(volume, name));
    const other = sources.find((name) => !VOLUMES.includes(name));
    // A volume without a source is an emptyDir to Kubernetes, which fills that in before anybody judges it.
    return other === undefined ? [] : [faultOf(volumeField(volume, at), other)];
  });
}

/** All capabilities are dropped, and none but NET_BIND_SERVICE is added. */
export function droppedCapabilities(pod: Pod): readonly Fault[] {
  if (pod.isWindows) {
    return [];
  }
  return pod.containers.flatMap((container) => [
    ...(capabilitiesOf(container, "drop").includes("ALL")
      ? []
      : [missing("securityContext.capabilities.drop", container)]),
    ...capabilitiesOf(container, "add")
      .filter((name) => name !== "NET_BIND_SERVICE")
      .map((name) => faultOf("securityContext.capabilities.add", name, container)),
  ]);
}

/** No process gets more rights than its parent. */
export function noPrivilegeEscalation(pod: Pod): readonly Fault[] {
  if (pod.isWindows) {
    return [];
  }
  const field = "securityContext.allowPrivilegeEscalation";
  return pod.containers.flatMap((container) => {
    const { allowPrivilegeEscalation } = container.securityContext;
    if (!isSet(container.securityContext, "allowPrivilegeEscalation")) {
      return [missing(field, container)];
    }
    return allowPrivilegeEscalation === false ? [] : [faultOf(field, allowPrivilegeEscalation, container)];
  });
}

/** The kubelet refuses to start a container as root; the Pod says so, or each container. */
export function runAsNonRoot(pod: Pod): readonly Fault[] {
  if (pod.hasUserNamespace) {
    return [];
  }
  const field = "securityContext.runAsNonRoot";
  const isPodSet = isSet(pod.securityContext, "runAsNonRoot");
  const ofPod = pod.securityContext["runAsNonRoot"];
  return [
    ...(isPodSet && ofPod !== true ? [faultOf(`spec.${field}`, ofPod)] : []),
    ...pod.containers.flatMap((container) => {
      const own = container.securityContext["runAsNonRoot"];
      if (!isSet(container.securityContext, "runAsNonRoot")) {
        return ofPod === true ? [] : [missing(field, container)];
      }
      return own === true ? [] : [faultOf(field, own, container)];
    }),
  ];
}

/** Nobody says that a container is to run as root. */
export function runAsUser(pod: Pod): readonly Fault[] {
  if (pod.hasUserNamespace) {
    return [];
  }
  const field = "securityContext.runAsUser";
  return [
    ...(pod.securityContext["runAsUser"] === 0 ? [faultOf(`spec.${field}`, 0)] : []),
    ...pod.containers
      .filter(({ securityContext }) => securityContext["runAsUser"] === 0)
      .map((container) => faultOf(field, 0, container)),
  ];
}

/** Every container has a seccomp profile that confines, of its own or from the Pod. */
export function seccompRequired(pod: Pod): readonly Fault[] {
  if (pod.isWindows) {
    return [];
  }
  const field = "securityContext.seccompProfile.type";
  const ofPod = profileOf({ securityContext: pod.securityContext, place: "spec" }, "seccompProfile");
  const isPodConfined = ofPod !== undefined && isConfined(ofPod);
  return [
    ...(ofPod === undefined || isPodConfined ? [] : [faultOf(`spec.${field}`, ofPod["type"] ?? "")]),
    ...pod.containers.flatMap((container) => {
      const own = profileOf({ securityContext: container.securityContext, place: container.label }, "seccompProfile");
      if (own === undefined) {
        return isPodConfined ? [] : [missing(field, container)];
      }
      return isConfined(own) ? [] : [faultOf(field, own["type"] ?? "", container)];
    }),
  ];
}
