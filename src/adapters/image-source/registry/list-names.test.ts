// SPDX-License-Identifier: Apache-2.0
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { listRepositories } from "../list-repositories.ts";
import { openRepository } from "../open-repository.ts";

let answer: (request: IncomingMessage, response: ServerResponse) => void;
let host = "";
const server = createServer((request, response) => answer(request, response));

beforeEach(async () => {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterEach(async () => {
  server.closeAllConnections();
  server.close();
  await once(server, "close");
});

async function tags(): Promise<readonly string[]> {
  await using repository = await openRepository({ registry: host, repository: "team/app" });
  return await Array.fromAsync(repository.listTags());
}

async function repositories(): Promise<readonly string[]> {
  return await Array.fromAsync(listRepositories(host));
}

function pages(key: string, all: readonly (readonly unknown[])[]): typeof answer {
  return (request, response) => {
    const at = Number(new URL(request.url ?? "", "http://x").searchParams.get("page") ?? 0);
    response.setHeader("content-type", "application/json");
    if (at + 1 < all.length) {
      response.setHeader("link", `<${new URL(request.url ?? "", "http://x").pathname}?page=${at + 1}>; rel="next"`);
    }
    response.end(JSON.stringify({ [key]: all[at] }));
  };
}

describe("lists of another registry", () => {
  it("are read page by page", async () => {
    answer = pages("tags", [["a", "b"], ["c"]]);
    expect(await tags()).toEqual(["a", "b", "c"]);
    answer = pages("repositories", [["team/a"], ["team/b"]]);
    expect(await repositories()).toEqual(["team/a", "team/b"]);
  });

  it("are empty for a registry that says null", async () => {
    answer = (_, response) => void response.end('{"name":"team/app","tags":null}');
    expect(await tags()).toEqual([]);
  });

  it("lose what could never be asked for, such as a path", async () => {
    answer = pages("tags", [["../../x", "ok", 7, "", "a b", "x".repeat(200)]]);
    expect(await tags()).toEqual(["ok"]);
    answer = pages("repositories", [["../x", "team/app", "UPPER", "a//b", null]]);
    expect(await repositories()).toEqual(["team/app"]);
  });

  it.each([
    { name: "no JSON", body: "<html>", code: "REGISTRY_ANSWER_INVALID" },
    { name: "no list", body: '{"tags":"all"}', code: "REGISTRY_ANSWER_INVALID" },
    { name: "another document", body: "{}", code: "REGISTRY_ANSWER_INVALID" },
    { name: "more than anybody reads", body: `{"tags":["${"x".repeat(9_000_000)}"]}`, code: "LIMIT_EXCEEDED" },
  ])("are refused: $name", async ({ body, code }) => {
    answer = (_, response) => void response.end(body);
    await expect(tags()).rejects.toMatchObject({ code });
  });

  it("do not lead to another host", async () => {
    answer = (_, response) => {
      response.setHeader("link", '<http://127.0.0.2:1/v2/team/app/tags/list>; rel="next"');
      response.end('{"tags":["a"]}');
    };
    await expect(tags()).rejects.toMatchObject({ code: "REGISTRY_ANSWER_INVALID" });
  });

  it("say how long a registry asks to wait", async () => {
    answer = (_, response) => {
      response.writeHead(429, { "retry-after": "3600" });
      response.end();
    };
    await expect(tags()).rejects.toMatchObject({ code: "RATE_LIMITED", details: { retryAfterSeconds: 3_600 } });
  });
});
