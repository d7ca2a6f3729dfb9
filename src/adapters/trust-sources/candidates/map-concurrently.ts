// SPDX-License-Identifier: Apache-2.0

/** So many manifests and blobs of one image are on their way at once. */
const CONCURRENCY = 8;

/** The results in the order of the items. The first failure is thrown. */
export async function mapConcurrently<T, R>(
  items: readonly T[],
  action: (item: T) => Promise<R>,
): Promise<readonly R[]> {
  const results: R[] = [];
  const waiting = items.entries();
  async function work(): Promise<void> {
    for (const [index, item] of waiting) {
      results[index] = await action(item);
    }
  }
  await Promise.all(Array.from({ length: Math.min(CONCURRENCY, items.length) }, work));
  return results;
}
