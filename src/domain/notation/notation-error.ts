// SPDX-License-Identifier: Apache-2.0
import type { SignatureProblemCode } from "#signatures";

/**
 * Why a check failed, thrown and caught inside this module: the caller gets it as a problem of the candidate. The
 * effect follows from the code and from the level of the trust policy.
 */
export class NotationError extends Error {
  override readonly name: string = "NotationError";
  readonly code: SignatureProblemCode;

  constructor(code: SignatureProblemCode, message: string, options: { readonly cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
  }
}

/** Text of somebody else for a message: short, quoted, control characters escaped. */
export function quote(text: string): string {
  return JSON.stringify(text.length > MAX_QUOTED ? `${text.slice(0, MAX_QUOTED)}…` : text);
}

const MAX_QUOTED = 120;
