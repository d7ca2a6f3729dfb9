// SPDX-License-Identifier: Apache-2.0
import cvss, { type CvssVector } from "ae-cvss-calculator";
import type { Severity } from "./advisory.ts";

/** A vector is under 200 characters with every optional metric; the rest is an attempt at something else. */
const MAX_VECTOR_LENGTH = 512;

/**
 * The severity of a CVSS 2.0, 3.0, 3.1 or 4.0 vector and the version it is written in (`CVSS:3.1`); `undefined` when the
 * text is not a complete vector. Ratings: CVSS 3.1 section 5, CVSS 4.0 section 6; for 2.0 the NVD's three steps.
 */
export function severityOfCvss(
  vector: string,
): { readonly severity: Severity; readonly version: string; readonly score: number } | undefined {
  if (vector.length > MAX_VECTOR_LENGTH) {
    return undefined;
  }
  try {
    // the library types its answer as `any`; it is `null` for what is no vector
    const parsed: CvssVector<{ vector: string; overall: number; normalized: boolean }> | null = cvss.fromVector(vector);
    if (parsed === null || !parsed.isBaseFullyDefined()) {
      return undefined;
    }
    const score = parsed.calculateScores(false).overall;
    if (!Number.isFinite(score)) {
      return undefined;
    }
    const version = parsed.getVectorName();
    return { severity: severityOfScore(score, version === "CVSS:2.0"), version, score };
  } catch {
    // the library throws for vectors that it does not understand: the caller gets "no severity"
    return undefined;
  }
}

function severityOfScore(score: number, isVersion2: boolean): Severity {
  if (score <= 0) {
    return "negligible";
  }
  if (score < 4) {
    return "low";
  }
  if (score < 7) {
    return "medium";
  }
  return score < 9 || isVersion2 ? "high" : "critical";
}
