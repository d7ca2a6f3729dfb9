// SPDX-License-Identifier: Apache-2.0
import type { AdvisoryDatabaseInfo, SupportPeriod } from "#advisories";
import type { Digest } from "#base";
import type { Platform } from "#oci";
import type { Inventory } from "#packages";
import type { CoverageGap, ObservationFinding, SuppressedFinding, VulnerabilityFinding } from "./finding.ts";
import type { BaseImageGuess } from "./guess-base-image.ts";

/** Everything a scan says about one image for one platform. Holds no clock and no random: a rerun is byte-identical. */
export interface ScanReport {
  readonly image: {
    /** Digest of the image manifest (not of an index above it). */
    readonly digest: Digest;
    readonly mediaType: string;
    readonly platform: Platform;
    /** The builder's claim, RFC 3339. */
    readonly created?: string;
    /** Compressed layers, in bytes. */
    readonly sizeBytes: number;
    readonly layers: readonly {
      readonly digest: Digest;
      readonly diffId: Digest;
      readonly sizeBytes: number;
      readonly createdBy?: string;
    }[];
    /** What it probably was built on; absent when nothing tells. */
    readonly base?: BaseImageGuess;
  };
  readonly inventory: Inventory;
  /** Vulnerabilities, sorted by severity (worst first), id, package name, path. */
  readonly findings: readonly VulnerabilityFinding[];
  /** Secrets, configuration, licences, malware; sorted by severity, kind, rule, path, line. Absent when there are none. */
  readonly otherFindings?: readonly ObservationFinding[];
  /** Findings that do not count, in the same order; absent when there are none. */
  readonly suppressed?: readonly SuppressedFinding[];
  /** Until when the distribution is supported; absent when nobody knows. */
  readonly support?: SupportPeriod;
  /** What the advisories could not be asked about; not empty means "cannot tell", never "clean". */
  readonly coverageGaps: readonly CoverageGap[];
  readonly database: AdvisoryDatabaseInfo;
}
