// SPDX-License-Identifier: Apache-2.0
export function chunkOf(path: string): string;
export function packModules(
  chunks: readonly { readonly fileName: string; readonly code: string }[],
): ReadonlyMap<string, string>;
export function startOf(fileName: string): string;
