// SPDX-License-Identifier: Apache-2.0
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { type IncomingMessage, request } from "node:http";
import { connect, type Socket } from "node:net";
import { Registry } from "prom-client";
import { describe, expect, it } from "vitest";
import { digestOf } from "#base";
import { OCI_CONFIG, OCI_MANIFEST } from "#oci";
import { eventually } from "../../../../test/support/eventually.ts";
import { buildImage } from "../../../../test/support/image-builder.ts";
import {
  basic,
  call,
  pushBlob,
  pushImage,
  pushManifest,
  startTestRegistry,
  type TestRegistry,
} from "../../../../test/support/registry-server.ts";
import { startRegistry } from "./start-registry.ts";

const PATIENCE = { headersMs: 60_000, idleMs: 60_000, drainMs: 60_000 };
/** Long enough that an honest request on a machine that is busy (the push before) is not cut off, too. */
const IDLE_MS = 2_000;

describe("stopping", () => {
  it("lets a download that has begun finish, and takes nothing new", async () => {
    await using registry = await startTestRegistry({ patience: PATIENCE });
    const content = randomBytes(30_000_000);
    const digest = await pushBlob(registry, "team/app", content);
    const { response, read } = await beginDownload(registry, digest);
    const stopped = registry.stop();
    await expect(call(registry, "GET /v2/", { as: "admin" })).rejects.toThrow(/ECONNREFUSED|hang up|ECONNRESET/);
    expect(digestOf(await read())).toBe(digest);
    expect(response.complete).toBe(true);
    await stopped;
  });

  it("does not wait for a connection on which nothing was ever asked", async () => {
    await using registry = await startTestRegistry({ patience: PATIENCE });
    const silent = connect({ host: "127.0.0.1", port: Number(registry.host.split(":").at(-1)) });
    await once(silent, "connect");
    await call(registry, "GET /v2/", { as: "admin" });
    const closed = once(silent, "close");
    await registry.stop();
    await closed;
  });

  it("does not wait for ever for a client that does not read", async () => {
    await using registry = await startTestRegistry({ patience: { ...PATIENCE, drainMs: 50 } });
    const digest = await pushBlob(registry, "team/app", randomBytes(30_000_000));
    const { response, read } = await beginDownload(registry, digest);
    await registry.stop();
    await expect(read()).rejects.toThrow(/aborted/);
    expect(response.complete).toBe(false);
  });
});

describe("clients that misbehave", () => {
  it.each([
    { name: "nonsense", text: "NONSENSE\r\n\r\n", want: "HTTP/1.1 400" },
    { name: "no host", text: "GET /v2/ HTTP/1.1\r\n\r\n", want: "HTTP/1.1 400" },
    {
      name: "two lengths",
      text: "GET /v2/ HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
      want: "HTTP/1.1 400",
    },
    {
      name: "huge headers",
      text: `GET /v2/ HTTP/1.1\r\nHost: a\r\nX-Big: ${"x".repeat(100_000)}\r\n\r\n`,
      want: "HTTP/1.1 431",
    },
  ])("are told so: $name", async ({ text, want }) => {
    await using registry = await startTestRegistry();
    const socket = await dial(registry);
    socket.write(text);
    expect(await readAll(socket)).toContain(want);
  });

  it("may hang up in the middle of a download without harm to others", async () => {
    await using registry = await startTestRegistry();
    const digest = await pushBlob(registry, "team/app", randomBytes(5_000_000));
    for (let round = 0; round < 30; round += 1) {
      const { response } = await beginDownload(registry, digest);
      await once(response, "readable");
      response.destroy();
    }
    await eventually(async () => {
      const text = await registry.context.telemetry.metrics.metrics();
      return text.includes("haechi_registry_running_requests 0") ? true : undefined;
    });
    expect((await call(registry, `GET /v2/team/app/blobs/${digest}`, { as: "uploader" })).status).toBe(200);
  });

  it("are cut off when they do not finish their headers", async () => {
    await using registry = await startTestRegistry({ patience: { ...PATIENCE, headersMs: 100 } });
    const socket = await dial(registry);
    socket.write("GET /v2/ HTTP/1.1\r\nHost: a\r\nX-Slow:");
    expect(await readAll(socket)).toMatch(/^HTTP\/1\.1 4\d\d|^$/);
  });

  it("are cut off when they do not read what they asked for, and nothing stays open", async () => {
    await using registry = await startTestRegistry({ patience: { ...PATIENCE, idleMs: IDLE_MS } });
    // more than the buffers of two sockets take
    const digest = await pushBlob(registry, "team/app", randomBytes(30_000_000));
    const socket = await dial(registry);
    socket.pause();
    const head = `GET /v2/team/app/blobs/${digest} HTTP/1.1\r\nHost: a\r\nAuthorization: ${basic("uploader")}\r\n\r\n`;
    socket.write(head);
    await once(socket, "readable");
    await eventually(async () => {
      const text = await registry.context.telemetry.metrics.metrics();
      return text.includes("haechi_registry_running_requests 0") ? true : undefined;
    });
    setImmediate(() => socket.resume());
    const received = await readAll(socket);
    expect(received.length).toBeLessThan(30_000_000);
    expect((await call(registry, `GET /v2/team/app/blobs/${digest}`, { as: "uploader" })).status).toBe(200);
  });

  it.each(["blob", "manifest"])("are cut off when they read a %s so slowly that it never ends", async (kind) => {
    await using registry = await startTestRegistry({ patience: { ...PATIENCE, readMs: 20 } });
    const path =
      kind === "blob"
        ? `blobs/${await pushBlob(registry, "team/app", randomBytes(30_000_000))}`
        : `manifests/${await pushLargeManifest(registry)}`;
    const socket = await dial(registry);
    socket.on("error", () => undefined);
    socket.pause();
    const head = `GET /v2/team/app/${path} HTTP/1.1\r\nHost: a\r\nAuthorization: ${basic("uploader")}\r\n\r\n`;
    // of a manifest one alone is less than the buffers of two sockets take
    socket.write(head.repeat(kind === "blob" ? 1 : 10));
    await once(socket, "readable");
    // a few bytes at a time, far more often than a connection may be idle
    const dribbling = setInterval(() => void socket.read(16), 20);
    try {
      await eventually(() =>
        Promise.resolve(registry.log.find(({ msg }) => msg === "a client that reads too slowly is cut off")),
      );
      await eventually(async () => {
        const text = await registry.context.telemetry.metrics.metrics();
        return text.includes("haechi_registry_running_requests 0") ? true : undefined;
      });
    } finally {
      clearInterval(dribbling);
    }
    socket.destroy();
  });

  it("are cut off when they send nothing for too long, and can go on with the upload", async () => {
    await using registry = await startTestRegistry({ patience: { ...PATIENCE, idleMs: IDLE_MS } });
    const started = await call(registry, "POST /v2/team/app/blobs/uploads/", { as: "uploader" });
    const location = started.headers.location ?? "";
    const socket = await dial(registry);
    socket.write(
      `PATCH ${location} HTTP/1.1\r\nHost: a\r\nAuthorization: ${basic("uploader")}\r\nContent-Length: 6\r\n\r\nabc`,
    );
    await readAll(socket);
    const status = await eventually(async () => {
      const answer = await call(registry, `GET ${location}`, { as: "uploader" });
      return answer.headers.range === "0-2" ? answer : undefined;
    });
    expect(status.status).toBe(204);
    const rest = await call(registry, `PUT ${location}?digest=${digestOf("abcdef")}`, { as: "uploader", body: "def" });
    expect(rest.status).toBe(201);
  });
});

it("a tag that another process moved is served anew", async () => {
  await using registry = await startTestRegistry();
  const [first, second] = ["1", "2"].map((content) => buildImage([{ entries: [{ path: "a", content }] }]));
  await pushImage(registry, "team/app:1.0", second!);
  await pushImage(registry, "team/app:1.0", first!);
  expect(
    (await call(registry, "GET /v2/team/app/manifests/1.0", { as: "viewer" })).headers["docker-content-digest"],
  ).toBe(first!.manifest.digest);
  const { database } = registry.context;
  const record = await database.registry.findManifest("team/app", { digest: second!.manifest.digest });
  await database.registry.putManifest(record!, "1.0");
  await database.events.publish({
    type: "image-pushed",
    repository: "team/app",
    tag: "1.0",
    digest: second!.manifest.digest,
  });
  const moved = await eventually(async () => {
    const answer = await call(registry, "GET /v2/team/app/manifests/1.0", { as: "viewer" });
    return answer.headers["docker-content-digest"] === second!.manifest.digest ? answer : undefined;
  });
  expect(moved.status).toBe(200);
});

it("listens on IPv6, and names itself so", async () => {
  await using registry = await startTestRegistry();
  const { configuration, telemetry } = registry.context;
  const role = await startRegistry({
    ...registry.context,
    configuration: { ...configuration, listen: { ...configuration.listen, registry: { host: "::1", port: 0 } } },
    telemetry: { ...telemetry, metrics: new Registry() },
  });
  expect(role.url).toMatch(/^http:\/\/\[::1\]:\d+$/);
  const answer = await fetch(`${role.url}/v2/`);
  expect(answer.status).toBe(401);
  expect(answer.headers.get("www-authenticate")).toContain(`realm="${role.url}/token"`);
  await role.stop();
});

it("a port that is taken is an error of the start", async () => {
  await using registry = await startTestRegistry();
  const port = Number(new URL(registry.url).port);
  const { configuration } = registry.context;
  const listen = { ...configuration.listen, registry: { host: "127.0.0.1", port } };
  await using other = await startTestRegistry();
  const context = { ...other.context, configuration: { ...configuration, listen } };
  other.context.telemetry.metrics.clear();
  await expect(startRegistry(context)).rejects.toMatchObject({ code: "EADDRINUSE" });
});

it("counts requests, decisions and logins", async () => {
  await using registry = await startTestRegistry();
  await pushImage(registry, "team/app:1.0", buildImage([{ entries: [{ path: "a", content: "b" }] }]));
  await call(registry, "GET /v2/team/app/manifests/1.0", { as: "viewer" });
  await call(registry, "GET /v2/", {});
  const text = await registry.context.telemetry.metrics.metrics();
  expect(text).toContain('haechi_registry_requests_total{method="GET",route="manifest",status="200"} 1');
  expect(text).toContain('haechi_registry_requests_total{method="GET",route="base",status="401"} 1');
  expect(text).toContain('haechi_registry_decisions_total{outcome="allow"} 1');
  expect(text).toContain('haechi_registry_logins_total{result="succeeded"} 2');
});

async function beginDownload(
  registry: TestRegistry,
  digest: string,
): Promise<{ readonly response: IncomingMessage; readonly read: () => Promise<Buffer> }> {
  const sent = request(`${registry.url}/v2/team/app/blobs/${digest}`, {
    agent: false,
    headers: { authorization: basic("uploader") },
  });
  sent.end();
  const [response] = (await once(sent, "response")) as [IncomingMessage];
  response.pause();
  return {
    response,
    async read() {
      const chunks: Buffer[] = [];
      for await (const chunk of response) {
        chunks.push(chunk as Buffer);
      }
      return Buffer.concat(chunks);
    },
  };
}

async function pushLargeManifest(registry: TestRegistry): Promise<string> {
  const config = JSON.stringify({ os: "linux", architecture: "amd64", rootfs: { type: "layers", diff_ids: [] } });
  const manifest = {
    schemaVersion: 2,
    mediaType: OCI_MANIFEST,
    config: { mediaType: OCI_CONFIG, digest: await pushBlob(registry, "team/app", config), size: config.length },
    layers: [],
    annotations: { padding: "A".repeat(3_900_000) },
  };
  const answer = await pushManifest(registry, "team/app:large", {
    mediaType: OCI_MANIFEST,
    bytes: JSON.stringify(manifest),
  });
  return String(answer.headers["docker-content-digest"]);
}

async function dial(registry: TestRegistry): Promise<Socket> {
  const { hostname, port } = new URL(registry.url);
  const socket = connect({ host: hostname, port: Number(port) });
  await once(socket, "connect");
  return socket;
}

/** What the other side says until it closes. */
async function readAll(socket: Socket): Promise<string> {
  let text = "";
  socket.on("data", (chunk: Buffer) => {
    text += chunk.toString();
  });
  socket.on("error", () => undefined);
  await once(socket, "close");
  return text;
}
