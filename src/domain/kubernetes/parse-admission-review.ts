// SPDX-License-Identifier: Apache-2.0
import { LIMITS } from "#base";
import type { ParsedReview } from "./admission-request.ts";
import { findUid, readAdmissionRequest, UnreadableReview } from "./read-admission-request.ts";
import { parseUnambiguousJson } from "./unambiguous-json.ts";

/** Who wrote which field last: a third to half of each review, and of no account here. */
const UNREAD_LISTS = [
  ["request", "object", "metadata", "managedFields"],
  ["request", "oldObject", "metadata", "managedFields"],
];

/** The request in the bytes of an AdmissionReview v1, or what is wrong with them; `managedFields` of its objects are empty. Never throws. */
export function parseAdmissionReview(
  bytes: Uint8Array,
  limits: { readonly maxAdmissionReviewBytes: number; readonly maxJsonDepth: number } = LIMITS,
): ParsedReview {
  if (bytes.length > limits.maxAdmissionReviewBytes) {
    return { problem: `larger than ${limits.maxAdmissionReviewBytes} bytes` };
  }
  const json = parseUnambiguousJson(bytes, limits.maxJsonDepth, UNREAD_LISTS);
  if ("problem" in json) {
    return json;
  }
  try {
    return { request: readAdmissionRequest(json.value) };
  } catch (error) {
    if (!(error instanceof UnreadableReview)) {
      throw error;
    }
    const uid = findUid(json.value);
    return { problem: error.message, ...(uid === undefined ? {} : { uid }) };
  }
}
