// SPDX-License-Identifier: Apache-2.0
import type { Access } from "./access.ts";

interface Page {
  readonly limit: number;
  readonly last?: string;
}

/** Names read at once while those are skipped that the asker may not see. */
const MIN_BATCH = 100;

/**
 * The next repositories that the access may read, in order: a list must not tell of others. Reads on until the page is full or
 * there are no more.
 */
export async function listVisible(
  access: Access,
  page: Page,
  list: (page: Page) => Promise<readonly string[]>,
): Promise<readonly string[]> {
  const visible: string[] = [];
  const batch = Math.max(page.limit, MIN_BATCH);
  let { last } = page;
  for (;;) {
    const names = await list({ limit: batch, ...(last === undefined ? {} : { last }) });
    visible.push(...names.filter((name) => access.couldAllow("pull", name)));
    last = names.at(-1);
    if (visible.length >= page.limit || names.length < batch || last === undefined) {
      return visible.slice(0, page.limit);
    }
  }
}
