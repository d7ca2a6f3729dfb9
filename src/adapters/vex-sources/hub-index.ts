// SPDX-License-Identifier: Apache-2.0
import { quote } from "#base";
import { packageUrlBase } from "#suppressions";
import { VexSourceError } from "./errors.ts";

/** Documents of one hub that are read, at most. */
export const MAX_DOCUMENTS = 20_000;
const MAX_ENTRIES = 1_000_000;

/** The documents of a hub: package URL without version → places, relative to the index. */
export type HubIndex = ReadonlyMap<string, readonly string[]>;

/**
 * The index of a VEX hub (VEX Repository Specification 0.1, `index.json`). Places that lead out of the hub make the whole index
 * invalid: a hub is a folder that somebody chose to trust, and nothing beside it.
 */
export function parseHubIndex(text: string, name: string): HubIndex {
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch (error) {
    throw new VexSourceError("VEX_SOURCE_UNREADABLE", `${name}: is not JSON`, { cause: error });
  }
  const packages =
    typeof document === "object" && document !== null && "packages" in document ? document.packages : undefined;
  if (!Array.isArray(packages) || packages.length > MAX_ENTRIES) {
    throw new VexSourceError("VEX_SOURCE_UNREADABLE", `${name}: expected a list of at most ${MAX_ENTRIES} packages`);
  }
  const index = new Map<string, string[]>();
  for (const each of packages as readonly unknown[]) {
    const { id, location } = (typeof each === "object" && each !== null ? each : {}) as Readonly<
      Record<string, unknown>
    >;
    const base = typeof id === "string" ? packageUrlBase(id) : undefined;
    if (base === undefined) {
      throw new VexSourceError("VEX_SOURCE_UNREADABLE", `${name}: expected a package URL, found ${quote(id)}`);
    }
    if (typeof location !== "string" || !isInside(location)) {
      throw new VexSourceError(
        "VEX_SOURCE_UNREADABLE",
        `${name}: expected a path inside of the hub, found ${quote(location)}`,
      );
    }
    const places = index.get(base);
    if (places === undefined) {
      index.set(base, [location]);
    } else {
      places.push(location);
    }
  }
  return index;
}

function isInside(location: string): boolean {
  return (
    /^[A-Za-z0-9@._%+~!=/-]{1,1024}$/.test(location) &&
    !location.startsWith("/") &&
    !/%(?:2e|2f|5c|00)/i.test(location) &&
    location.split("/").every((part) => part !== "" && part !== "." && part !== "..")
  );
}
