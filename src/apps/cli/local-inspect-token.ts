// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from "node:fs";
import { join } from "node:path";

interface LocalInspectToken {
  /** `host:port` under which the registry that made it is reached on this machine. */
  readonly registries: readonly string[];
  readonly token: string;
}

/**
 * The token that a server of the same account on this machine leaves in its data folder (mode 0600), so that `haechi
 * scan` can read images that the gate refuses. It goes to that registry only. Absent: no server, or another account's.
 */
export function readLocalInspectToken(dataDir: string): LocalInspectToken | undefined {
  try {
    return parse(JSON.parse(readFileSync(join(dataDir, "run/local-inspect-token.json"), "utf8")));
  } catch {
    // no server here: the scan goes on with the usual credentials
    return undefined;
  }
}

function parse(document: unknown): LocalInspectToken | undefined {
  const { registries, token } = (document ?? {}) as Readonly<Record<string, unknown>>;
  const isList = Array.isArray(registries) && registries.length <= 100;
  const isToken = typeof token === "string" && token.length <= 8_192;
  return isList && isToken && registries.every((each) => typeof each === "string") ? { registries, token } : undefined;
}
