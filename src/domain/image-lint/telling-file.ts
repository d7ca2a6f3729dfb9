// SPDX-License-Identifier: Apache-2.0
import type { CheckRule } from "./check-rule.ts";
import { IMAGE_CHECK } from "./checks/image-checks.ts";

const TELLING: readonly (readonly [RegExp, CheckRule])[] = [
  [/(?:^|\/)\.git\/HEAD$/, IMAGE_CHECK.gitFolder],
  [/(?:^|\/)\.ssh\/authorized_keys2?$/, IMAGE_CHECK.authorizedKeys],
  [/(?:^|\/)\.env(?:\.(?:local|production|prod|staging|development))?$/, IMAGE_CHECK.environmentFile],
  [/(?:^|\/)core\.[0-9]{1,8}$|(?:^|\/)java_pid[0-9]{1,8}\.hprof$|\.mdmp$/, IMAGE_CHECK.coreDump],
  [/\.(?:p12|pfx|jks|keystore|bks)$/, IMAGE_CHECK.keyStore],
];
/** One look at the end of a path rules out nearly all of them. */
const MAY_TELL =
  /(?:HEAD|authorized_keys2?|env|local|prod|production|staging|development|core\.[0-9]{1,8}|hprof|mdmp|p12|pfx|jks|keystore|bks)$/;
/** Stores of certificates, which have no private keys, and what comes with tests of packages. */
const HARMLESS =
  /(?:^|\/)(?:cacerts|truststore)[^/]{0,40}$|(?:^|\/)(?:node_modules|site-packages|dist-packages|tests?|examples?|share\/doc)\//;

/** What is to be said about a file that should not be in an image, by its path. */
export function checkOfTellingFile(path: string, size: number): CheckRule | undefined {
  if (size === 0 || !MAY_TELL.test(path) || HARMLESS.test(path)) {
    return undefined;
  }
  return TELLING.find(([pattern]) => pattern.test(path))?.[1];
}
