// SPDX-License-Identifier: Apache-2.0
import type { JsonPatchOperation } from "./pin-patch.ts";

/** The API server cuts warnings that are longer, and may drop them all beyond 4096 characters together. */
const MAX_WARNING_LENGTH = 256;
const MAX_WARNINGS = 16;

/** What we say to a request. Without `allowed: true` it is refused. */
export type AdmissionAnswer =
  | {
      readonly allowed: true;
      readonly patch?: readonly JsonPatchOperation[];
      readonly warnings?: readonly string[];
    }
  | {
      readonly allowed: false;
      readonly message: string;
      /** 403: refused. 503: nobody can tell, try again. 400: not understood. */
      readonly code: 400 | 403 | 503;
      readonly warnings?: readonly string[];
    };

const REASON = { 400: "BadRequest", 403: "Forbidden", 503: "ServiceUnavailable" } as const;

/** The AdmissionReview v1 that answers the request with this uid, as JSON. */
export function renderAdmissionReview(uid: string, answer: AdmissionAnswer): string {
  const warnings = (answer.warnings ?? []).slice(0, MAX_WARNINGS).map(shorten);
  return JSON.stringify({
    apiVersion: "admission.k8s.io/v1",
    kind: "AdmissionReview",
    response: {
      uid,
      ...(warnings.length === 0 ? {} : { warnings }),
      ...(answer.allowed ? allowedPart(answer.patch ?? []) : refusedPart(answer)),
    },
  });
}

function allowedPart(patch: readonly JsonPatchOperation[]): object {
  return patch.length === 0
    ? { allowed: true }
    : { allowed: true, patchType: "JSONPatch", patch: Buffer.from(JSON.stringify(patch)).toString("base64") };
}

function refusedPart({ message, code }: Extract<AdmissionAnswer, { readonly allowed: false }>): object {
  return { allowed: false, status: { status: "Failure", message, reason: REASON[code], code } };
}

function shorten(warning: string): string {
  return warning.length <= MAX_WARNING_LENGTH ? warning : `${warning.slice(0, MAX_WARNING_LENGTH - 1)}…`;
}
