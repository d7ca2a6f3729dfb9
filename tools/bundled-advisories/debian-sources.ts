// SPDX-License-Identifier: Apache-2.0

/** A binary package that apt can download. */
export interface BinaryPackage {
  readonly name: string;
  readonly version: string;
  readonly source: string;
  readonly sourceVersion: string;
  readonly bytes: number;
}

/** Thousands of CVEs in programs that no server image has; imported data has them. */
const LEFT_OUT: ReadonlySet<string> = new Set(["chromium", "firefox-esr", "thunderbird", "webkit2gtk", "wpewebkit"]);
/** Packages up to this size are downloaded for their changelog; that leaves out kernels and office suites. */
const MAX_BYTES = 8 * 1024 * 1024;
/** A package's documentation may be a link into another one: how many binaries of a source are tried. */
const MAX_TRIES = 4;

/** Reads the output of `apt-cache dumpavail`. */
export function parseAvailable(text: string): readonly BinaryPackage[] {
  return text.split("\n\n").flatMap((stanza) => {
    const fields = new Map([...stanza.matchAll(/^([A-Z][\w-]*): (.*)$/gm)].map((match) => [match[1], match[2] ?? ""]));
    const name = fields.get("Package");
    const version = fields.get("Version");
    const bytes = Number(fields.get("Size"));
    if (name === undefined || version === undefined || !Number.isFinite(bytes) || !fields.has("Filename")) {
      return [];
    }
    const built = /^(\S+)(?: \((\S+)\))?$/.exec(fields.get("Source") ?? name);
    return [{ name, version, source: built?.[1] ?? name, sourceVersion: built?.[2] ?? version, bytes }];
  });
}

/**
 * For each source package that was updated after the release of Debian 12 (its version says `deb12u`, or it is among `named`),
 * the binaries of its newest version to try for a changelog, smallest first. Sorted by source.
 */
export function chooseBinaries(
  available: readonly BinaryPackage[],
  named: ReadonlySet<string>,
  isNewer: (a: string, b: string) => boolean,
): ReadonlyMap<string, readonly BinaryPackage[]> {
  const newest = new Map<string, string>();
  for (const each of available) {
    const known = newest.get(each.source);
    if (known === undefined || isNewer(each.sourceVersion, known)) {
      newest.set(each.source, each.sourceVersion);
    }
  }
  const chosen = new Map<string, readonly BinaryPackage[]>();
  for (const [source, version] of [...newest].sort(([a], [b]) => (a < b ? -1 : 1))) {
    if (!LEFT_OUT.has(source) && (/deb12u\d/.test(version) || named.has(source))) {
      const binaries = available
        .filter((each) => each.source === source && each.sourceVersion === version && each.bytes <= MAX_BYTES)
        .sort((a, b) => a.bytes - b.bytes || (a.name < b.name ? -1 : 1));
      if (binaries.length > 0) {
        chosen.set(source, binaries.slice(0, MAX_TRIES));
      }
    }
  }
  return chosen;
}
