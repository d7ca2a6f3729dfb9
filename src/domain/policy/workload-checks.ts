// SPDX-License-Identifier: Apache-2.0

/** `spec.workload`: checks of a Pod, or of the template of one, beside its images. An omitted check is off. */
export interface WorkloadChecks {
  /** Default `enforce`. */
  readonly mode?: "enforce" | "warn" | "audit";
  /** A level of the Pod Security Standards, all of it. */
  readonly podSecurity?: "baseline" | "restricted";
  /** No container may be privileged. */
  readonly privileged?: "deny";
  /** Every container says that it does not run as root, by itself or through the Pod. */
  readonly runAsNonRoot?: "required";
  /** A user, a group is named, by the container or the Pod. */
  readonly runAsUser?: "required";
  readonly runAsGroup?: "required";
  readonly capabilities?: {
    /** Every container drops these, or `ALL`. */
    readonly requireDrop?: readonly string[];
    /** No container adds others. */
    readonly allowAdd?: readonly string[];
  };
  /** A profile other than `Unconfined` is named. */
  readonly seccomp?: "required";
  readonly appArmor?: "required";
  /** SELinux options are set. */
  readonly seLinux?: "required";
  readonly readOnlyRootFilesystem?: "required";
  /** Resources that every container requests, is limited in: `cpu`, `memory`, … */
  readonly requireRequests?: readonly string[];
  readonly requireLimits?: readonly string[];
  /** Labels of the Pod (template), from where Pods have theirs. */
  readonly requireLabels?: readonly LabelRequirement[];
  readonly serviceAccount?: {
    /** The account `default` of the namespace may not be used. */
    readonly denyDefault?: boolean;
    /** A Pod that names no account, or `default`, gets this one. */
    readonly assign?: string;
  };
  /** The Pod, or its service account, names a Secret for its registry. */
  readonly pullSecrets?: "required";
}

/** A label that must be there, with one of the values if any are named. */
export interface LabelRequirement {
  readonly name: string;
  /** With `*`. */
  readonly values?: readonly string[];
}
