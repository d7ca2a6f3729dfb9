// SPDX-License-Identifier: Apache-2.0
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import http, { type IncomingMessage, type Server, type ServerResponse } from "node:http";
import https from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { digestOf } from "#base";
import { ensureServingCertificate } from "#tls";
import { startTestRegistry, TEST_ACCOUNTS } from "../../../../../test/support/registry-server.ts";
import { UpstreamClients } from "./upstream-clients.ts";
import { writeUpstreamCredentials } from "./upstream-credentials.ts";

const NAME = "registry-upstream/there";

it.each([
  { name: "the rule says plain HTTP", isPlainHttp: true, images: {} },
  { name: "the configuration says plain HTTP", isPlainHttp: undefined, images: { plainHttp: true } },
  { name: "it is on this machine, so plain HTTP by itself", isPlainHttp: undefined, images: {} },
])("credentials that were given for HTTPS are not sent without TLS: $name", async ({ isPlainHttp, images }) => {
  await using there = await startTestRegistry();
  const { configuration, database } = there.context;
  const { secrets } = database;
  await using clients = new UpstreamClients({
    configuration: {
      ...configuration,
      images: { ...configuration.images, ...("plainHttp" in images ? { plainHttp: [there.host] } : {}) },
    },
    secrets,
  });
  const upstream = { registry: there.host, credentials: NAME, ...(isPlainHttp === undefined ? {} : { isPlainHttp }) };
  const { name: username, password } = { name: "uploader", ...TEST_ACCOUNTS.uploader };
  await writeUpstreamCredentials(secrets, NAME, { registry: there.host, username, password });
  const error: unknown = await clients.open(upstream, "team/app").catch((each: unknown) => each);
  expect(error).toMatchObject({
    code: "CREDENTIALS_INVALID",
    message: expect.stringContaining("were stored for HTTPS") as string,
  });
  expect(JSON.stringify(error)).not.toContain(password);
  expect(there.log).toEqual([]);

  // given for it explicitly, they are
  await writeUpstreamCredentials(secrets, NAME, { registry: there.host, isPlainHttp: true, username, password });
  const client = await clients.open(upstream, "team/app");
  await client.findDigest("1").catch(() => undefined);
  expect(there.log.map(({ actor }) => actor)).toContain(username);
});

/** What the registry says when it is asked for a repository: all of it leads to the same host without TLS. */
const DOWNGRADES: readonly {
  readonly name: string;
  readonly answer: (request: IncomingMessage, response: ServerResponse, plain: string) => void;
}[] = [
  {
    name: "a redirect",
    answer: ({ url = "" }, response, plain) => response.writeHead(307, { location: `${plain}${url}` }).end(),
  },
  {
    name: "the realm of its tokens",
    answer: (_, response, plain) =>
      response.writeHead(401, { "www-authenticate": `Bearer realm="${plain}/token",service="s"` }).end(),
  },
  {
    name: "where an upload goes on",
    answer: ({ method, headers }, response, plain) =>
      headers.authorization === undefined
        ? response.writeHead(401, { "www-authenticate": "Basic realm=r" }).end()
        : method === "POST"
          ? response.writeHead(202, { location: `${plain}/v2/team/app/blobs/uploads/1` }).end()
          : response.writeHead(404).end(),
  },
];

it.each(DOWNGRADES)("a registry with TLS cannot lead credentials to plain HTTP: $name", async ({ answer }) => {
  const folder = await mkdtemp(join(tmpdir(), "haechi-upstream-"));
  const inClear: string[] = [];
  await using registry = await startTestRegistry();
  const certificate = await ensureServingCertificate({
    secrets: { set: () => Promise.resolve(), getOrCreate: (_, create) => create() },
    listener: "registry",
    names: [],
    clock: { now: () => new Date() },
  });
  await writeFile(join(folder, "ca.pem"), certificate.caPem);
  const plain = http.createServer((request, response) => {
    inClear.push(`${request.url ?? ""} ${request.headers.authorization ?? ""}`);
    response.end("{}");
  });
  const plainHost = await listen(plain);
  const secure = https.createServer({ cert: certificate.certPem, key: certificate.keyPem }, (request, response) => {
    answer(request, response, `http://${plainHost}`);
  });
  const host = await listen(secure);
  const { configuration, database } = registry.context;
  const certificateAuthorities = [{ name: host, value: join(folder, "ca.pem") }];
  await using clients = new UpstreamClients({
    configuration: { ...configuration, images: { ...configuration.images, certificateAuthorities } },
    secrets: database.secrets,
  });
  try {
    await writeUpstreamCredentials(database.secrets, NAME, { registry: host, username: "robot", password: "s3cret" });
    const client = await clients.open({ registry: host, credentials: NAME }, "team/app");
    const bytes = Buffer.from("layer");
    await expect(
      answer === DOWNGRADES[2]?.answer
        ? client.pushBlob(bytes)
        : client.openBlob({ mediaType: "application/octet-stream", digest: digestOf(bytes), size: bytes.length }),
    ).rejects.toMatchObject({ code: "PLAIN_HTTP_REFUSED" });
    expect(inClear).toEqual([]);
  } finally {
    plain.close();
    secure.close();
    await rm(folder, { recursive: true });
  }
});

async function listen(server: Server | https.Server): Promise<string> {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}
