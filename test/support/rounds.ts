// SPDX-License-Identifier: Apache-2.0

/** How many rounds a fuzz, crash or load test makes: the short form in `npm test` and CI, the long one in `npm run soak`. */
export function rounds(counts: { readonly short: number; readonly long: number }): number {
  return process.env["HAECHI_SOAK"] === "1" ? counts.long : counts.short;
}
