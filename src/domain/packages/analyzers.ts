// SPDX-License-Identifier: Apache-2.0
import type { Analyzer } from "./analyzer.ts";
import { apkAnalyzer } from "./apk/apk-analyzer.ts";
import { copyrightAnalyzer } from "./dpkg/copyright-analyzer.ts";
import { dpkgAnalyzer } from "./dpkg/dpkg-analyzer.ts";
import { goBinaryAnalyzer } from "./go-binary/go-binary-analyzer.ts";
import { jarAnalyzer } from "./java/jar-analyzer.ts";
import { javaReleaseAnalyzer } from "./java/java-release-analyzer.ts";
import { LANGUAGE_ANALYZERS } from "./languages/language-analyzers.ts";
import { npmAnalyzer } from "./npm/npm-analyzer.ts";
import { osReleaseAnalyzer } from "./os-release/os-release-analyzer.ts";
import { releaseFileAnalyzer } from "./os-release/release-file-analyzer.ts";
import { programAnalyzer } from "./program/program-analyzer.ts";
import { packageManifestAnalyzer } from "./rpm/package-manifest-analyzer.ts";
import { rpmAnalyzer } from "./rpm/rpm-analyzer.ts";
import { rustBinaryAnalyzer } from "./rust-binary/rust-binary-analyzer.ts";

/** Every analyzer, in the order in which they are asked. A file may be wanted by more than one. */
export const ANALYZERS: readonly Analyzer[] = [
  osReleaseAnalyzer,
  releaseFileAnalyzer,
  dpkgAnalyzer,
  copyrightAnalyzer,
  apkAnalyzer,
  rpmAnalyzer,
  packageManifestAnalyzer,
  npmAnalyzer,
  ...LANGUAGE_ANALYZERS,
  goBinaryAnalyzer,
  rustBinaryAnalyzer,
  jarAnalyzer,
  javaReleaseAnalyzer,
  programAnalyzer,
];
