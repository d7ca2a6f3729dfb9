// SPDX-License-Identifier: Apache-2.0

/** What one source says of one certificate. */
export type RevocationStatus =
  | {
      readonly state: "good" | "revoked";
      /** Until when the answer may be used again (milliseconds); absent: only now. */
      readonly until?: number;
    }
  /** Nobody can say, and why; an answer that does not hold says nothing. */
  | { readonly state: "unknown"; readonly message: string };

/** Clocks of authorities run ahead of ours by no more. */
export const MAX_CLOCK_SKEW_MS: number = 5 * 60 * 1_000;

export function unknownStatus(message: string): RevocationStatus {
  return { state: "unknown", message };
}
