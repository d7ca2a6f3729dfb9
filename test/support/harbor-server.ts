// SPDX-License-Identifier: Apache-2.0
import { once } from "node:events";
import { createServer, type IncomingMessage, request, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** Lists and objects by path below `/api/v2.0/`, without the query. Lists are paged. */
export type HarborAnswers = Readonly<Record<string, unknown>>;

/**
 * The API of Harbor v2.0 as its specification (api/v2.0/swagger.yaml) describes it, in front of a real registry, which has
 * the content. It is no Harbor: what Harbor does beside its specification is not here.
 */
export interface HarborServer extends AsyncDisposable {
  /** `host:port`. */
  readonly host: string;
  /** Paths of the API that were asked for, with their queries. */
  readonly asked: string[];
  answers: HarborAnswers;
  /** Paths that answer 403, as to somebody who is no administrator. */
  readonly forbidden: Set<string>;
}

/** Name and password of everybody. */
export const HARBOR_ACCOUNT = { username: "admin", password: "Harbor12345" };

/** Starts it; `registry` is the `host:port` of the registry behind it. */
export async function startHarborServer(registry: string, answers: HarborAnswers): Promise<HarborServer> {
  const server = createServer((incoming, response) => {
    if (incoming.url?.startsWith("/api/v2.0/") === true) {
      answerApi(harbor, incoming, response);
    } else {
      forward(registry, incoming, response);
    }
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const harbor: HarborServer = {
    host: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked: [],
    answers,
    forbidden: new Set(),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
  return harbor;
}

function answerApi(harbor: HarborServer, incoming: IncomingMessage, response: ServerResponse): void {
  const url = new URL(incoming.url ?? "", "http://harbor");
  // names with a slash come encoded twice and are looked up as they come
  const path = url.pathname.slice("/api/v2.0/".length);
  harbor.asked.push(`${path}${url.search}`);
  const { username, password } = HARBOR_ACCOUNT;
  const isKnown =
    incoming.headers.authorization === `Basic ${Buffer.from(`${username}:${password}`).toString("base64")}`;
  if (!isKnown || harbor.forbidden.has(path)) {
    send(response, isKnown ? 403 : 401, { errors: [{ code: "FORBIDDEN", message: "forbidden" }] });
    return;
  }
  const answer = harbor.answers[path];
  if (answer === undefined) {
    send(response, 404, { errors: [{ code: "NOT_FOUND", message: "not found" }] });
    return;
  }
  if (!Array.isArray(answer)) {
    send(response, 200, answer);
    return;
  }
  const page = Number(url.searchParams.get("page") ?? 1);
  const size = Number(url.searchParams.get("page_size") ?? 10);
  response.setHeader("x-total-count", answer.length);
  send(response, 200, answer.slice((page - 1) * size, page * size));
}

function send(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { "content-type": "application/json" });
  response.end(JSON.stringify(body));
}

function forward(registry: string, incoming: IncomingMessage, response: ServerResponse): void {
  const [hostname, port] = registry.split(":");
  const outgoing = request(
    { hostname, port, path: incoming.url, method: incoming.method, headers: { ...incoming.headers, host: registry } },
    (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    },
  );
  outgoing.on("error", () => response.destroy());
  incoming.pipe(outgoing);
}
