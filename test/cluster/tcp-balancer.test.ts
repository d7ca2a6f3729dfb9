// SPDX-License-Identifier: Apache-2.0
import { once } from "node:events";
import { createServer, type IncomingMessage, request, type Server } from "node:http";
import { afterEach, beforeEach, expect, it } from "vitest";
import { TcpBalancer } from "../support/cluster/tcp-balancer.ts";
import { waitUntil } from "../support/control-plane/wait-until.ts";

const LIMIT_MS = 30_000;

let balancer: TcpBalancer;
const servers: Server[] = [];
const ready = new Map<string, boolean>();

beforeEach(async () => {
  balancer = await TcpBalancer.start();
  for (const name of ["one", "two"]) {
    const server = createServer((_request, response) => void response.end(name));
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    servers.push(server);
    ready.set(name, true);
    const { port } = server.address() as { readonly port: number };
    balancer.add({ name, port, isReady: () => Promise.resolve(ready.get(name) === true) });
  }
  await waitUntil("both are ready", LIMIT_MS, () => Promise.resolve(balancer.ready.length === 2));
});

afterEach(async () => {
  await balancer[Symbol.asyncDispose]();
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

async function ask(): Promise<string> {
  const sent = request({ port: balancer.port, host: "127.0.0.1", agent: false }).end();
  const [answer] = (await once(sent, "response")) as [IncomingMessage];
  let text = "";
  for await (const chunk of answer) {
    text += String(chunk);
  }
  return text;
}

it("sends new connections to backends in turn", async () => {
  const answers = [await ask(), await ask(), await ask(), await ask()];
  expect(answers.toSorted()).toEqual(["one", "one", "two", "two"]);
});

it("sends nothing to a backend that is not ready, and nothing is cut", async () => {
  ready.set("one", false);
  await waitUntil("one is out", LIMIT_MS, () => Promise.resolve(!balancer.ready.includes("one")));
  expect([await ask(), await ask(), await ask()]).toEqual(["two", "two", "two"]);
  expect(balancer.cut).toEqual([]);
});

it("refuses connections while nobody is ready", async () => {
  ready.set("one", false);
  ready.set("two", false);
  await waitUntil("nobody is ready", LIMIT_MS, () => Promise.resolve(balancer.ready.length === 0));
  await expect(ask()).rejects.toThrow();
});

it("passes on to another backend what one refuses that is gone before anybody noticed", async () => {
  const [first] = servers;
  first?.close();
  expect([await ask(), await ask(), await ask()]).toEqual(["two", "two", "two"]);
  expect(balancer.cut).toEqual([]);
});

it("counts the connections that a backend broke off, and whether somebody waited on them", async () => {
  for (const server of servers) {
    server.removeAllListeners("request");
    server.on("request", (incoming: IncomingMessage) => void incoming.socket.resetAndDestroy());
  }
  await expect(ask()).rejects.toThrow();
  expect(balancer.cut).toEqual([{ backend: expect.any(String) as string, wasWaiting: true }]);
});
