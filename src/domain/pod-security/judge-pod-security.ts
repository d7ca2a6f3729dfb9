// SPDX-License-Identifier: Apache-2.0
import {
  appArmorProfile,
  defaultCapabilities,
  hostNamespaces,
  hostPathVolumes,
  hostPorts,
  hostProbes,
  privileged,
  seccompNotUnconfined,
  seLinuxOptions,
  sysctls,
  windowsHostProcess,
} from "./baseline-checks.ts";
import { maskedProc, maskedProcUnlessInUserNamespace } from "./proc-mount-checks.ts";
import type { Pod } from "./read-pod.ts";
import {
  droppedCapabilities,
  noPrivilegeEscalation,
  restrictedVolumes,
  runAsNonRoot,
  runAsUser,
  seccompRequired,
} from "./restricted-checks.ts";
import type { Fault, PodSecurityControl, PodSecurityViolation } from "./violation.ts";

/** A level of the Pod Security Standards; `privileged` accepts everything. */
export type PodSecurityLevel = "privileged" | "baseline" | "restricted";

type Check = (pod: Pod) => readonly Fault[];

/** The standards: what each level asks. Where both are given, `restricted` asks the second instead of the first. */
const CONTROLS: readonly {
  readonly control: PodSecurityControl;
  readonly baseline?: Check;
  readonly restricted?: Check;
}[] = [
  { control: "hostNamespaces", baseline: hostNamespaces },
  { control: "privileged", baseline: privileged },
  { control: "capabilities", baseline: defaultCapabilities, restricted: droppedCapabilities },
  // `restricted` names the volumes that are accepted, and a path of the node is not one.
  { control: "hostPathVolumes", baseline: hostPathVolumes, restricted: () => [] },
  { control: "restrictedVolumes", restricted: restrictedVolumes },
  { control: "hostPorts", baseline: hostPorts },
  { control: "hostProbesAndHostLifecycle", baseline: hostProbes },
  { control: "procMount", baseline: maskedProcUnlessInUserNamespace, restricted: maskedProc },
  { control: "seLinuxOptions", baseline: seLinuxOptions },
  { control: "seccompProfile", baseline: seccompNotUnconfined, restricted: seccompRequired },
  { control: "appArmorProfile", baseline: appArmorProfile },
  { control: "sysctls", baseline: sysctls },
  { control: "windowsHostProcess", baseline: windowsHostProcess },
  { control: "allowPrivilegeEscalation", restricted: noPrivilegeEscalation },
  { control: "runAsNonRoot", restricted: runAsNonRoot },
  { control: "runAsUser", restricted: runAsUser },
];

/** What the level has against the Pod, in the order of the standards; empty: it fulfils the level. Throws UnreadableField. */
export function judgePodSecurity(pod: Pod, level: PodSecurityLevel): readonly PodSecurityViolation[] {
  if (level === "privileged") {
    return [];
  }
  return CONTROLS.flatMap(({ control, baseline, restricted }) => {
    const check = level === "restricted" ? (restricted ?? baseline) : baseline;
    return (check?.(pod) ?? []).map((fault) => ({ control, ...fault }));
  });
}
