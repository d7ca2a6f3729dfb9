// SPDX-License-Identifier: Apache-2.0
import type { ProblemEffect, SignatureProblemCode } from "#signatures";

/** Why a candidate does not count, on its way to the one place that makes a problem of it; never leaves the module. */
export class SignatureRejected extends Error {
  readonly code: SignatureProblemCode;
  readonly effect: ProblemEffect;

  constructor(code: SignatureProblemCode, message: string, effect: ProblemEffect = "bad") {
    super(message);
    this.code = code;
    this.effect = effect;
  }
}

/** Foreign text as it may stand in a message. */
export function quote(text: unknown): string {
  const quoted = JSON.stringify(String(text).slice(0, 120));
  return quoted.length > 300 ? `${quoted.slice(0, 300)}"` : quoted;
}
