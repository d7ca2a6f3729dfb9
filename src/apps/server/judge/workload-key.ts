// SPDX-License-Identifier: Apache-2.0
import type { NamespaceShare } from "#policy";

const NAMED: WeakMap<NamespaceShare["exceptions"], boolean> = new WeakMap();

/**
 * What of a workload a verdict can depend on: nothing, unless an exception that could reach the namespace names workloads. Otherwise each Pod with a
 * name of its own would be judged by itself.
 */
export function workloadKeyOf(
  workload: { readonly kind: string; readonly name: string } | undefined,
  { exceptions }: Pick<NamespaceShare, "exceptions">,
): string {
  if (workload === undefined || exceptions.length === 0) {
    return "";
  }
  let isNamed = NAMED.get(exceptions);
  if (isNamed === undefined) {
    isNamed = exceptions.some(({ subject }) => subject.workloads !== undefined);
    NAMED.set(exceptions, isNamed);
  }
  return isNamed ? JSON.stringify([workload.kind, workload.name]) : "";
}
