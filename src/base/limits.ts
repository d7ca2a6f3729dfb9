// SPDX-License-Identifier: Apache-2.0

const KIB = 1024;
const MIB = 1024 * KIB;
const GIB = 1024 * MIB;

/**
 * Every limit on bytes that somebody else wrote, in one place, with its unit in the name.
 * A parser takes the limits it needs as a parameter that defaults to {@link LIMITS}.
 */
export interface Limits {
  /** A manifest or index; the distribution specification asks registries to accept at least 4 MiB. */
  readonly maxManifestBytes: number;
  readonly maxConfigBytes: number;
  /** Children of an index, layers of a manifest. */
  readonly maxDescriptors: number;
  readonly maxJsonDepth: number;
  /** One layer as transferred. */
  readonly maxLayerBytes: number;
  /** One layer inflated. */
  readonly maxInflatedLayerBytes: number;
  /** Inflated bytes per compressed byte, judged once `minRatioBytes` were inflated. */
  readonly maxCompressionRatio: number;
  readonly minRatioBytes: number;
  /** Entries of all layers of one image; of a root file system. */
  readonly maxTarEntries: number;
  /** Entries of an archive of images, which has a few for each layer. */
  readonly maxImageArchiveEntries: number;
  /** Paths of one image that are kept to tell which hides which, with what keeping each takes. */
  readonly maxListingBytes: number;
  readonly maxPathBytes: number;
  /** A pax or GNU long-name record. */
  readonly maxTarHeaderBytes: number;
  /** One file that an analyzer reads. */
  readonly maxAnalyzedFileBytes: number;
  /** A lock file or another document that is parsed into values, which take several times its size. */
  readonly maxLockFileBytes: number;
  /** A package database in text, or the list of a package's files; those of thousands of packages have some megabytes. */
  readonly maxPackageTextBytes: number;
  /** Members and elements of such a document, as far as they can be told before it is parsed. */
  readonly maxDocumentValues: number;
  /** Archives within one file (jars in a war): bytes that they inflate to, how many they are, how deep, and entries of all. */
  readonly maxNestedBytes: number;
  readonly maxNestedArchives: number;
  readonly maxNestingDepth: number;
  readonly maxArchiveEntries: number;
  /** All files that analyzers read of one image. */
  readonly maxAnalyzedBytes: number;
  readonly maxPackages: number;
  /** What analyzers notice besides packages, in one file, one layer, one image. */
  readonly maxObservations: number;
  /** Larger files are not read for secrets, but for those of settings and keys that no package brought. */
  readonly maxSecretFileBytes: number;
  /** Secrets of one file that are told, and places in it that are looked at. */
  readonly maxSecretsPerFile: number;
  readonly maxSecretCandidates: number;
  /** A Dockerfile, and its instructions. */
  readonly maxDockerfileBytes: number;
  readonly maxDockerfileInstructions: number;
  /** Files that are given to a malware scanner. */
  readonly maxMalwareFileBytes: number;
  /** A package's name, version, architecture, source or licence, in UTF-16 units. */
  readonly maxFieldLength: number;
  readonly maxProblems: number;
  readonly maxLinkHops: number;
  /** Tags of one repository of another registry, and repositories of one registry, that are listed. */
  readonly maxListedTags: number;
  readonly maxListedRepositories: number;
  /** Uploads to the registry that are not finished, of one repository and of all. */
  readonly maxOpenUploadsPerRepository: number;
  readonly maxOpenUploads: number;
  /** Manifests attached to one image that are listed, and signatures or attestations of one kind that are looked at. */
  readonly maxReferrers: number;
  readonly maxSignatures: number;
  /** One signature, envelope or bundle; one attestation, which may carry the inventory of a large image. */
  readonly maxSignatureBytes: number;
  readonly maxAttestationBytes: number;
  /** One file of TUF metadata, one trusted root, one key ring; one revocation list or OCSP answer. */
  readonly maxTrustMaterialBytes: number;
  readonly maxRevocationBytes: number;
  /** Versions of a TUF root that are followed one after the other, and delegations that are looked at. */
  readonly maxRootRotations: number;
  readonly maxDelegations: number;
  readonly maxPolicyBytes: number;
  /** One VEX document; vendors publish some of 20 MiB. */
  readonly maxVexBytes: number;
  /** One bill of materials: that of an image with 100,000 packages has about 150 MiB. */
  readonly maxSbomBytes: number;
  /** The API server sends objects of at most about 3 MiB, twice on an update. */
  readonly maxAdmissionReviewBytes: number;
  /** One object of the Kubernetes API (etcd takes 1.5 MiB, which JSON makes larger), one page of a list, and all objects of one. */
  readonly maxKubeObjectBytes: number;
  readonly maxKubePageBytes: number;
  readonly maxKubeObjects: number;
  /** Objects of a cluster in one file: JSON, and YAML, whose parser is slower by a power of ten and takes far more memory. */
  readonly maxObjectsJsonBytes: number;
  readonly maxObjectsYamlBytes: number;
  readonly maxConfigurationBytes: number;
  readonly maxAdvisoryBytes: number;
  /** One archive of advisories as transferred, all that it inflates to, and its entries. */
  readonly maxAdvisoryArchiveBytes: number;
  readonly maxInflatedAdvisoryBytes: number;
  readonly maxAdvisoryArchiveEntries: number;
  /** The index document of an advisory database, one of its shards as a file, and one changed-rows layer inflated. */
  readonly maxAdvisoryIndexBytes: number;
  readonly maxAdvisoryShardBytes: number;
  readonly maxAdvisoryDeltaBytes: number;
}

/** The limits in force. */
export const LIMITS: Limits = {
  maxManifestBytes: 4 * MIB,
  maxConfigBytes: 4 * MIB,
  maxDescriptors: 2_000,
  maxJsonDepth: 64,
  maxLayerBytes: 20 * GIB,
  maxInflatedLayerBytes: 40 * GIB,
  maxCompressionRatio: 300,
  minRatioBytes: 64 * MIB,
  maxTarEntries: 4_000_000,
  maxImageArchiveEntries: 100_000,
  maxListingBytes: 400 * MIB,
  maxPathBytes: 4_096,
  maxTarHeaderBytes: 1 * MIB,
  maxAnalyzedFileBytes: 256 * MIB,
  maxLockFileBytes: 16 * MIB,
  maxPackageTextBytes: 64 * MIB,
  maxDocumentValues: 1_000_000,
  maxNestedBytes: 512 * MIB,
  maxNestedArchives: 10_000,
  maxNestingDepth: 5,
  maxArchiveEntries: 1_000_000,
  maxAnalyzedBytes: 20 * GIB,
  maxPackages: 500_000,
  maxObservations: 50_000,
  maxSecretFileBytes: 1 * MIB,
  maxSecretsPerFile: 100,
  maxSecretCandidates: 20_000,
  maxDockerfileBytes: 4 * MIB,
  maxDockerfileInstructions: 10_000,
  maxMalwareFileBytes: 100 * MIB,
  maxFieldLength: 1_024,
  maxProblems: 1_000,
  maxLinkHops: 40,
  maxListedTags: 1_000_000,
  maxListedRepositories: 200_000,
  maxOpenUploadsPerRepository: 2_000,
  maxOpenUploads: 50_000,
  maxReferrers: 1_000,
  maxSignatures: 64,
  maxSignatureBytes: 1 * MIB,
  maxAttestationBytes: 32 * MIB,
  maxTrustMaterialBytes: 8 * MIB,
  maxRevocationBytes: 32 * MIB,
  maxRootRotations: 256,
  maxDelegations: 64,
  maxPolicyBytes: 1 * MIB,
  maxVexBytes: 64 * MIB,
  maxSbomBytes: 256 * MIB,
  maxAdmissionReviewBytes: 8 * MIB,
  maxKubeObjectBytes: 8 * MIB,
  maxKubePageBytes: 32 * MIB,
  maxKubeObjects: 500_000,
  maxObjectsJsonBytes: 256 * MIB,
  maxObjectsYamlBytes: 8 * MIB,
  maxConfigurationBytes: 1 * MIB,
  maxAdvisoryBytes: 8 * MIB,
  maxAdvisoryArchiveBytes: 4 * GIB,
  maxInflatedAdvisoryBytes: 64 * GIB,
  maxAdvisoryArchiveEntries: 2_000_000,
  maxAdvisoryIndexBytes: 4 * MIB,
  maxAdvisoryShardBytes: 16 * GIB,
  maxAdvisoryDeltaBytes: 1 * GIB,
};
