// SPDX-License-Identifier: Apache-2.0
import { KubeError, type KubeErrorCode } from "#kube";

/** Whether a call to the Kubernetes API failed in one of these ways. */
export function hasCode(error: unknown, ...codes: readonly KubeErrorCode[]): boolean {
  return error instanceof KubeError && codes.includes(error.code);
}
