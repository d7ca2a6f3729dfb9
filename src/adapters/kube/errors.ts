// SPDX-License-Identifier: Apache-2.0
import { CodedError } from "#base";

export type KubeErrorCode =
  /** No such object, or the kind is not installed. */
  | "NOT_FOUND"
  /** The object exists already, or was changed by somebody else in between. */
  | "CONFLICT"
  /** Our identity may not do this: a rule of RBAC is missing, or an admission webhook refused. */
  | "FORBIDDEN"
  /** The API server does not accept our credentials. */
  | "UNAUTHORIZED"
  /** The API server no longer knows the state of the cluster that was asked for. */
  | "GONE"
  /** The API server does not accept the object. */
  | "INVALID"
  /** No connection, or it broke. */
  | "UNREACHABLE"
  /** No answer in time. */
  | "TIMEOUT"
  /** A watch had no byte for longer than the API server's bookmarks are apart. */
  | "SILENT"
  /** An answer, object or list is larger than what is read. */
  | "LIMIT_EXCEEDED"
  /** An answer is not what the API promises; not every address that answers is an API server. */
  | "ANSWER_INVALID"
  /** The API server refused for another reason, such as load; `details.status` is the HTTP status. */
  | "REFUSED"
  /** The kubeconfig, or the files of the service account, are missing or cannot be used. */
  | "CREDENTIALS_UNUSABLE";

/**
 * A failure of the Kubernetes API. `details` may have `status`, `reason` (of the API's Status object) and `retryAfterMs`;
 * bodies are never part of it.
 */
export class KubeError extends CodedError<KubeErrorCode> {
  override readonly name: string = "KubeError";
}
