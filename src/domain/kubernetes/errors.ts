// SPDX-License-Identifier: Apache-2.0
import { CodedError } from "#base";

export type KubernetesErrorCode =
  /** `admission.webhookAddress` is neither `service:NAMESPACE/NAME:PORT` nor an https URL. */
  "WEBHOOK_ADDRESS_INVALID";

/** Something for the Kubernetes API that cannot be made. */
export class KubernetesError extends CodedError<KubernetesErrorCode> {
  override readonly name: string = "KubernetesError";
}
