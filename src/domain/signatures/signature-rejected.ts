// SPDX-License-Identifier: Apache-2.0
import type { ProblemEffect, SignatureProblemCode } from "./signature-result.ts";

/** What nobody can judge; everything else that is wrong is certain not to count. */
const UNKNOWN: ReadonlySet<SignatureProblemCode> = new Set([
  "UNSUPPORTED",
  "TRUST_MATERIAL_INVALID",
  "CONDITION_UNDECIDED",
  "REVOCATION_UNKNOWN",
  "SOURCE_UNAVAILABLE",
  "LIMIT_EXCEEDED",
] satisfies SignatureProblemCode[]);

/** Why a candidate does not count, on its way to the one place of its kind that makes a problem of it; no caller of a `verify…` sees it. */
export class SignatureRejected extends Error {
  override readonly name: string = "SignatureRejected";
  readonly code: SignatureProblemCode;

  constructor(code: SignatureProblemCode, message: string, options: { readonly cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
  }

  get effect(): ProblemEffect {
    return effectOf(this.code);
  }
}

/** `unknown` where nobody can say whether the candidate would count, else `bad`. */
export function effectOf(code: SignatureProblemCode): ProblemEffect {
  return UNKNOWN.has(code) ? "unknown" : "bad";
}
