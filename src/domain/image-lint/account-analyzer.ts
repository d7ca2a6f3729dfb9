// SPDX-License-Identifier: Apache-2.0
import { LIMITS } from "#base";
import type { AnalyzedFile, Analyzer, AnalyzerResult, Observation } from "#packages";
import { observe } from "./check-rule.ts";
import { IMAGE_CHECK } from "./checks/image-checks.ts";

const PASSWD = "etc/passwd";
const SHADOW = "etc/shadow";
/** Accounts of a file that are looked at; an honest image has some dozens. */
const MAX_ACCOUNTS = 10_000;

/** Reads the accounts of an image (passwd(5), shadow(5)): those without a password, and those with the rights of root. */
export const ACCOUNT_ANALYZER: Analyzer = {
  name: "account",
  version: "1",
  fixedPaths: [PASSWD, SHADOW],
  wants: (path) => path === PASSWD || path === SHADOW,
  analyze: analyzeAccounts,
};

function analyzeAccounts({ path, bytes }: AnalyzedFile): AnalyzerResult {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.byteLength, LIMITS.maxSecretFileBytes));
  const observations = text
    .toString("latin1")
    .split("\n", MAX_ACCOUNTS)
    .flatMap((line, index) => judgeLine(line, path, index + 1));
  return { packages: [], problems: [], observations };
}

function judgeLine(text: string, path: string, line: number): readonly Observation[] {
  const [account = "", password, uid, ...rest] = text.split(":", 8);
  if (account === "" || account.startsWith("#") || password === undefined || rest.length < 2) {
    return [];
  }
  const params = { account };
  return [
    ...(password === "" ? [observe(IMAGE_CHECK.emptyPassword, { line, params })] : []),
    ...(path === PASSWD && /^0+$/.test(uid ?? "") && account !== "root"
      ? [observe(IMAGE_CHECK.secondRoot, { line, params })]
      : []),
  ];
}
