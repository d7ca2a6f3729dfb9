// SPDX-License-Identifier: Apache-2.0
import type { Pod } from "./read-pod.ts";
import { type Fault, faultOf, isSet } from "./violation.ts";

/** `/proc` hides what containers must not see or change of the node. */
export function maskedProc(pod: Pod): readonly Fault[] {
  return pod.containers.flatMap((container) => {
    const { procMount } = container.securityContext;
    return isSet(container.securityContext, "procMount") && procMount !== "Default"
      ? [faultOf("securityContext.procMount", procMount, container)]
      : [];
  });
}

/** In a user namespace of its own the Pod has no rights over what would be hidden. */
export function maskedProcUnlessInUserNamespace(pod: Pod): readonly Fault[] {
  return pod.hasUserNamespace ? [] : maskedProc(pod);
}
