// SPDX-License-Identifier: Apache-2.0

/** The size as people read it, in binary units: e.g. `1.5 GiB`. The same in every language. */
export function renderSize(bytes: number): string {
  let value = bytes;
  let unit = "B";
  for (const next of ["KiB", "MiB", "GiB", "TiB"]) {
    if (value < 1_024) {
      break;
    }
    value /= 1_024;
    unit = next;
  }
  return `${unit === "B" ? value : value.toFixed(1)} ${unit}`;
}
