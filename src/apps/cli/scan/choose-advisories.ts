// SPDX-License-Identifier: Apache-2.0

import type { AdvisorySource } from "#advisories";
import { ensureBundledDatabase, openAdvisoryDatabase } from "#advisory-db";
import { chooseAdvisoryFile } from "#configuration";
import type { Scanner } from "#scanner";
import type { CommandContext, Invocation } from "../command.ts";

/**
 * What knows of nothing: every package of an image becomes a coverage gap, so that a policy which asks about vulnerabilities cannot tell
 * when nobody looked for them.
 */
const NOT_ASKED: AdvisorySource & Disposable = {
  info: { digest: "", date: "", advisories: 0, isBundled: false, ecosystems: {}, isNotAsked: true },
  advisoriesFor: () => [],
  [Symbol.dispose]: () => undefined,
};

/** The advisory database by options and configuration, unless vulnerabilities are not looked for. Throws as `#advisory-db`. */
export async function chooseAdvisories(
  scanners: readonly Scanner[] | undefined,
  invocation: Invocation,
  context: CommandContext,
): Promise<AdvisorySource & Disposable> {
  if (scanners?.includes("vulnerability") === false) {
    return NOT_ASKED;
  }
  const file =
    invocation.text("db") ??
    (await chooseAdvisoryFile(context.configuration(), () => ensureBundledDatabase(context.environment.cacheDir)));
  return openAdvisoryDatabase(file);
}
