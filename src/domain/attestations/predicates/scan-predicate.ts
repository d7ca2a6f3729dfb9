// SPDX-License-Identifier: Apache-2.0
import type { Digest } from "#base";

/** What `SCAN_PREDICATE_TYPE` says: what the scanner found, without a judgement. */
export interface ScanPredicate {
  readonly image: { readonly digest: Digest; readonly reference: string };
  /** RFC 3339, as the signer says. */
  readonly scannedAt: string;
  readonly scanner: { readonly name: string; readonly version: string };
  /** One per platform, as in `reports[]` of `haechi scan --format json`. */
  readonly reports: readonly unknown[];
}

/** The predicate as it is signed: keys in a fixed order. */
export function toScanPredicate(scan: ScanPredicate): object {
  return {
    image: { digest: scan.image.digest, reference: scan.image.reference },
    scannedAt: scan.scannedAt,
    scanner: { name: scan.scanner.name, version: scan.scanner.version },
    reports: scan.reports,
  };
}
