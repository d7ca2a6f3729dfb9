// SPDX-License-Identifier: Apache-2.0
import type { Operations } from "../../api/generated/api.ts";
import { readText } from "../../lib/search-params.ts";

/** Rows of one page. */
export const HOLDING_PAGE_SIZE = 50;

/** What the address of the page says. */
export interface HoldingSearch {
  readonly package?: string;
  readonly version?: string;
  readonly vulnerability?: string;
  readonly page?: number;
}

export function readHoldingSearch(search: Readonly<Record<string, unknown>>): HoldingSearch {
  const page = Number(search["page"]);
  return {
    ...readText("package", search),
    ...readText("version", search),
    ...readText("vulnerability", search),
    ...(Number.isInteger(page) && page > 1 ? { page } : {}),
  };
}

/** A version without a package says nothing. */
export function toHoldingQuery(search: HoldingSearch): Operations["GET /api/v1/images/holding"]["query"] {
  const { page = 1, vulnerability, version } = search;
  const name = search.package;
  return {
    ...(name === undefined ? {} : { packageName: name }),
    ...(name === undefined || version === undefined ? {} : { packageVersion: version }),
    ...(vulnerability === undefined ? {} : { vulnerability }),
    limit: HOLDING_PAGE_SIZE,
    offset: (page - 1) * HOLDING_PAGE_SIZE,
  };
}
