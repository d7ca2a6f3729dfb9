// SPDX-License-Identifier: Apache-2.0

export { applySuppressions, expiredStatements, type SuppressionContext } from "./apply-suppressions.ts";
export type {
  ClusterComponent,
  ClusterComponentName,
  ClusterGap,
  ClusterMatch,
  ClusterVulnerability,
  ToldCluster,
  ToldNode,
} from "./cluster/cluster-component.ts";
export { matchCluster } from "./cluster/match-cluster.ts";
export { readToldNode, readToldServer } from "./cluster/read-told-node.ts";
export { createScanReport } from "./create-scan-report.ts";
export { explainFinding, type FindingExplanation, type Remedy } from "./explain-finding.ts";
export type {
  CoverageGap,
  Finding,
  ObservationFinding,
  SuppressedFinding,
  Suppression,
  VulnerabilityFinding,
} from "./finding.ts";
export { type BaseImageGuess, guessBaseImage } from "./guess-base-image.ts";
export { type InventoryMatch, matchInventory } from "./match-inventory.ts";
export { MATCHING_VERSION } from "./matching-version.ts";
export type { ScanReport } from "./scan-report.ts";
export { type AdvisorySubject, subjectsOf } from "./subjects-of.ts";
export type {
  ImageIdentity,
  StatedImage,
  StatedPackage,
  StatedProduct,
  StatementStatus,
  SuppressionStatement,
} from "./suppression-statement.ts";
