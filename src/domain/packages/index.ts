// SPDX-License-Identifier: Apache-2.0
export type { AnalyzedFile, Analyzer, AnalyzerResult } from "./analyzer.ts";
export { ANALYZERS } from "./analyzers.ts";
export type {
  Distribution,
  Evidence,
  FoundPackage,
  Inventory,
  Package,
  PackageType,
  Problem,
  ProblemCode,
  ScanStatus,
} from "./inventory.ts";
export type { LayerAnalysis, LayerFile } from "./merge/layer-analysis.ts";
export { type MergeOptions, mergeLayers } from "./merge/merge-layers.ts";
