// SPDX-License-Identifier: Apache-2.0

/** dpkg(1), "Package states": whether files of the package are on the disk. */
const IS_ON_DISK: ReadonlyMap<string, boolean> = new Map([
  ["not-installed", false],
  ["config-files", false],
  // Unpacking began and did not end: some files are there.
  ["half-installed", true],
  ["unpacked", true],
  ["half-configured", true],
  ["triggers-awaited", true],
  ["triggers-pending", true],
  ["installed", true],
]);

/**
 * Whether a `Status` field (`<wanted> <flag> <state>`) says that the package is there, or `undefined` when the field
 * is not understood. The first word is a wish: `deinstall ok installed` is installed.
 */
export function isInstalledState(status: string): boolean | undefined {
  const words = status.split(" ");
  return words.length === 3 ? IS_ON_DISK.get(words[2] ?? "") : undefined;
}
