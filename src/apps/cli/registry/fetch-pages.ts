// SPDX-License-Identifier: Apache-2.0
import type { z } from "zod";
import { parseAnswer, type Server } from "./server-client.ts";

const PAGE = 1_000;

/** A list of the API that is read page by page, in the order of its names. */
export interface PagedList<Answer, Item> {
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly schema: z.ZodType<Answer>;
  readonly itemsOf: (answer: Answer) => readonly Item[];
  /** What the next page begins after. */
  readonly nameOf: (item: Item) => string;
}

/** Every page, so that no answer is without a limit. Ends where a server gives the same page again. */
export async function* fetchPages<Answer, Item>(
  server: Server,
  { path, query, schema, itemsOf, nameOf }: PagedList<Answer, Item>,
): AsyncGenerator<Answer, void, undefined> {
  let after = "";
  for (;;) {
    const parameters = new URLSearchParams({ ...query, limit: String(PAGE), ...(after === "" ? {} : { after }) });
    const answer = parseAnswer(server, schema, await server.get(`${path}?${parameters.toString()}`));
    yield answer;
    const items = itemsOf(answer);
    const last = items.at(-1);
    if (last === undefined || items.length < PAGE || nameOf(last) <= after) {
      return;
    }
    after = nameOf(last);
  }
}
