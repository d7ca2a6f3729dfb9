// SPDX-License-Identifier: Apache-2.0
export type {
  AnalysisContext,
  AnalyzedFile,
  Analyzer,
  AnalyzerResult,
  FileFacts,
  OwnedFiles,
  PackageLicenses,
} from "./analyzer.ts";
export { ANALYZERS } from "./analyzers.ts";
export type {
  Distribution,
  Evidence,
  FoundPackage,
  ImageObservation,
  Inventory,
  Observation,
  OsPackageType,
  Package,
  PackageOwner,
  PackageType,
  Problem,
  ProblemCode,
  ScanStatus,
} from "./inventory.ts";
export type { MalwareScanner, MalwareVerdict } from "./malware-scanner.ts";
export { withObservations } from "./merge/collect-observations.ts";
export type { LayerAnalysis, LayerFile } from "./merge/layer-analysis.ts";
export { type MergeOptions, mergeLayers } from "./merge/merge-layers.ts";
