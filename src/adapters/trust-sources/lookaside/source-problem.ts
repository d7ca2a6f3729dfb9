// SPDX-License-Identifier: Apache-2.0
import { LIMITS, messageOf, redactText } from "#base";
import type { SignatureProblem } from "#signatures";

/** The place could not be read: nobody knows what lies there. */
export function unavailable(location: string, error: unknown): SignatureProblem {
  return {
    kind: "gpg",
    code: "SOURCE_UNAVAILABLE",
    effect: "unknown",
    location,
    message: redactText(messageOf(error)).slice(0, 500),
  };
}

/** More lies there than is looked at. */
export function unlooked(location: string): SignatureProblem {
  return {
    kind: "gpg",
    code: "LIMIT_EXCEEDED",
    effect: "unknown",
    location,
    message: `more than ${LIMITS.maxSignatures} signatures`,
  };
}

/** The registry keeps no signatures, and no other place was named. */
export function notSupported(location: string): SignatureProblem {
  return {
    kind: "gpg",
    code: "NOT_SUPPORTED",
    effect: "bad",
    location,
    message: "the registry does not keep signatures, and the policy names no lookaside store",
  };
}
