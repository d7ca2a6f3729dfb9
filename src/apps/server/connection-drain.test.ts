// SPDX-License-Identifier: Apache-2.0
import { once } from "node:events";
import { createServer, get, type RequestListener, type Server } from "node:http";
import { createServer as createTlsServer, get as getByTls } from "node:https";
import { type AddressInfo, connect } from "node:net";
import { connect as connectByTls } from "node:tls";
import { afterEach, describe, expect, it } from "vitest";
import { ensureServingCertificate } from "#tls";
import { ConnectionDrain } from "./connection-drain.ts";

const LONG_MS = 3_600_000;
const servers: Server[] = [];

afterEach(() => {
  for (const server of servers.splice(0)) {
    server.close();
    server.closeAllConnections();
  }
});

async function serve(isTls: boolean, listener: RequestListener, graceMs = LONG_MS, leaving?: AbortSignal) {
  let server: Server;
  if (isTls) {
    const secrets = {
      set: () => Promise.resolve(),
      getOrCreate: (_name: string, create: () => Promise<Uint8Array>) => create(),
    };
    const options = { secrets, listener: "test", names: [], clock: { now: () => new Date() } };
    const { certPem, keyPem } = await ensureServingCertificate(options);
    server = createTlsServer({ cert: certPem, key: keyPem }, listener);
  } else {
    server = createServer(listener);
  }
  servers.push(server);
  const drain = new ConnectionDrain(server, graceMs, leaving);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return { server, drain, port: (server.address() as AddressInfo).port };
}

describe.each([
  { name: "HTTP", isTls: false },
  { name: "HTTPS", isTls: true },
])("a server that stops ($name)", ({ isTls }) => {
  it("does not wait for a connection that never asked for anything", async () => {
    const { server, drain, port } = await serve(isTls, () => undefined);
    const silent = connect(port, "127.0.0.1").on("error", () => undefined);
    await once(server, "connection");
    if (isTls) {
      const greeted = connectByTls({ port, host: "127.0.0.1", rejectUnauthorized: false }).on("error", () => undefined);
      await once(server, "secureConnection");
      greeted.resume();
    }
    silent.resume();
    await drain.stop();
  });

  it("lets a request in flight finish and then closes its connection, which would be kept otherwise", async () => {
    const answer = Promise.withResolvers<void>();
    const { server, drain, port } = await serve(isTls, (_request, response) => {
      void answer.promise.then(() => response.end("whole"));
    });
    const options = { port, host: "127.0.0.1", rejectUnauthorized: false, headers: { connection: "keep-alive" } };
    const body = new Promise<string>((resolve, reject) => {
      (isTls ? getByTls : get)(options, (response) => {
        response.setEncoding("utf8").once("data", resolve);
      }).on("error", reject);
    });
    await once(server, "request");
    const stopped = drain.stop();
    answer.resolve();
    expect(await body).toBe("whole");
    await stopped;
  });

  it("ends each connection with its next answer once it is about to stop, and not before", async () => {
    const leaving = new AbortController();
    const { port } = await serve(isTls, (_request, response) => response.end("whole"), LONG_MS, leaving.signal);
    async function askForConnection(): Promise<string | undefined> {
      const options = { port, host: "127.0.0.1", rejectUnauthorized: false, headers: { connection: "keep-alive" } };
      return await new Promise((resolve, reject) => {
        (isTls ? getByTls : get)(options, (response) => {
          response.resume().once("end", () => resolve(response.headers.connection));
        }).on("error", reject);
      });
    }
    expect(await askForConnection()).toBe("keep-alive");
    leaving.abort();
    expect(await askForConnection()).toBe("close");
  });

  it("cuts a request that does not finish within the grace", async () => {
    const { server, drain, port } = await serve(isTls, () => undefined, 50);
    const failed = new Promise<Error>((resolve) => {
      (isTls ? getByTls : get)({ port, host: "127.0.0.1", rejectUnauthorized: false }).on("error", resolve);
    });
    await once(server, "request");
    await drain.stop();
    expect((await failed).message).toMatch(/hang up|ECONNRESET/);
  });
});

it("a request that waits for 100 Continue counts as in flight", async () => {
  const answer = Promise.withResolvers<void>();
  const server = createServer();
  servers.push(server);
  server.on("checkContinue", (_request, response) => {
    void answer.promise.then(() => response.end("seen"));
  });
  const drain = new ConnectionDrain(server, LONG_MS);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const client = connect((server.address() as AddressInfo).port, "127.0.0.1");
  client.write("PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nExpect: 100-continue\r\n\r\n");
  await once(server, "checkContinue");
  const stopped = drain.stop();
  answer.resolve();
  const chunks = await client.toArray();
  expect(Buffer.concat(chunks as Buffer[]).toString()).toContain("seen");
  await stopped;
});
