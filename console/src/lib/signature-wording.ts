// SPDX-License-Identifier: Apache-2.0
import type { SignatureSummary } from "../api/generated/api.ts";

/** The words for a state: where there is nothing that could be bad, nobody should read of a bad signature. */
export function signatureWording({
  state,
  note,
}: Pick<SignatureSummary, "state" | "note">): SignatureSummary["state"] | "not-supported" | "other-kind" {
  return note === "not-signed" ? "none" : (note ?? state);
}
