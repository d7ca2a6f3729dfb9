// SPDX-License-Identifier: Apache-2.0
import type { VerificationSubject, VerifiedSignature } from "#signatures";
import type { ParsedCandidate } from "./parse-candidate.ts";

/** Who signed, as far as the cryptography and the requirement say; the payload is judged elsewhere. */
export type SignerFinding = Omit<VerifiedSignature, "location" | "predicateType">;

/** Verifies that a candidate was signed by whom the requirement names. Throws what `explainRejection` understands. */
export type CandidateSigner = (candidate: ParsedCandidate, subject: VerificationSubject) => SignerFinding;
