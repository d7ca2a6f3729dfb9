// SPDX-License-Identifier: Apache-2.0
import type { Descriptor } from "#oci";

/** Lists one after the other, each digest once: what is listed twice must not look like two. */
export function mergeDescriptors(lists: readonly (readonly Descriptor[])[]): readonly Descriptor[] {
  const byDigest = new Map<string, Descriptor>();
  for (const descriptor of lists.flat()) {
    if (!byDigest.has(descriptor.digest)) {
      byDigest.set(descriptor.digest, descriptor);
    }
  }
  return [...byDigest.values()];
}
