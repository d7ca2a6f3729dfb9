// SPDX-License-Identifier: Apache-2.0
import { normalizePythonName } from "../pypi/normalize-python-name.ts";

/** Name, extras, and the one version that is asked for; markers, hashes and comments may follow. */
const PINNED = /^([a-z0-9][a-z0-9._-]*)\s*(?:\[[^\]]*\]\s*)?\(?={2,3}\s*([a-z0-9][a-z0-9.!+_-]*)\)?\s*(?:$|[;#\\]|--)/i;

/** Enough for name and version; hundreds of hashes may follow on the same line. */
const MAX_LENGTH = 4_096;

/**
 * The package of a requirement (PEP 508) that asks for exactly one version. `undefined` for options, addresses, ranges
 * and `==1.2.*`.
 */
export function pinnedRequirement(line: string): { readonly name: string; readonly version: string } | undefined {
  const match = PINNED.exec(line.slice(0, MAX_LENGTH).trim());
  const name = normalizePythonName(match?.[1]);
  const version = match?.[2];
  return name === undefined || version === undefined ? undefined : { name, version };
}
