// SPDX-License-Identifier: Apache-2.0
import type { Analyzer } from "../analyzer.ts";
import { decodeText, isCleanText } from "../untrusted-text.ts";
import { RELEASE_FILE_PATHS, readReleaseFile } from "./release-files.ts";

/** No such file is longer; what is behind it is not looked at. */
const MAX_BYTES = 64 * 1024;

/** The distribution, from the files that came before os-release. They only count where there is no os-release. */
export const releaseFileAnalyzer: Analyzer = {
  name: "release-file",
  version: "1",
  fixedPaths: RELEASE_FILE_PATHS,
  endings: RELEASE_FILE_PATHS,
  wants(path) {
    return path.startsWith("etc/") && RELEASE_FILE_PATHS.includes(path);
  },
  analyze(file) {
    const distribution = readReleaseFile(file.path, decodeText(file.bytes.subarray(0, MAX_BYTES)));
    const isClean = [distribution?.id, distribution?.versionId ?? "-", distribution?.prettyName ?? "-"].every(
      isCleanText,
    );
    return { packages: [], problems: [], ...(distribution !== undefined && isClean && { distribution }) };
  },
};
