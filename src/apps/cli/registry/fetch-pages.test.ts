// SPDX-License-Identifier: Apache-2.0
import { expect, it } from "vitest";
import { z } from "zod";
import { fetchPages } from "./fetch-pages.ts";
import type { Server } from "./server-client.ts";

const schema = z.object({ names: z.array(z.string()) });

async function readAll(answer: (after: string) => readonly string[]): Promise<readonly string[]> {
  const get = (path: string) =>
    Promise.resolve({ names: answer(new URL(path, "http://localhost").searchParams.get("after") ?? "") });
  const names: string[] = [];
  const list = { path: "/list", query: {}, schema, nameOf: (name: string) => name };
  const server: Pick<Server, "get"> = { get };
  const pages = fetchPages(server as Server, { ...list, itemsOf: ({ names: page }) => page });
  for await (const page of pages) {
    names.push(...page.names);
  }
  return names;
}

const ALL = Array.from({ length: 2_500 }, (_, index) => String(index).padStart(5, "0"));

it("a server that gives the same page again and again is not asked for ever", async () => {
  expect(await readAll(() => ALL.slice(0, 1_000))).toHaveLength(2_000);
});

it("every page is read", async () => {
  expect(await readAll((after) => ALL.filter((name) => name > after).slice(0, 1_000))).toEqual(ALL);
});

it("a list may be empty", async () => {
  expect(await readAll(() => [])).toEqual([]);
});
