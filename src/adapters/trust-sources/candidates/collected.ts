// SPDX-License-Identifier: Apache-2.0
import { CodedError, messageOf, redactText } from "#base";
import type { SignatureKind, SignatureProblem } from "#signatures";

/** Candidates of one kind, and what could not be read of them. */
export interface Collected<T> {
  readonly candidates: readonly T[];
  readonly problems: readonly SignatureProblem[];
  /** Whether every place was read to its end. */
  readonly isComplete: boolean;
}

/** Content that is not what it claims to be; whoever attached it could have attached nothing as well. */
const BAD_CONTENT: ReadonlySet<string> = new Set([
  "BLOB_MISSING",
  "BLOB_TOO_SHORT",
  "BLOB_TOO_LONG",
  "BLOB_DIGEST_MISMATCH",
  "MANIFEST_INVALID",
]);

/** What several places have, together. */
export function together<T>(parts: readonly Collected<T>[]): Collected<T> {
  return {
    candidates: parts.flatMap((part) => part.candidates),
    problems: parts.flatMap((part) => part.problems),
    isComplete: parts.every((part) => part.isComplete),
  };
}

/** Why a place or candidate could not be read. Broken content is `bad`; everything else, above all the network, is `unknown`. */
export function readProblem(kind: SignatureKind, location: string, error: unknown): SignatureProblem {
  const code = error instanceof CodedError ? error.code : "";
  const isBad = BAD_CONTENT.has(code);
  return {
    kind,
    code: isBad ? "MALFORMED" : code === "LIMIT_EXCEEDED" ? "LIMIT_EXCEEDED" : "SOURCE_UNAVAILABLE",
    effect: isBad ? "bad" : "unknown",
    location,
    message: redactText(messageOf(error)).slice(0, 500),
  };
}

/** Nothing, since the place could not be read. */
export function unreadable(kind: SignatureKind, location: string, error: unknown): Collected<never> {
  const problem = readProblem(kind, location, error);
  return { candidates: [], problems: [problem], isComplete: problem.effect === "bad" };
}
