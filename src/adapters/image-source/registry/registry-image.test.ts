// SPDX-License-Identifier: Apache-2.0
import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { type Digest, digestOf } from "#base";
import { fetchManifest, openImageSource, type RegistryOptions } from "#image-source";
import { parseImageReference, parseManifest } from "#oci";
import { describeImageSourceContract, readBlob } from "../../../../test/support/contracts/image-source.ts";
import { buildImage, type TestImage } from "../../../../test/support/image-builder.ts";

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

interface TestServer {
  readonly host: string;
  readonly server: Server;
  /** `METHOD path` and the Authorization header of each request. */
  readonly seen: {
    readonly line: string;
    readonly authorization: string | undefined;
    readonly host: string | undefined;
  }[];
}

const servers: Server[] = [];
const FAST: RegistryOptions = { timeouts: { retryMs: 1 } };
const image = buildImage([{ entries: [{ path: "a", content: "hello" }] }]);

afterEach(async () => {
  await Promise.all(
    servers.splice(0).map(async (server) => {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    }),
  );
});

async function serve(handler: Handler, host = "127.0.0.1"): Promise<TestServer> {
  const seen: TestServer["seen"] = [];
  const server = createServer((request, response) => {
    const { authorization, host: asked } = request.headers;
    seen.push({ line: `${request.method ?? ""} ${request.url ?? ""}`, authorization, host: asked });
    handler(request, response);
  });
  server.listen(0, host);
  await once(server, "listening");
  servers.push(server);
  const { port } = server.address() as AddressInfo;
  return { server, seen, host: host.includes(":") ? `[${host}]:${port}` : `${host}:${port}` };
}

/** Serves the blobs and manifests of an image in every repository, under the tag 1.0. */
function registryOf(served: TestImage, replaced: ReadonlyMap<Digest, Uint8Array> = new Map()): Handler {
  return (request, response) => {
    const name = /\/(?:manifests|blobs)\/(.+)$/.exec(request.url ?? "")?.[1] ?? "";
    const digest = (name === "1.0" || name === "latest" ? served.manifest.digest : name) as Digest;
    const bytes = replaced.get(digest) ?? served.blobs.get(digest);
    if (bytes === undefined) {
      answer(response, 404, { errors: [{ code: "MANIFEST_UNKNOWN", message: "manifest unknown" }] });
      return;
    }
    response.writeHead(200, {
      "content-type": digest === served.manifest.digest ? served.manifest.mediaType : "application/octet-stream",
      "docker-content-digest": digest,
    });
    response.end(bytes);
  };
}

function answer(response: ServerResponse, status: number, body: unknown, headers: Record<string, string> = {}): void {
  response.writeHead(status, { "content-type": "application/json", ...headers });
  response.end(JSON.stringify(body));
}

async function open(host: string, options: RegistryOptions = {}, repository = "team/app:1.0") {
  return await openImageSource(`docker://${host}/${repository}`, { ...FAST, ...options });
}

describeImageSourceContract("docker://", {
  open: async (served, replaced) => await open((await serve(registryOf(served, replaced))).host),
});

describe("a registry", () => {
  it("is asked for the manifest of a tag, with the types that we read", async () => {
    let accept = "";
    const { host, seen } = await serve((request, response) => {
      accept = request.headers.accept ?? "";
      registryOf(image)(request, response);
    });
    await using source = await open(host);
    expect(source.root.digest).toBe(image.manifest.digest);
    expect(seen.map(({ line }) => line)).toEqual(["GET /v2/team/app/manifests/1.0"]);
    expect(accept).toContain("application/vnd.oci.image.index.v1+json");
  });

  it("with tag and digest, the digest is asked for", async () => {
    const { host, seen } = await serve(registryOf(image));
    await using source = await open(host, {}, `team/app:other@${image.manifest.digest}`);
    expect(source.root.digest).toBe(image.manifest.digest);
    expect(seen[0]?.line).toBe(`GET /v2/team/app/manifests/${image.manifest.digest}`);
  });

  it("is reached on IPv6", async () => {
    const { host } = await serve(registryOf(image), "::1");
    await using source = await open(host);
    expect(source.root.digest).toBe(image.manifest.digest);
  });

  it("gives the digest of a tag", async () => {
    const { host } = await serve(registryOf(image));
    const manifest = await fetchManifest(parseImageReference(`${host}/team/app:1.0`), FAST);
    expect(manifest.digest).toBe(image.manifest.digest);
  });

  it.each([
    {
      name: "a manifest of another digest than the header says",
      headers: { "docker-content-digest": digestOf("x") },
      body: manifestBytes(),
      code: "BLOB_DIGEST_MISMATCH",
    },
    {
      name: "a manifest of another type than the header says",
      headers: { "content-type": "application/vnd.docker.distribution.manifest.v2+json" },
      body: manifestBytes(),
      code: "MANIFEST_INVALID",
    },
    {
      name: "a web page",
      headers: { "content-type": "text/html" },
      body: Buffer.from("<html>"),
      code: "MANIFEST_INVALID",
    },
    {
      name: "a manifest that is too large",
      headers: {},
      body: Buffer.alloc(5 * 1024 * 1024, " "),
      code: "LIMIT_EXCEEDED",
    },
  ])("$name is refused with $code", async ({ headers, body, code }) => {
    const { host } = await serve((_, response) => response.writeHead(200, { ...headers }).end(body));
    await expect(open(host)).rejects.toMatchObject({ code });
  });

  it.each([
    { status: 401, code: "UNAUTHORIZED" },
    { status: 403, code: "DENIED" },
    { status: 404, code: "MANIFEST_UNKNOWN" },
    { status: 429, code: "RATE_LIMITED" },
    { status: 500, code: "REGISTRY_FAILED" },
    { status: 418, code: "REGISTRY_ANSWER_INVALID" },
  ])("$status is $code, with the server's words", async ({ status, code }) => {
    const detail = { reasons: ["CVE-1"] };
    const { host } = await serve((_, response) =>
      answer(response, status, { errors: [{ code: "X", message: "because\u001b[31m", detail }] }),
    );
    await expect(open(host)).rejects.toMatchObject({
      code,
      message: expect.stringMatching(/: because \[31m$/),
      details: { status, detail },
    });
  });

  it("an answer that is no JSON is not quoted", async () => {
    const { host } = await serve((_, response) => response.writeHead(403).end("<html>secret proxy page</html>"));
    await expect(open(host)).rejects.toMatchObject({
      code: "DENIED",
      message: expect.not.stringContaining("proxy page"),
    });
  });

  it("a failure that passes is tried again", async () => {
    let count = 0;
    const { host, seen } = await serve((request, response) => {
      count += 1;
      if (count === 1) {
        request.socket.destroy();
      } else if (count === 2) {
        answer(response, 503, {});
      } else {
        registryOf(image)(request, response);
      }
    });
    await using source = await open(host);
    expect(source.root.digest).toBe(image.manifest.digest);
    expect(seen).toHaveLength(3);
  });

  it("a failure that stays is tried a few times only", async () => {
    const { host, seen } = await serve((_, response) => answer(response, 500, {}));
    await expect(open(host)).rejects.toMatchObject({ code: "REGISTRY_FAILED" });
    expect(seen).toHaveLength(4);
  });

  it("a long Retry-After is not waited for", async () => {
    const { host, seen } = await serve((_, response) => answer(response, 429, {}, { "retry-after": "3600" }));
    await expect(open(host)).rejects.toMatchObject({ code: "RATE_LIMITED" });
    expect(seen).toHaveLength(1);
  });

  it("that does not listen is unreachable", async () => {
    const { host, server } = await serve(registryOf(image));
    servers.splice(servers.indexOf(server), 1);
    server.close();
    await expect(open(host)).rejects.toMatchObject({
      code: "REGISTRY_UNREACHABLE",
      message: expect.stringContaining(host),
    });
  });

  it("that is silent is given up", async () => {
    const { host } = await serve(() => undefined);
    await expect(open(host, { timeouts: { retryMs: 1, headersMs: 50 } })).rejects.toMatchObject({
      code: "REGISTRY_TIMEOUT",
    });
  });

  it("that stops in the middle of a blob is given up", async () => {
    const { host } = await serve((request, response) => {
      if (request.url?.includes("/blobs/") === true) {
        response.writeHead(200).write("half");
      } else {
        registryOf(image)(request, response);
      }
    });
    await using source = await open(host, { timeouts: { retryMs: 1, bodyMs: 50 } });
    await expect(readBlob(source, firstLayer())).rejects.toMatchObject({ code: "REGISTRY_TIMEOUT" });
  });

  it("that breaks off a blob is said", async () => {
    const { host } = await serve((request, response) => {
      if (request.url?.includes("/blobs/") === true) {
        response.writeHead(200, { "content-length": "1000" }).write("half", () => request.socket.destroy());
      } else {
        registryOf(image)(request, response);
      }
    });
    await using source = await open(host);
    await expect(readBlob(source, firstLayer())).rejects.toMatchObject({ code: "REGISTRY_UNREACHABLE" });
  });

  it("is never asked in plain HTTP beyond loopback, unless told so", async () => {
    await expect(open("registry.invalid:1")).rejects.toMatchObject({
      code: "REGISTRY_UNREACHABLE",
      details: { host: "registry.invalid:1" },
    });
  });
});

describe("redirects", () => {
  it("are followed for blobs, without the credentials", async () => {
    const storage = await serve(registryOf(image));
    const { host, seen } = await serve((request, response) => {
      if (request.headers.authorization === undefined) {
        answer(response, 401, {}, { "www-authenticate": 'Basic realm="r"' });
      } else if (request.url?.includes("/blobs/") === true) {
        response.writeHead(307, { location: `http://${storage.host}${request.url}` }).end();
      } else {
        registryOf(image)(request, response);
      }
    });
    await using source = await open(host, { credentials: { username: "u", password: "p" } });
    await readBlob(source, firstLayer());
    expect(seen.at(-1)?.authorization).toBe("Basic dTpw");
    expect(storage.seen.map(({ authorization }) => authorization)).toEqual([undefined]);
  });

  it.each([
    { name: "in a circle", location: "/v2/team/app/manifests/1.0", code: "REGISTRY_ANSWER_INVALID" },
    { name: "to a file", location: "file:///etc/passwd", code: "REGISTRY_ANSWER_INVALID" },
    { name: "with user information", location: "http://u:p@127.0.0.1/", code: "REGISTRY_ANSWER_INVALID" },
    { name: "to nonsense", location: "http://[", code: "REGISTRY_ANSWER_INVALID" },
  ])("$name end with $code", async ({ location, code }) => {
    const { host } = await serve((_, response) => response.writeHead(302, { location }).end());
    await expect(open(host)).rejects.toMatchObject({ code });
  });

  it("a 401 of the redirect's target does not get the credentials", async () => {
    const evil = await serve((_, response) => answer(response, 401, {}, { "www-authenticate": 'Basic realm="give"' }));
    const { host } = await serve((_, response) => response.writeHead(302, { location: `http://${evil.host}/x` }).end());
    await expect(open(host, { credentials: { username: "u", password: "p" } })).rejects.toMatchObject({
      code: "UNAUTHORIZED",
    });
    expect(evil.seen.map(({ authorization }) => authorization)).toEqual([undefined]);
  });
});

describe("a registry at a private address", () => {
  /** A proxy stands for the network: no machine has these addresses. */
  async function privateNetwork(): Promise<{
    readonly options: RegistryOptions;
    readonly asked: () => readonly string[];
  }> {
    const proxy = await serve((request, response) => {
      if (request.url?.startsWith("http://10.0.0.1/token?") === true) {
        answer(response, 200, { token: "t" });
      } else if (request.url?.includes("/open/") === true || request.headers.authorization === "Bearer t") {
        registryOf(image)(request, response);
      } else {
        answer(response, 401, {}, { "www-authenticate": 'Bearer realm="http://10.0.0.1/token",service="s"' });
      }
    });
    return {
      options: { plainHttp: true, proxy: { http: `http://${proxy.host}` } },
      asked: () => proxy.seen.map(({ line }) => new URL(line.split(" ")[1] ?? "").host),
    };
  }

  it("is read when it is addressed directly, without any setting", async () => {
    const { options } = await privateNetwork();
    await using source = await open("10.0.0.9:5000", options, "open/app:1.0");
    expect(source.root.digest).toBe(image.manifest.digest);
  });

  it("does not lead to a token server on another one, and says which setting would", async () => {
    const { options, asked } = await privateNetwork();
    await expect(open("10.0.0.9:5000", options)).rejects.toMatchObject({
      code: "ADDRESS_REFUSED",
      message: expect.stringMatching(/10\.0\.0\.1.*signatures\.allowPrivateAddresses/) as unknown,
      details: { host: "10.0.0.1" },
    });
    expect(asked()).toEqual(["10.0.0.9:5000"]);
  });

  it.each(["10.0.0.1", "10.0.0.0/24"])("leads there when %s is allowed", async (allowed) => {
    const { options } = await privateNetwork();
    await using source = await open("10.0.0.9:5000", { ...options, allowPrivateAddresses: [allowed] });
    expect(source.root.digest).toBe(image.manifest.digest);
  });
});

describe("token authentication", () => {
  async function withTokens(
    accept: (token: string | undefined) => boolean,
    token = "t0ken",
    service = 'reg, \\"1\\"',
  ): Promise<{ registry: TestServer; tokens: TestServer }> {
    const tokens = await serve((_, response) => answer(response, 200, { token }));
    const registry = await serve((request, response) => {
      if (accept(request.headers.authorization)) {
        registryOf(image)(request, response);
      } else {
        const challenge = `Bearer realm="http://${tokens.host}/token",service="${service}",scope="repository:team/app:pull"`;
        answer(response, 401, { errors: [{ code: "UNAUTHORIZED", message: "no" }] }, { "www-authenticate": challenge });
      }
    });
    return { registry, tokens };
  }

  it("gets an anonymous token, once", async () => {
    const { registry, tokens } = await withTokens((token) => token === "Bearer t0ken");
    await using source = await open(registry.host);
    await readBlob(source, firstLayer());
    expect(tokens.seen).toEqual([
      {
        line: "GET /token?service=reg%2C+%221%22&scope=repository%3Ateam%2Fapp%3Apull",
        authorization: undefined,
        host: tokens.host,
      },
    ]);
  });

  it("shows credentials to the token server only", async () => {
    const { registry, tokens } = await withTokens((token) => token === "Bearer t0ken");
    await using source = await open(registry.host, { credentials: { username: "u", password: "p:q" } });
    expect(source.root.digest).toBe(image.manifest.digest);
    expect(tokens.seen[0]?.authorization).toBe(`Basic ${Buffer.from("u:p:q").toString("base64")}`);
    expect(registry.seen.map(({ authorization }) => authorization)).toEqual([undefined, "Bearer t0ken"]);
  });

  it("asks our own registry for a look at refused images, and nobody else", async () => {
    const { registry, tokens } = await withTokens((token) => token === "Bearer t0ken", "t0ken", "haechi-registry");
    await using source = await open(registry.host);
    expect(source.location).toContain("docker://");
    expect(tokens.seen[0]?.line).toContain("scope=repository%3Ateam%2Fapp%3Apull%2Cinspect");
  });

  it("asks for further actions", async () => {
    const { registry, tokens } = await withTokens((token) => token === "Bearer t0ken");
    await using source = await open(registry.host, { scopes: ["pull", "inspect"] });
    expect(source.location).toContain("docker://");
    expect(tokens.seen[0]?.line).toContain("scope=repository%3Ateam%2Fapp%3Apull%2Cinspect");
  });

  it("sends a ready token to its host at once", async () => {
    const { registry, tokens } = await withTokens((token) => token === "Bearer ready");
    await using source = await open(registry.host, { bearerToken: { host: registry.host, token: "ready" } });
    expect(source.root.digest).toBe(image.manifest.digest);
    expect(tokens.seen).toEqual([]);
  });

  it("sends a ready token to no other host", async () => {
    const { registry } = await withTokens((token) => token === "Bearer t0ken");
    await using source = await open(registry.host, { bearerToken: { host: "other.example", token: "ready" } });
    expect(source.root.digest).toBe(image.manifest.digest);
    expect(registry.seen.some(({ authorization }) => authorization?.includes("ready"))).toBe(false);
  });

  it("gets a new token when the old one is no longer accepted", async () => {
    let isExpired = false;
    let count = 0;
    const tokens = await serve((_, response) => {
      count += 1;
      answer(response, 200, { access_token: `t${count}` });
    });
    const registry = await serve((request, response) => {
      const accepted = isExpired ? "Bearer t2" : "Bearer t1";
      if (request.headers.authorization === accepted) {
        registryOf(image)(request, response);
      } else {
        answer(response, 401, {}, { "www-authenticate": `Bearer realm="http://${tokens.host}/"` });
      }
    });
    await using source = await open(registry.host);
    isExpired = true;
    expect((await readBlob(source, firstLayer())).length).toBe(firstLayer().size);
  });

  it("does not ask again and again when the token is not accepted", async () => {
    const { registry } = await withTokens(() => false);
    await expect(open(registry.host)).rejects.toMatchObject({
      code: "UNAUTHORIZED",
      message: expect.stringContaining("no"),
    });
    expect(registry.seen).toHaveLength(2);
  });

  it("exchanges an identity token", async () => {
    let form = "";
    const tokens = await serve((request, response) => {
      request.on("data", (chunk: Buffer) => {
        form += chunk.toString();
      });
      request.on("end", () => answer(response, 200, { access_token: "t" }));
    });
    const { host } = await serve((request, response) =>
      request.headers.authorization === "Bearer t"
        ? registryOf(image)(request, response)
        : answer(response, 401, {}, { "www-authenticate": `Bearer realm="http://${tokens.host}/"` }),
    );
    const file = JSON.stringify({ auths: { [host]: { auth: "PHRva2VuPjo=", identitytoken: "refresh" } } });
    await using source = await open(host, { credentialFiles: [file] });
    expect(source.root.digest).toBe(image.manifest.digest);
    expect(Object.fromEntries(new URLSearchParams(form))).toMatchObject({
      grant_type: "refresh_token",
      refresh_token: "refresh",
    });
  });

  it.each([
    {
      name: "refuses",
      status: 401,
      body: { details: "wrong password" },
      code: "UNAUTHORIZED",
      message: "wrong password",
    },
    {
      name: "answers without a token",
      status: 200,
      body: {},
      code: "REGISTRY_ANSWER_INVALID",
      message: "without a token",
    },
    {
      name: "answers with a token that is no header",
      status: 200,
      body: { token: "a\r\nX: y" },
      code: "REGISTRY_ANSWER_INVALID",
      message: "without a token",
    },
    {
      name: "answers endlessly",
      status: 200,
      body: { token: "a".repeat(300_000) },
      code: "LIMIT_EXCEEDED",
      message: "larger than",
    },
  ])("a token server that $name is said", async ({ status, body, code, message }) => {
    const tokens = await serve((_, response) => answer(response, status, body));
    const { host } = await serve((_, response) =>
      answer(response, 401, {}, { "www-authenticate": `Bearer realm="http://${tokens.host}/"` }),
    );
    await expect(open(host)).rejects.toMatchObject({ code, message: expect.stringContaining(message) });
  });

  it("errors hold no credentials", async () => {
    const { host } = await serve((request, response) =>
      answer(response, 403, { errors: [{ message: `got ${request.headers.authorization ?? ""}` }] }),
    );
    const error: unknown = await open(host, { bearerToken: { host, token: "s3cr3t-t0ken" } }).catch(
      (thrown: unknown) => thrown,
    );
    expect(JSON.stringify(error) + String(error)).not.toContain("s3cr3t");
  });
});

describe("proxies", () => {
  it("are used for other hosts, not for loopback, not for NO_PROXY", async () => {
    const upstream = await serve(registryOf(image));
    const proxy = await serve((request, response) => {
      const { pathname } = new URL(request.url ?? "");
      Object.defineProperty(request, "url", { value: pathname });
      registryOf(image)(request, response);
    });
    const proxied = { plainHttp: true, proxy: { http: `http://${proxy.host}`, noProxy: "direct.invalid" } };
    await using through = await open("registry.invalid:80", proxied);
    await using loopback = await open(upstream.host, proxied);
    expect([through.root.digest, loopback.root.digest]).toEqual([image.manifest.digest, image.manifest.digest]);
    expect(proxy.seen.map(({ line }) => line)).toEqual(["GET http://registry.invalid/v2/team/app/manifests/1.0"]);
    await expect(open("direct.invalid:80", proxied)).rejects.toMatchObject({ code: "REGISTRY_UNREACHABLE" });
    expect(proxy.seen).toHaveLength(1);
  });

  it("HTTPS goes through a tunnel", async () => {
    const asked: string[] = [];
    const proxy = await serve(() => undefined);
    proxy.server.on("connect", (request, socket) => {
      asked.push(request.url ?? "");
      const target = connect(1, "127.0.0.1");
      target.on("error", () => socket.end("HTTP/1.1 502 Bad Gateway\r\n\r\n"));
    });
    await expect(open("registry.invalid", { proxy: { https: `http://${proxy.host}` } })).rejects.toMatchObject({
      code: "REGISTRY_UNREACHABLE",
    });
    expect(asked[0]).toBe("registry.invalid:443");
  });
});

function manifestBytes(): Buffer {
  return image.blobs.get(image.manifest.digest) ?? Buffer.alloc(0);
}

function firstLayer() {
  const manifest = parseManifest(manifestBytes());
  const layer = manifest.kind === "image" ? manifest.layers[0] : undefined;
  if (layer === undefined) {
    throw new Error("the image has no layer");
  }
  return layer;
}
