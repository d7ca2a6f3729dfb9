// SPDX-License-Identifier: Apache-2.0

/** An object of which nothing is known. */
export type Fields = Readonly<Record<string, unknown>>;

/** A Pod, or the template of one, as it came. */
export interface UncheckedPod {
  readonly labels?: unknown;
  readonly annotations?: unknown;
  readonly spec: unknown;
}

/** A container of any kind. */
export interface PodContainer {
  /** For people: `app`, `initContainers/setup`. */
  readonly label: string;
  readonly fields: Fields;
  readonly securityContext: Fields;
}

/** A Pod in the form that checks read. */
export interface Pod {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly spec: Fields;
  readonly securityContext: Fields;
  /** Init containers, containers, ephemeral containers. */
  readonly containers: readonly PodContainer[];
  readonly volumes: readonly Fields[];
  readonly isWindows: boolean;
  /** `hostUsers: false`: its root is nobody on the node. */
  readonly hasUserNamespace: boolean;
}

/** A field whose value is not of the type that Kubernetes knows: nobody can say what would be made of it. */
export class UnreadableField extends Error {
  override readonly name: string = "UnreadableField";
  /** e.g. `spec.containers[0].securityContext`. */
  readonly field: string;

  constructor(field: string) {
    super(`${field} is not of its type`);
    this.field = field;
  }
}

const CONTAINER_LISTS = ["initContainers", "containers", "ephemeralContainers"] as const;

/** Reads a Pod. Throws {@link UnreadableField}. */
export function readPod({ labels, annotations, spec: unchecked }: UncheckedPod): Pod {
  const spec = fieldsOf(unchecked, "spec");
  if (unchecked === undefined || unchecked === null) {
    throw new UnreadableField("spec");
  }
  const os = fieldsOf(spec["os"], "spec.os");
  return {
    labels: textsOf(labels, "metadata.labels"),
    annotations: textsOf(annotations, "metadata.annotations"),
    spec,
    securityContext: fieldsOf(spec["securityContext"], "spec.securityContext"),
    containers: CONTAINER_LISTS.flatMap((list) => containersOf(spec, list)),
    volumes: listOf(spec["volumes"], "spec.volumes"),
    isWindows: os["name"] === "windows",
    hasUserNamespace: spec["hostUsers"] === false,
  };
}

function containersOf(spec: Fields, list: (typeof CONTAINER_LISTS)[number]): readonly PodContainer[] {
  return listOf(spec[list], `spec.${list}`).map((fields, at) => {
    const { name, securityContext } = fields;
    const shown = typeof name === "string" && name !== "" ? name : String(at);
    return {
      label: list === "containers" ? shown : `${list}/${shown}`,
      fields,
      securityContext: fieldsOf(securityContext, `spec.${list}[${at}].securityContext`),
    };
  });
}

/** The object; nothing in it when it is not set. */
export function fieldsOf(value: unknown, field: string): Fields {
  if (value === undefined || value === null) {
    return {};
  }
  if (typeof value !== "object" || Array.isArray(value)) {
    throw new UnreadableField(field);
  }
  return value as Fields;
}

/** The objects of a list; none when it is not set. */
export function listOf(value: unknown, field: string): readonly Fields[] {
  return elementsOf(value, field).map((each, at) => {
    if (each === null || each === undefined) {
      throw new UnreadableField(`${field}[${at}]`);
    }
    return fieldsOf(each, `${field}[${at}]`);
  });
}

/** The elements of a list, whatever they are. */
export function elementsOf(value: unknown, field: string): readonly unknown[] {
  if (value === undefined || value === null) {
    return [];
  }
  if (!Array.isArray(value)) {
    throw new UnreadableField(field);
  }
  return value as readonly unknown[];
}

function textsOf(value: unknown, field: string): Readonly<Record<string, string>> {
  const fields = Object.entries(fieldsOf(value, field)).filter(([, text]) => text !== null);
  return Object.fromEntries(
    fields.map(([name, text]) => {
      if (typeof text !== "string") {
        throw new UnreadableField(`${field}.${name}`);
      }
      return [name, text];
    }),
  );
}
