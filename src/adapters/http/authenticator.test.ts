// SPDX-License-Identifier: Apache-2.0
import { once } from "node:events";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, it } from "vitest";
import type { NameLookup } from "./reach.ts";
import { createTrustHttp } from "./trust-http.ts";

async function serve(host: string, port: number, handler: RequestListener): Promise<number> {
  const server = createServer(handler).listen(port, host);
  await once(server, "listening");
  server.unref();
  return (server.address() as AddressInfo).port;
}

it("a token server on the host that content named is guarded as that host is", async () => {
  // the name leads to a host that is allowed, and when it comes to the token to one that is not (DNS rebinding)
  const asked: (string | undefined)[] = [];
  const port = await serve("127.0.0.1", 0, (request, response) => {
    asked.push(request.url);
    response.end('{"token":"of-an-inner-service"}');
  });
  await serve("127.0.0.2", port, (_, response) =>
    response.writeHead(401, { "www-authenticate": `Bearer realm="http://localhost:${port}/latest/meta-data"` }).end(),
  );
  const answers = ["127.0.0.2", "127.0.0.1"];
  function lookup(...[, , callback]: Parameters<NameLookup>): void {
    // one answer after the other; the last one stays
    const address = answers.length > 1 ? answers.shift() : answers[0];
    callback(null, address === undefined ? [] : [{ address, family: 4 }]);
  }
  await using http = await createTrustHttp({
    allowPrivateAddresses: ["127.0.0.2"],
    timeouts: { retryMs: 1 },
    lookup,
  });
  const url = new URL(`http://localhost:${port}/v2/app`);
  const request = { origin: "content", maxBytes: 1_000, tokenScope: "repository:app:pull" } as const;
  await expect(http.send(url, request)).rejects.toMatchObject({ code: "ADDRESS_REFUSED" });
  expect(asked).toEqual([]);
});

it("requests that are refused at the same time are all let in, also when each gets the same token", async () => {
  const { promise: all, resolve: go } = Promise.withResolvers<void>();
  let refused = 0;
  const port = await serve("127.0.0.1", 0, (request, response) => {
    if (request.url?.startsWith("/token") === true) {
      response.end('{"token":"always-the-same"}');
    } else if (request.headers.authorization === "Bearer always-the-same") {
      response.end("ok");
    } else {
      refused += 1;
      if (refused === 8) {
        go();
      }
      const challenge = `Bearer realm="http://127.0.0.1:${port}/token"`;
      // none of them hears of the token of another before it is refused itself
      void all.then(() => response.writeHead(401, { "www-authenticate": challenge }).end());
    }
  });
  await using http = await createTrustHttp({ timeouts: { retryMs: 1 } });
  const url = new URL(`http://127.0.0.1:${port}/v2/app`);
  const request = { origin: "operator", maxBytes: 1_000, tokenScope: "repository:app:pull" } as const;
  const answers = await Promise.all(Array.from({ length: 8 }, () => http.send(url, request)));
  expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 8 }, () => 200));
});
