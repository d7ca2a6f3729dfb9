// SPDX-License-Identifier: Apache-2.0
import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import type { TrustAnswer, TrustRequest } from "#signatures";
import type { HttpOptions } from "./http-options.ts";
import { createTrustHttp } from "./trust-http.ts";

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

interface TestServer {
  readonly port: number;
  readonly url: URL;
  readonly seen: { readonly line: string; readonly headers: IncomingMessage["headers"] }[];
}

const servers: Server[] = [];
const FAST = { timeouts: { retryMs: 1 } };
const ASK = { maxBytes: 1_000 };

afterEach(async () => {
  await Promise.all(
    servers.splice(0).map(async (server) => {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    }),
  );
});

/** A server on an address of loopback; 127.0.0.2 stands for another machine of a private network. */
async function serve(handler: Handler, host = "127.0.0.1"): Promise<TestServer> {
  const seen: TestServer["seen"] = [];
  const server = createServer((request, response) => {
    seen.push({ line: `${request.method ?? ""} ${request.url ?? ""}`, headers: request.headers });
    handler(request, response);
  });
  server.listen(0, host);
  await once(server, "listening");
  servers.push(server);
  const { port } = server.address() as AddressInfo;
  return { port, seen, url: new URL(`http://${host}:${port}/start`) };
}

async function send(
  url: URL | string,
  request: Partial<TrustRequest> & Pick<TrustRequest, "origin">,
  options: HttpOptions = {},
): Promise<TrustAnswer> {
  await using http = await createTrustHttp({ ...FAST, ...options });
  return await http.send(new URL(url), { ...ASK, ...request });
}

const ok: Handler = (_, response) => response.end("ok");

describe("what content leads to", () => {
  it.each([
    "http://127.0.0.1",
    "http://127.1",
    "http://0x7f.1",
    "http://0x7f000001",
    "http://2130706433",
    "http://017700000001",
    "http://127.0.0.1.",
    "http://0",
    "http://localhost",
    "http://[::1]",
    "http://[::ffff:127.0.0.1]",
    "http://[::ffff:7f00:1]",
    "http://[64:ff9b::7f00:1]",
    "http://10.0.0.1",
    "http://169.254.169.254",
    "http://[fd00:ec2::254]",
    "http://①②⑦.⓪.⓪.①",
  ])("%s is refused before anything is sent", async (base) => {
    const { port, seen } = await serve(ok);
    await expect(send(`${base}:${port}/`, { origin: "content" })).rejects.toMatchObject({ code: "ADDRESS_REFUSED" });
    expect(seen).toEqual([]);
  });

  it.each([
    { name: "its address", allow: "127.0.0.1" },
    { name: "its network", allow: "127.0.0.0/8" },
  ])("is reached when $name is allowed", async ({ allow }) => {
    const { url } = await serve(ok);
    const answer = await send(url, { origin: "content" }, { allowPrivateAddresses: [allow] });
    expect(Buffer.from(answer.bytes).toString()).toBe("ok");
  });

  it("is reached when its name is allowed, and another name of the same address is not", async () => {
    const { port } = await serve(ok);
    const options = { allowPrivateAddresses: ["localhost"] };
    expect((await send(`http://localhost:${port}/`, { origin: "content" }, options)).status).toBe(200);
    await expect(send(`http://127.0.0.1:${port}/`, { origin: "content" }, options)).rejects.toMatchObject({
      code: "ADDRESS_REFUSED",
    });
  });

  it("a proxy is not asked for it either", async () => {
    const proxy = await serve(ok);
    const options = { proxy: { http: proxy.url.href } };
    await expect(send("http://10.0.0.1/", { origin: "content" }, options)).rejects.toMatchObject({
      code: "ADDRESS_REFUSED",
    });
    expect(proxy.seen).toEqual([]);
  });

  it("what the operator names is reached", async () => {
    const { url } = await serve(ok);
    expect((await send(url, { origin: "operator" })).status).toBe(200);
  });

  it("a connection that the operator's request left open is not used for content", async () => {
    const { url } = await serve(ok);
    await using http = await createTrustHttp(FAST);
    await http.send(url, { ...ASK, origin: "operator" });
    await expect(http.send(url, { ...ASK, origin: "content" })).rejects.toMatchObject({ code: "ADDRESS_REFUSED" });
  });
});

describe("redirects", () => {
  it("from the operator's machine stay on it, whatever its ports", async () => {
    const target = await serve(ok);
    const { url } = await serve((_, response) => response.writeHead(302, { location: target.url.href }).end());
    expect((await send(url, { origin: "operator" })).status).toBe(200);
  });

  it.each(["http://169.254.169.254/latest/meta-data/", "http://10.0.0.1/", "http://[fd00::1]/"])(
    "to %s are refused",
    async (location) => {
      const { url } = await serve((_, response) => response.writeHead(302, { location }).end());
      await expect(send(url, { origin: "operator" })).rejects.toMatchObject({ code: "ADDRESS_REFUSED" });
    },
  );

  it("carry no credentials and no headers of the caller to another origin", async () => {
    const target = await serve(ok);
    const { url, seen } = await serve((_, response) => response.writeHead(307, { location: target.url.href }).end());
    const answer = await send(url, {
      origin: "operator",
      method: "POST",
      body: Buffer.from("question"),
      credentials: { username: "u", password: "p" },
      headers: { "x-api-key": "secret", accept: "text/plain" },
    });
    expect(answer.status).toBe(200);
    expect(seen[0]?.headers.authorization).toBe("Basic dTpw");
    expect(target.seen[0]?.line).toBe("POST /start");
    expect(target.seen[0]?.headers).toMatchObject({ accept: "text/plain" });
    expect(JSON.stringify(target.seen)).not.toMatch(/authorization|secret|dTpw/i);
  });

  it("a challenge behind a redirect is not answered", async () => {
    const evil = await serve((_, response) =>
      response.writeHead(401, { "www-authenticate": 'Basic realm="give"' }).end(),
    );
    const { url } = await serve((_, response) => response.writeHead(302, { location: evil.url.href }).end());
    const answer = await send(url, {
      origin: "operator",
      tokenScope: "repository:a:pull",
      credentials: { username: "u", password: "p" },
    });
    expect(answer.status).toBe(401);
    expect(evil.seen).toHaveLength(1);
  });

  it("are five at most", async () => {
    const { url, seen } = await serve((_, response) => response.writeHead(302, { location: "/again" }).end());
    await expect(send(url, { origin: "operator" })).rejects.toMatchObject({ code: "ADDRESS_INVALID" });
    expect(seen).toHaveLength(6);
  });
});

describe("tokens", () => {
  function challenging(realm: string): Handler {
    return (request, response) => {
      if (request.headers.authorization === "Bearer t") {
        response.end("secret of the repository");
      } else {
        response.writeHead(401, { "www-authenticate": `Bearer realm="${realm}",service="notary"` }).end();
      }
    };
  }

  it("are fetched anonymously, once for all requests of a scope", async () => {
    const tokens = await serve((_, response) => response.end(JSON.stringify({ token: "t" })));
    const { url } = await serve(challenging(tokens.url.href));
    await using http = await createTrustHttp(FAST);
    for (const path of ["/a", "/b"]) {
      const request = { ...ASK, origin: "operator" as const, tokenScope: "repository:app:pull" };
      expect((await http.send(new URL(path, url), request)).status).toBe(200);
    }
    expect(tokens.seen.map(({ line }) => line)).toEqual(["GET /start?service=notary&scope=repository%3Aapp%3Apull"]);
    expect(tokens.seen[0]?.headers.authorization).toBeUndefined();
  });

  it.each([
    { realm: "http://auth.invalid/token", shown: false },
    { realm: "http://evil.registry.invalid/token", shown: false },
    { realm: "http://notary.registry.invalid/token", shown: true },
  ])("credentials shown to the token server $realm: $shown", async ({ realm, shown }) => {
    // the proxy stands for all hosts; none of their names resolves here
    const proxy = await serve((request, response) => {
      if (request.url === "http://notary.registry.invalid/v2/x") {
        challenging(realm)(request, response);
      } else {
        response.end(JSON.stringify({ token: "t" }));
      }
    });
    const answer = await send(
      "http://notary.registry.invalid/v2/x",
      { origin: "operator", tokenScope: "s", credentials: { username: "u", password: "p" } },
      { proxy: { http: proxy.url.origin } },
    );
    expect(answer.status).toBe(200);
    expect(proxy.seen.map(({ headers }) => headers.authorization)).toEqual([
      undefined,
      shown ? "Basic dTpw" : undefined,
      "Bearer t",
    ]);
  });

  it("a token server at a private address is not asked", async () => {
    const { url } = await serve(challenging("http://10.0.0.1/token"));
    await expect(send(url, { origin: "operator", tokenScope: "s" })).rejects.toMatchObject({ code: "ADDRESS_REFUSED" });
  });

  it("errors hold no credentials", async () => {
    const tokens = await serve((_, response) => response.writeHead(401).end('{"details":"Basic dTpwYXNzd29yZA=="}'));
    const { url } = await serve(challenging(tokens.url.href));
    const error: unknown = await send(url, {
      origin: "operator",
      tokenScope: "s",
      credentials: { username: "u", password: "password" },
    }).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: "TOKEN_REFUSED" });
    expect(JSON.stringify(error) + String(error)).not.toContain("dTpwYXNzd29yZA");
  });
});

describe("answers", () => {
  it("larger than asked for are cut off while they are read", async () => {
    const { url } = await serve((_, response) => {
      response.write(Buffer.alloc(2_000));
      // never ends: whoever waits for the end waits for ever
    });
    await expect(send(url, { origin: "operator" })).rejects.toMatchObject({ code: "ANSWER_TOO_LARGE" });
  });

  it("of any status are answers, and failures that stay are tried a few times", async () => {
    const { url, seen } = await serve((_, response) => response.writeHead(503).end("no"));
    expect((await send(url, { origin: "operator" })).status).toBe(503);
    expect(seen).toHaveLength(4);
  });

  it("that do not come are given up", async () => {
    const { url } = await serve(() => undefined);
    const options = { timeouts: { retryMs: 1, headersMs: 50 } };
    await expect(send(url, { origin: "operator" }, options)).rejects.toMatchObject({ code: "HOST_TIMEOUT" });
  });

  it("that stop half-way are given up", async () => {
    const { url } = await serve((_, response) => response.write("half"));
    const options = { timeouts: { retryMs: 1, bodyMs: 50 } };
    await expect(send(url, { origin: "operator" }, options)).rejects.toMatchObject({ code: "HOST_TIMEOUT" });
  });

  it("are not waited for when the caller gives up", async () => {
    const { url } = await serve(() => undefined);
    const stopping = new AbortController();
    const sending = send(url, { origin: "operator", signal: stopping.signal });
    stopping.abort(new Error("enough"));
    await expect(sending).rejects.toThrow("enough");
  });

  it.each(["ftp://example.com/", "file:///etc/passwd", "http://u:p@127.0.0.1/"])("%s is not asked", async (url) => {
    await expect(send(url, { origin: "operator" })).rejects.toMatchObject({ code: "ADDRESS_INVALID" });
  });
});

it("options that cannot be used are said at once", async () => {
  await expect(createTrustHttp({ allowPrivateAddresses: ["10.0.0.0/99"] })).rejects.toMatchObject({
    code: "HTTP_OPTIONS_INVALID",
  });
  await expect(createTrustHttp({ caFile: "/nonexistent" })).rejects.toMatchObject({ code: "HTTP_OPTIONS_INVALID" });
  await expect(createTrustHttp({ proxy: { http: "socks5://x" } })).rejects.toMatchObject({
    code: "HTTP_OPTIONS_INVALID",
  });
});
