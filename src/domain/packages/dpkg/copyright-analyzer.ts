// SPDX-License-Identifier: Apache-2.0
import { LIMITS } from "#base";
import type { AnalyzedFile, Analyzer, AnalyzerResult } from "../analyzer.ts";
import { decodeText } from "../untrusted-text.ts";
import { copyrightLicenses } from "./copyright-licenses.ts";

const FOLDER = "usr/share/doc/";
const COPYRIGHT = /^usr\/share\/doc\/([A-Za-z0-9][A-Za-z0-9+.-]*)\/copyright$/;

/** Licences of Debian packages: their copyright files (Debian Policy 12.5). */
export const copyrightAnalyzer: Analyzer = {
  name: "dpkg-copyright",
  version: "1",
  fixedPaths: [],
  endings: ["/copyright"],
  wants(path) {
    return path.startsWith(FOLDER) && path.endsWith("/copyright") && COPYRIGHT.test(path);
  },
  analyze,
};

function analyze(file: AnalyzedFile): AnalyzerResult {
  const name = COPYRIGHT.exec(file.path)?.[1];
  if (file.bytes.length > LIMITS.maxLockFileBytes) {
    const message = `file is larger than ${LIMITS.maxLockFileBytes} bytes`;
    return { packages: [], problems: [{ code: "FILE_TOO_LARGE", message, path: file.path }] };
  }
  const licenses = copyrightLicenses(decodeText(file.bytes));
  return {
    packages: [],
    problems: [],
    ...(name !== undefined && licenses.length > 0 && { packageLicenses: [{ type: "deb", name, licenses }] }),
  };
}
