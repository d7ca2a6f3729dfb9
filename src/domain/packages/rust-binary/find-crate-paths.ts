// SPDX-License-Identifier: Apache-2.0

/** A crate as cargo names its folder. */
export interface CrateFolder {
  readonly name: string;
  readonly version: string;
}

const MARK: Uint8Array = Buffer.from("registry/src/", "latin1");
/** crates.io's index, as cargo has named its folder over the years. */
const FOLDER =
  /^registry\/src\/(?:index\.crates\.io|github\.com)-[0-9a-f]{16}\/([A-Za-z0-9_-]{1,64}?)-(\d+\.\d+\.\d+(?:[-+][0-9A-Za-z.+-]{1,64})?)\//;
const MAX_FOLDER_BYTES = 256;
/** A large program has some thousand places that can panic. */
const MAX_PLACES = 100_000;

/**
 * The crates whose source files a Rust program names in its panic messages (`…/registry/src/…/smallvec-1.6.1/src/lib.rs`).
 * What stands there was compiled in; a crate that cannot panic is not named.
 */
export function findCratePaths(bytes: Uint8Array): readonly CrateFolder[] {
  const content = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const found = new Map<string, CrateFolder>();
  let places = 0;
  for (let at = content.indexOf(MARK); at !== -1 && places < MAX_PLACES; at = content.indexOf(MARK, at + 1)) {
    places += 1;
    const [all, name, version] = FOLDER.exec(content.toString("latin1", at, at + MAX_FOLDER_BYTES)) ?? [];
    if (all !== undefined && name !== undefined && version !== undefined) {
      found.set(all, { name, version });
    }
  }
  return [...found.values()];
}
