// SPDX-License-Identifier: Apache-2.0
import type { Operations, RunningImage } from "../../api/generated/api.ts";
import { readOutcome, readText } from "../../lib/search-params.ts";

/** Rows of one page. */
export const RUNNING_PAGE_SIZE = 50;

/** What the page's address says about what to show. */
export interface RunningSearch {
  readonly text?: string;
  readonly namespace?: string;
  readonly outcome?: "allow" | "deny" | "undecided";
  readonly ungated?: true;
  readonly page?: number;
}

/** The search in an address; what makes no sense is left out. */
export function readRunningSearch(search: Readonly<Record<string, unknown>>): RunningSearch {
  const page = Number(search["page"]);
  return {
    ...readText("text", search),
    ...readText("namespace", search),
    ...readOutcome(search),
    ...(search["ungated"] === true ? { ungated: true as const } : {}),
    ...(Number.isInteger(page) && page > 1 ? { page } : {}),
  };
}

/** The same as a question to the API. */
export function toRunningQuery({
  ungated,
  page = 1,
  ...search
}: RunningSearch): Operations["GET /api/v1/running"]["query"] {
  return {
    ...search,
    ...(ungated === true ? { neverAdmitted: "true" as const } : {}),
    limit: RUNNING_PAGE_SIZE,
    offset: (page - 1) * RUNNING_PAGE_SIZE,
  };
}

/** How a workload came in, in the three words that the list shows. */
export function standingWord({ standing }: Pick<RunningImage, "standing">): "admitted" | "pending" | "never" {
  return standing === "admitted" || standing === "pending" ? standing : "never";
}
