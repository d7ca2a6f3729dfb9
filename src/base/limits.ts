// SPDX-License-Identifier: Apache-2.0

const KIB = 1024;
const MIB = 1024 * KIB;
const GIB = 1024 * MIB;

/**
 * Every limit on bytes that somebody else wrote, in one place, with its unit in the name.
 * A parser takes the limits it needs as a parameter that defaults to these.
 */
export const LIMITS = {
  /** A manifest or index; the distribution specification asks registries to accept at least 4 MiB. */
  maxManifestBytes: 4 * MIB,
  maxConfigBytes: 4 * MIB,
  /** Children of an index, layers of a manifest. */
  maxDescriptors: 2_000,
  maxJsonDepth: 64,
  /** One layer as transferred. */
  maxLayerBytes: 20 * GIB,
  /** One layer inflated. */
  maxInflatedLayerBytes: 40 * GIB,
  /** Inflated bytes per compressed byte, judged once `minRatioBytes` were inflated. */
  maxCompressionRatio: 300,
  minRatioBytes: 64 * MIB,
  maxTarEntries: 1_000_000,
  maxPathBytes: 4_096,
  /** A pax or GNU long-name record. */
  maxTarHeaderBytes: 1 * MIB,
  /** One file that an analyzer reads. */
  maxAnalyzedFileBytes: 64 * MIB,
  /** All files that analyzers read of one image. */
  maxAnalyzedBytes: 1 * GIB,
  maxPackages: 500_000,
  /** A package's name, version, architecture, source or licence, in UTF-16 units. */
  maxFieldLength: 1_024,
  maxProblems: 1_000,
  maxLinkHops: 40,
  maxPolicyBytes: 1 * MIB,
  /** The API server sends objects of at most about 3 MiB, twice on an update. */
  maxAdmissionReviewBytes: 8 * MIB,
  maxConfigurationBytes: 1 * MIB,
  maxAdvisoryBytes: 8 * MIB,
  /** One archive of advisories as transferred, all that it inflates to, and its entries. */
  maxAdvisoryArchiveBytes: 4 * GIB,
  maxInflatedAdvisoryBytes: 64 * GIB,
  maxAdvisoryArchiveEntries: 2_000_000,
} as const;

/** The shape of {@link LIMITS}, for functions that accept other values. */
export type Limits = { readonly [K in keyof typeof LIMITS]: number };
