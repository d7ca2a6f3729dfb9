// SPDX-License-Identifier: Apache-2.0
import { type NameAndVersion, splitAtVersion } from "../npm-lock/npm-specifier.ts";

/**
 * Name and version in a key of pnpm's `packages`, without the peers behind them: `/foo/1.2.3_react@18.0.0` (lock file
 * version 5), `/foo@1.2.3(react@18.0.0)` (6), `foo@1.2.3` (9).
 */
export function parseDependencyPath(key: string, lockfileVersion: string): NameAndVersion | undefined {
  const path = withoutPeers(key.startsWith("/") ? key.slice(1) : key);
  return lockfileVersion.startsWith("5") ? splitAtSlash(path) : splitAtVersion(path);
}

/** The key without peers in brackets, as lock file version 6 and later write them. */
export function withoutPeers(key: string): string {
  const bracket = key.indexOf("(");
  return bracket < 0 ? key : key.slice(0, bracket);
}

function splitAtSlash(path: string): NameAndVersion | undefined {
  const slash = path.indexOf("/", path.startsWith("@") ? path.indexOf("/") + 1 : 0);
  if (slash < 0) {
    return undefined;
  }
  // Peers follow a "_", or a "/" in the oldest files.
  const [version = ""] = path.slice(slash + 1).split(/[_/]/, 1);
  return { name: path.slice(0, slash), version };
}
