// SPDX-License-Identifier: Apache-2.0
import type { Fields, PodContainer } from "./read-pod.ts";

/** A control of the Pod Security Standards. */
export type PodSecurityControl =
  | "hostNamespaces"
  | "privileged"
  | "capabilities"
  | "hostPathVolumes"
  | "restrictedVolumes"
  | "hostPorts"
  | "hostProbesAndHostLifecycle"
  | "procMount"
  | "seLinuxOptions"
  | "seccompProfile"
  | "appArmorProfile"
  | "sysctls"
  | "windowsHostProcess"
  | "allowPrivilegeEscalation"
  | "runAsNonRoot"
  | "runAsUser";

/** Something in a Pod that a level does not accept. */
export interface PodSecurityViolation {
  readonly control: PodSecurityControl;
  /** e.g. `initContainers/setup`; absent: the Pod itself. */
  readonly container?: string;
  /** Of the container, else of the Pod, e.g. `securityContext.privileged`, `spec.hostNetwork`. */
  readonly field: string;
  /** What it is; absent: it must be set, and is not. */
  readonly value?: string;
}

/** What a check says about one place, whichever control it belongs to. */
export type Fault = Omit<PodSecurityViolation, "control">;

/** A value that is not accepted. Long ones are cut: it ends up in a message. */
export function faultOf(field: string, value: unknown, container?: PodContainer): Fault {
  const text = typeof value === "string" ? value : (JSON.stringify(value) ?? "");
  return {
    ...(container === undefined ? {} : { container: container.label }),
    field,
    value: text.length > MAX_VALUE ? `${text.slice(0, MAX_VALUE)}…` : text,
  };
}

const MAX_VALUE = 200;

/** A value that must be there. */
export function missing(field: string, container: PodContainer): Fault {
  return { container: container.label, field };
}

/** Whether a field is there: Kubernetes takes null as not set. */
export function isSet(fields: Fields, name: string): boolean {
  return fields[name] !== undefined && fields[name] !== null;
}
