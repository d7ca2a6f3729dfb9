// SPDX-License-Identifier: Apache-2.0
import type { Analyzer } from "./analyzer.ts";
import { apkAnalyzer } from "./apk/apk-analyzer.ts";
import { dpkgAnalyzer } from "./dpkg/dpkg-analyzer.ts";
import { npmAnalyzer } from "./npm/npm-analyzer.ts";
import { osReleaseAnalyzer } from "./os-release/os-release-analyzer.ts";

/** Every analyzer, in the order in which they are asked. A file may be wanted by more than one. */
export const ANALYZERS: readonly Analyzer[] = [osReleaseAnalyzer, dpkgAnalyzer, apkAnalyzer, npmAnalyzer];
