// SPDX-License-Identifier: Apache-2.0
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, it } from "vitest";
import { listHarborAccounts } from "./harbor-accounts.ts";
import { type HarborApi, openHarborApi } from "./harbor-api.ts";
import { userSchema } from "./harbor-records.ts";

it("a Harbor whose lists never end is read no further than we can keep", async () => {
  const page = JSON.stringify(
    Array.from({ length: 100 }, () => ({ username: "x".repeat(4_000), more: "y".repeat(90_000) })),
  );
  let pages = 0;
  const server = createServer((_request, response) => {
    pages += 1;
    response.writeHead(200, { "content-type": "application/json" }).end(pages > 50 ? "[]" : page);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  try {
    const api = await openHarborApi(`127.0.0.1:${(server.address() as AddressInfo).port}`, { plainHttp: true });
    await using _ = api;
    await expect(api.list("users", userSchema, new AbortController().signal)).rejects.toMatchObject({
      code: "LIMIT_EXCEEDED",
    });
    expect(pages).toBeLessThan(10);
  } finally {
    server.closeAllConnections();
    server.close();
  }
});

it("of members without end only so many are kept, with so many rights each", async () => {
  const api = {
    list: (path: string) =>
      Promise.resolve({
        entries: path.endsWith("members")
          ? Array.from({ length: 20_000 }, (_, at) => ({
              entity_name: `${at === 0 ? "kim" : path}${at}`,
              role_name: "guest",
            }))
          : [],
        unreadable: 0,
      }),
  } as unknown as HarborApi;
  const projects = Array.from({ length: 60 }, (_, at) => `p${at}`);
  const { accounts, notes } = await listHarborAccounts(api, projects, new AbortController().signal);
  expect(accounts).toHaveLength(10_000);
  expect(notes).toEqual([{ code: "accountsCut", params: { count: 10_000 } }]);
  expect(accounts.find(({ name }) => name === "kim0")?.rights).toHaveLength(50);
});
