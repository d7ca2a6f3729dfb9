// SPDX-License-Identifier: Apache-2.0

/** The JSON Schema (draft 2020-12) of what `renderScanJson` writes; made when it is asked for, as no scan needs it. */
export async function loadScanJsonSchema(): Promise<object> {
  const { scanJsonSchema } = await import("./scan-json-schema.ts");
  return scanJsonSchema();
}
