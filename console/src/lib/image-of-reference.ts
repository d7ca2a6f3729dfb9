// SPDX-License-Identifier: Apache-2.0

/** The console's address of an image when it may lie in our registry: the reference without the registry's name. */
export function imageOfReference(reference: string, registry: string): string | undefined {
  const prefix = `${registry}/`;
  const name = registry !== "" && reference.startsWith(prefix) ? reference.slice(prefix.length) : undefined;
  return name !== undefined && /^[^:@]+(?::[^@]+|@sha\d+:[0-9a-f]+)$/.test(name) ? name : undefined;
}
