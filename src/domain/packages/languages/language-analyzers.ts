// SPDX-License-Identifier: Apache-2.0
import type { Analyzer } from "../analyzer.ts";
import { bunLockAnalyzer } from "../bun/bun-lock-analyzer.ts";
import { cargoLockAnalyzer } from "../cargo/cargo-lock-analyzer.ts";
import { composerAnalyzer } from "../composer/composer-analyzer.ts";
import { composerLockAnalyzer } from "../composer/composer-lock-analyzer.ts";
import { condaAnalyzer } from "../conda/conda-analyzer.ts";
import { condaEnvironmentAnalyzer } from "../conda/conda-environment-analyzer.ts";
import { condaLockAnalyzer } from "../conda/conda-lock-analyzer.ts";
import { gemfileLockAnalyzer } from "../gem/gemfile-lock-analyzer.ts";
import { gemspecAnalyzer } from "../gem/gemspec-analyzer.ts";
import { goModAnalyzer } from "../gomod/go-mod-analyzer.ts";
import { gradleLockAnalyzer } from "../gradle/gradle-lock-analyzer.ts";
import { erlangReleaseAnalyzer } from "../hex/erlang-release-analyzer.ts";
import { hexMetadataAnalyzer } from "../hex/hex-metadata-analyzer.ts";
import { mixLockAnalyzer } from "../hex/mix-lock-analyzer.ts";
import { rebarLockAnalyzer } from "../hex/rebar-lock-analyzer.ts";
import { npmLockAnalyzer } from "../npm-lock/npm-lock-analyzer.ts";
import { depsJsonAnalyzer } from "../nuget/deps-json-analyzer.ts";
import { packagesConfigAnalyzer } from "../nuget/packages-config-analyzer.ts";
import { packagesLockAnalyzer } from "../nuget/packages-lock-analyzer.ts";
import { pnpmLockAnalyzer } from "../pnpm/pnpm-lock-analyzer.ts";
import { pubLockAnalyzer } from "../pub/pub-lock-analyzer.ts";
import { pypiAnalyzer } from "../pypi/pypi-analyzer.ts";
import { pdmLockAnalyzer } from "../python-locks/pdm-lock-analyzer.ts";
import { pipfileLockAnalyzer } from "../python-locks/pipfile-lock-analyzer.ts";
import { poetryLockAnalyzer } from "../python-locks/poetry-lock-analyzer.ts";
import { pylockAnalyzer } from "../python-locks/pylock-analyzer.ts";
import { requirementsAnalyzer } from "../python-locks/requirements-analyzer.ts";
import { uvLockAnalyzer } from "../python-locks/uv-lock-analyzer.ts";
import { yarnLockAnalyzer } from "../yarn/yarn-lock-analyzer.ts";

/** Analyzers of what the package managers of languages write in text: where they install, and in lock files. */
export const LANGUAGE_ANALYZERS: readonly Analyzer[] = [
  pypiAnalyzer,
  gemspecAnalyzer,
  composerAnalyzer,
  depsJsonAnalyzer,
  condaAnalyzer,
  hexMetadataAnalyzer,
  erlangReleaseAnalyzer,
  npmLockAnalyzer,
  yarnLockAnalyzer,
  pnpmLockAnalyzer,
  bunLockAnalyzer,
  requirementsAnalyzer,
  pipfileLockAnalyzer,
  poetryLockAnalyzer,
  pdmLockAnalyzer,
  pylockAnalyzer,
  uvLockAnalyzer,
  gemfileLockAnalyzer,
  composerLockAnalyzer,
  cargoLockAnalyzer,
  packagesLockAnalyzer,
  packagesConfigAnalyzer,
  condaEnvironmentAnalyzer,
  condaLockAnalyzer,
  pubLockAnalyzer,
  mixLockAnalyzer,
  rebarLockAnalyzer,
  goModAnalyzer,
  gradleLockAnalyzer,
];
