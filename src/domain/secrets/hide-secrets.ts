// SPDX-License-Identifier: Apache-2.0
import { findSecrets } from "./find-secrets.ts";
import { isSecretVariable } from "./secret-variable.ts";

const ASSIGNMENT = /(?<![A-Za-z0-9_])([A-Za-z_][A-Za-z0-9_]{0,100})=("[^"]{0,4096}"|'[^']{0,4096}'|[^\s"']{1,4096})/g;
/** Here nothing may be left out; texts of a configuration have a limit of their own. */
const ALL = { maxSecretsPerFile: Number.POSITIVE_INFINITY, maxSecretCandidates: Number.POSITIVE_INFINITY };
/** Shown where a name alone tells that the value is a secret. */
const HIDDEN = "****";

/**
 * The text with all values of secrets hidden, as it may be stored and shown: an instruction of an image's history has the arguments of
 * its build in it. What is found only by the name of a variable is hidden as well.
 */
export function hideSecrets(text: string): string {
  const bytes = Buffer.from(text);
  const parts: Buffer[] = [];
  let at = 0;
  for (const { start, end, masked } of findSecrets(bytes, { limits: ALL }).secrets) {
    parts.push(bytes.subarray(at, start), Buffer.from(masked));
    at = end;
  }
  const known = at === 0 ? text : Buffer.concat([...parts, bytes.subarray(at)]).toString("utf8");
  return known.replaceAll(ASSIGNMENT, (whole, name: string, value: string) =>
    isSecretVariable(name, value.replaceAll(/["']/g, "")) && !value.endsWith(HIDDEN) ? `${name}=${HIDDEN}` : whole,
  );
}
