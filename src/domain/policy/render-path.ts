// SPDX-License-Identifier: Apache-2.0

/** A path as people write it: `spec.repositories[0].policy`. */
export function renderPath(path: readonly (string | number)[]): string {
  return path
    .map((key) => (typeof key === "number" ? `[${key}]` : `.${key.slice(0, 100)}`))
    .join("")
    .replace(/^\./, "");
}
