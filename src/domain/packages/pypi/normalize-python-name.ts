// SPDX-License-Identifier: Apache-2.0

/** The name as indexes compare it (PEP 503, "Normalized Names"), or `undefined` for what is no name (PEP 508). */
export function normalizePythonName(name: unknown): string | undefined {
  if (typeof name !== "string" || !/^[a-z0-9](?:[a-z0-9._-]*[a-z0-9])?$/i.test(name.trim())) {
    return undefined;
  }
  return name
    .trim()
    .replaceAll(/[-_.]+/g, "-")
    .toLowerCase();
}
