// SPDX-License-Identifier: Apache-2.0
import type { JsonPatchOperation } from "./pin-patch.ts";

/** The API server cuts warnings that are longer, and may drop them all beyond 4096 characters together. */
const MAX_WARNING_LENGTH = 256;
const MAX_WARNINGS = 16;

/** Causes for programs; people read the message. */
const MAX_CAUSES = 100;

/** One reason of a refusal in the form of `meta/v1` StatusCause. */
export interface RefusalCause {
  /** A code that programs may compare, e.g. `VULNERABILITY`. */
  readonly reason: string;
  readonly message: string;
  /** JSON pointer into the object. */
  readonly field: string;
}

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
      readonly causes?: readonly RefusalCause[];
      readonly warnings?: readonly string[];
    };

const REASON = { 400: "BadRequest", 403: "Forbidden", 503: "ServiceUnavailable" } as const;

/** The AdmissionReview v1 that answers the request with this uid, as JSON. */
export function renderAdmissionReview(uid: string, answer: AdmissionAnswer): string {
  const warnings = (answer.warnings ?? []).slice(0, MAX_WARNINGS).map(shorten);
  const warned = warnings.length === 0 ? "" : `"warnings":${JSON.stringify(warnings)},`;
  const decided = answer.allowed ? allowedPart(answer.patch ?? []) : refusedPart(answer);
  return `{"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview","response":{"uid":${JSON.stringify(uid)},${warned}${decided}}}`;
}

/** The members in JSON. Base64 needs no escapes: nobody has to look for them in the patch, which is most of an answer. */
function allowedPart(patch: readonly JsonPatchOperation[]): string {
  return patch.length === 0
    ? '"allowed":true'
    : `"allowed":true,"patchType":"JSONPatch","patch":"${Buffer.from(JSON.stringify(patch)).toString("base64")}"`;
}

function refusedPart(answer: Extract<AdmissionAnswer, { readonly allowed: false }>): string {
  const { message, code } = answer;
  const causes = (answer.causes ?? []).slice(0, MAX_CAUSES);
  const details = causes.length === 0 ? {} : { details: { causes } };
  return `"allowed":false,"status":${JSON.stringify({ status: "Failure", message, reason: REASON[code], ...details, code })}`;
}

function shorten(warning: string): string {
  return warning.length <= MAX_WARNING_LENGTH ? warning : `${warning.slice(0, MAX_WARNING_LENGTH - 1)}…`;
}
