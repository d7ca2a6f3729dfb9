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
  /** As in the problem that it becomes. */
  readonly missingSigner?: string;

  constructor(
    code: SignatureProblemCode,
    message: string,
    { cause, missingSigner }: { readonly cause?: unknown; readonly missingSigner?: string } = {},
  ) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
    if (missingSigner !== undefined) {
      this.missingSigner = missingSigner;
    }
  }

  get effect(): ProblemEffect {
    return effectOf(this.code);
  }
}

/** `unknown` where nobody can say whether the candidate would count, else `bad`. */
export function effectOf(code: SignatureProblemCode): ProblemEffect {
  return UNKNOWN.has(code) ? "unknown" : "bad";
}
