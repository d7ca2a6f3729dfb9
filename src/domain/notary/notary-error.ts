// SPDX-License-Identifier: Apache-2.0
import type { ProblemEffect, SignatureProblemCode } from "#signatures";

/** The codes of `SignatureProblem` that metadata of Notary v1 can lead to. */
export type NotaryProblemCode = Extract<
  SignatureProblemCode,
  | "MALFORMED"
  | "DIGEST_MISMATCH"
  | "REFERENCE_MISMATCH"
  | "KEY_MISMATCH"
  | "EXPIRED"
  | "METADATA_ROLLBACK"
  | "THRESHOLD_NOT_MET"
  | "ROOT_NOT_TRUSTED"
  | "TARGET_MISSING"
  | "SIGNERS_DISAGREE"
  | "NOT_SUPPORTED"
  | "TRUST_MATERIAL_INVALID"
  | "SOURCE_UNAVAILABLE"
  | "LIMIT_EXCEEDED"
>;

const UNDECIDED: ReadonlySet<NotaryProblemCode> = new Set([
  "TRUST_MATERIAL_INVALID",
  "SOURCE_UNAVAILABLE",
  "LIMIT_EXCEEDED",
]);

/** Ends the verification of a repository's metadata; becomes a `SignatureProblem` before it leaves the module. */
export class NotaryError extends Error {
  override readonly name: string = "NotaryError";
  readonly code: NotaryProblemCode;

  constructor(code: NotaryProblemCode, message: string, options: { readonly cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
  }
}

/** `unknown` where nobody can say whether the metadata would hold. */
export function effectOf(code: NotaryProblemCode): ProblemEffect {
  return UNDECIDED.has(code) ? "unknown" : "bad";
}

/** Foreign text, short and quoted, for a message. */
export function quote(text: string): string {
  return JSON.stringify(text.length > 100 ? `${text.slice(0, 100)}…` : text);
}
