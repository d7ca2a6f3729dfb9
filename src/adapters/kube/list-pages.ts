// SPDX-License-Identifier: Apache-2.0
import { LIMITS } from "#base";
import { KubeError } from "./errors.ts";
import type { KubePage } from "./kube-client.ts";
import { asKubeObject, asRecord } from "./read-answer.ts";

/** As client-go. */
const PAGE_SIZE = 500;
/** Pages may be empty while something follows, but not for ever. */
const MAX_EMPTY_PAGES = 100;

/** Reads one page, given `limit` and `continue`; throws `LIMIT_EXCEEDED` when its bytes are too many. */
export type ReadPage = (query: Readonly<Record<string, string>>) => Promise<unknown>;

/**
 * The pages of a list. A page that is too large is asked for again with fewer objects. Throws `GONE` when the server
 * forgot the list, `LIMIT_EXCEEDED` for a list without end or a single object that is too large.
 */
export async function* listPages(
  readPage: ReadPage,
  what: string,
  limits: Pick<typeof LIMITS, "maxKubeObjects"> = LIMITS,
): AsyncGenerator<KubePage> {
  let pageSize = PAGE_SIZE;
  let next = "";
  let count = 0;
  let emptyPages = 0;
  for (;;) {
    let body: unknown;
    try {
      body = await readPage({ limit: String(pageSize), ...(next === "" ? {} : { continue: next }) });
    } catch (error) {
      if (error instanceof KubeError && error.code === "LIMIT_EXCEEDED" && pageSize > 1) {
        pageSize = Math.max(1, Math.floor(pageSize / 8));
        continue;
      }
      throw error;
    }
    const page = toPage(body, what);
    count += page.items.length;
    emptyPages += page.items.length === 0 ? 1 : 0;
    if (count > limits.maxKubeObjects || emptyPages > MAX_EMPTY_PAGES || (page.next !== "" && page.next === next)) {
      throw new KubeError("LIMIT_EXCEEDED", `${what}: the list does not end after ${count} objects`);
    }
    next = page.next;
    yield page;
    if (next === "") {
      return;
    }
  }
}

function toPage(body: unknown, what: string): KubePage & { readonly next: string } {
  const { items, metadata, kind, apiVersion } = asRecord(body);
  const { resourceVersion, continue: next = "" } = asRecord(metadata);
  // An empty list is written as null by some servers.
  const list = items ?? [];
  if (!Array.isArray(list) || typeof resourceVersion !== "string" || typeof next !== "string") {
    throw new KubeError("ANSWER_INVALID", `${what}: expected a list`);
  }
  // Objects in lists of built-in kinds do not say what they are.
  const own = typeof kind === "string" && kind.endsWith("List") ? { apiVersion, kind: kind.slice(0, -4) } : {};
  return {
    items: list.map((item: unknown) => asKubeObject({ ...own, ...asRecord(item) }, what)),
    resourceVersion,
    next,
  };
}
