// SPDX-License-Identifier: Apache-2.0

const UNITS = ["B", "kB", "MB", "GB", "TB"];

/** A number of bytes in decimal units, as registries and disks count, e.g. `48.3 MB`. */
export function formatBytes(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (value >= 1_000 && unit < UNITS.length - 1) {
    value /= 1_000;
    unit += 1;
  }
  return `${unit === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${UNITS[unit] ?? ""}`;
}
