// SPDX-License-Identifier: Apache-2.0
import { RegistryError } from "../errors.ts";
import type { Exchange } from "../http/exchange.ts";

/** Entries of a page when the client names no number, and the most it may ask for. */
const MAX_PAGE: number = 1_000;
const MAX_LAST_LENGTH = 300;

export interface Page {
  readonly limit: number;
  readonly last?: string;
}

/** Reads `n` and `last`. A larger `n` than the limit is cut: the `Link` header leads on. */
export function readPage(exchange: Exchange): Page {
  const text = exchange.query.get("n");
  if (text !== null && !/^\d{1,9}$/.test(text)) {
    throw new RegistryError("PAGINATION_NUMBER_INVALID", "n is not a whole number", {
      details: { found: text.slice(0, 50) },
    });
  }
  const last = exchange.query.get("last") ?? "";
  const limit = Math.min(Number(text ?? MAX_PAGE), MAX_PAGE);
  return last === "" ? { limit } : { limit, last: last.slice(0, MAX_LAST_LENGTH) };
}

/** The `Link` header to the page after this one (RFC 8288). `found` was asked for with one entry more than the limit. */
export function nextPage(path: string, page: Page, found: readonly string[]): Readonly<Record<string, string>> {
  const last = found[page.limit - 1];
  if (found.length <= page.limit || last === undefined) {
    return {};
  }
  return { link: `<${path}?n=${page.limit}&last=${encodeURIComponent(last)}>; rel="next"` };
}
