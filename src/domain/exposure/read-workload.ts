// SPDX-License-Identifier: Apache-2.0
import { LIMITS } from "#base";
import { readControllerReference } from "#kubernetes";
import { type Fields, fieldsOf, listOf } from "#pod-security";
import type { ObjectName, Workload, WorkloadPort } from "./exposure-object.ts";
import { readLabels } from "./label-selector.ts";
import { portOf, specOf, textOf, textsOf } from "./read-fields.ts";
import { recognizeRegistry } from "./recognize-registry.ts";
import type { RegistryContainer } from "./registry-container.ts";

/** Init containers, too: those that are restarted for ever listen like the others (sidecars). */
const CONTAINER_LISTS = ["initContainers", "containers", "ephemeralContainers"] as const;

/** Reads a Pod or what makes Pods; `undefined` when it runs nothing. Throws UnreadableField. */
export function readWorkload(object: Fields, name: ObjectName): Workload | undefined {
  if (isOver(object, name.kind)) {
    return undefined;
  }
  const template = templateOf(object, name.kind);
  const spec = specOf(template);
  const labels = readLabels(fieldsOf(template["metadata"], "metadata")["labels"], "metadata.labels");
  const containers = CONTAINER_LISTS.flatMap((list) =>
    listOf(spec[list], `spec.${list}`).map((container) => readContainer(container, `spec.${list}`)),
  );
  const registry = recognizeRegistry(containers, labels);
  const owner = readControllerReference(object);
  return {
    type: "workload",
    ...name,
    ...(owner === undefined ? {} : { owner: { kind: owner.workload.kind, name: owner.name } }),
    labels,
    isOnHostNetwork: spec["hostNetwork"] === true,
    ports: containers.flatMap(({ ports }) => ports),
    images: [...new Set(containers.map(({ image }) => image))],
    ...(registry === undefined ? {} : { registry }),
  };
}

/** A Pod that has ended, and an earlier revision of a Deployment, run nothing. */
function isOver(object: Fields, kind: string): boolean {
  if (kind === "Pod") {
    const { phase } = fieldsOf(object["status"], "status");
    return phase === "Succeeded" || phase === "Failed";
  }
  return kind === "ReplicaSet" && fieldsOf(object["spec"], "spec")["replicas"] === 0;
}

function templateOf(object: Fields, kind: string): Fields {
  if (kind === "Pod") {
    return object;
  }
  const spec = specOf(object);
  const job = kind === "CronJob" ? specOf(fieldsOf(spec["jobTemplate"], "spec.jobTemplate")) : spec;
  return fieldsOf(job["template"], "spec.template");
}

interface ReadContainer extends RegistryContainer {
  readonly ports: readonly WorkloadPort[];
}

function readContainer(container: Fields, place: string): ReadContainer {
  return {
    image: textOf(container, "image", place).slice(0, LIMITS.maxPathBytes),
    ports: listOf(container["ports"], `${place}.ports`).map((port): WorkloadPort => {
      const hostPort = portOf(port, "hostPort", `${place}.ports`);
      const hostIp = textOf(port, "hostIP", `${place}.ports`);
      return {
        number: portOf(port, "containerPort", `${place}.ports`),
        name: textOf(port, "name", `${place}.ports`),
        ...(hostPort === 0 ? {} : { hostPort }),
        ...(hostIp === "" ? {} : { hostIp }),
      };
    }),
    variables: new Map(listOf(container["env"], `${place}.env`).map((each) => readVariable(each, `${place}.env`))),
    words: [...textsOf(container, "command", place), ...textsOf(container, "args", place)],
    mountPaths: listOf(container["volumeMounts"], `${place}.volumeMounts`).map((each) =>
      textOf(each, "mountPath", `${place}.volumeMounts`),
    ),
  };
}

/** Without a value, a variable takes it from a Secret, a ConfigMap or the Pod itself. */
function readVariable(variable: Fields, place: string): readonly [string, string | undefined] {
  const isGiven = variable["valueFrom"] !== undefined && variable["valueFrom"] !== null;
  return [textOf(variable, "name", place), isGiven ? undefined : textOf(variable, "value", place)];
}
