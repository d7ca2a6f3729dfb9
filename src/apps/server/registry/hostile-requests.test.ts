// SPDX-License-Identifier: Apache-2.0
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Digest, digestOf, LIMITS } from "#base";
import { OCI_CONFIG, OCI_INDEX, OCI_LAYER, OCI_MANIFEST } from "#oci";
import { eventually } from "../../../../test/support/eventually.ts";
import {
  type Answer,
  basic,
  call,
  DENY,
  pushBlob,
  pushManifest,
  startTestRegistry,
  type TestRegistry,
} from "../../../../test/support/registry-server.ts";
import { rounds } from "../../../../test/support/rounds.ts";
import { steadyBody } from "./routes/steady-body.ts";

const CONFIG = JSON.stringify({ os: "linux", architecture: "amd64", rootfs: { type: "layers", diff_ids: [] } });
const LAYER = randomBytes(100_000);
const BASIC = `Authorization: ${basic("uploader")}\r\n`;
let registry: TestRegistry;
let layer: Digest;

beforeAll(async () => {
  registry = await startTestRegistry();
  await pushBlob(registry, "team/app", CONFIG);
  layer = await pushBlob(registry, "team/app", LAYER);
});

afterAll(async () => {
  await registry[Symbol.asyncDispose]();
});

describe("a hostile manifest is refused as what it is", () => {
  const good = document();
  const [first] = good.layers;
  it.each([
    { name: "deep objects", text: `{"a":`.repeat(50_000) + "1" + "}".repeat(50_000) },
    {
      name: "deep objects below the limit of bytes",
      text: `{"schemaVersion":2,"x":${`{"a":`.repeat(200)}1${"}".repeat(200)}}`,
    },
    { name: "an annotation that is a number", text: json({ annotations: { a: 1 } }) },
    { name: "annotations that are a list", text: json({ annotations: [] }) },
    {
      name: "the same annotation twice",
      text: json({ annotations: { a: "1" } }).replace('"a":"1"', '"a":"1","a":"2"'),
    },
    {
      name: "the same annotation twice, once escaped",
      text: json({ annotations: { a: "1" } }).replace('"a":"1"', String.raw`"a":"1","\u0061":"2"`),
    },
    { name: "a negative size", text: json({ layers: [{ ...first, size: -1 }] }) },
    { name: "a fraction as size", text: json({ layers: [{ ...first, size: 1.5 }] }) },
    { name: "a size beyond what is exact", text: json({ layers: [{ ...first, size: 2 ** 53 }] }) },
    { name: "a size of 1e400", text: json({ layers: [{ ...first, size: 0 }] }).replace('"size":0', '"size":1e400') },
    {
      name: "a size that is too small by one",
      text: json({ layers: [{ ...first, size: LAYER.length - 1 }] }),
      code: "SIZE_INVALID",
    },
    { name: "a size of zero", text: json({ layers: [{ ...first, size: 0 }] }), code: "SIZE_INVALID" },
    { name: "MD5", text: json({ layers: [{ ...first, digest: "md5:d41d8cd98f00b204e9800998ecf8427e" }] }) },
    { name: "SHA-384", text: json({ layers: [{ ...first, digest: `sha384:${"a".repeat(96)}` }] }) },
    { name: "two algorithms", text: json({ layers: [{ ...first, digest: `sha256+b64:${"a".repeat(64)}` }] }) },
    { name: "an upper-case digest", text: json({ layers: [{ ...first, digest: layer512().toUpperCase() }] }) },
    { name: "a digest with a line break", text: json({ layers: [{ ...first, digest: `${digestOf("x")}\n` }] }) },
    { name: "a layer that is null", text: json({ layers: [null] }) },
    { name: "layers that are an object", text: json({ layers: { length: 1, 0: first } }) },
    { name: "no config", text: json({ config: undefined }) },
    { name: "a subject that is a text", text: json({ subject: "sha256:abc" }) },
    { name: "a media type with a line break", text: json({ layers: [{ ...first, mediaType: "a/b\r\nx: y" }] }) },
    { name: "schemaVersion 2.5", text: json({ schemaVersion: 2.5 }) },
    { name: "schemaVersion as text", text: json({ schemaVersion: "2" }) },
    { name: "something behind the document", text: `${json({})}{}` },
    { name: "a byte order mark", text: `\u{FEFF}${json({})}` },
    { name: "a comment", text: `/* */${json({})}` },
    { name: "a lone surrogate in a key that counts", text: json({}).replace('"layers"', String.raw`"layers\ud800"`) },
  ])("$name", async ({ text, code = "MANIFEST_INVALID" }) => {
    const answer = await pushManifest(registry, "team/app:hostile", { mediaType: OCI_MANIFEST, bytes: text });
    expect(answer).toMatchObject({ status: 400, code });
    expect((await call(registry, "GET /v2/team/app/manifests/hostile", { as: "viewer" })).status).toBe(404);
  });

  it.each([
    {
      name: "__proto__ and constructor as annotations",
      text: json({}).replace("{", '{"annotations":{"__proto__":"x","constructor":"y"},'),
    },
    { name: "all annotations that fit", text: manyAnnotations() },
    { name: "a manifest of exactly the limit", text: json({}).padEnd(LIMITS.maxManifestBytes, " ") },
    {
      name: "the largest number of layers",
      text: json({ layers: Array.from({ length: LIMITS.maxDescriptors }, () => first) }),
    },
  ])("$name: taken, and comes back bit for bit", async ({ text }) => {
    const answer = await pushManifest(registry, "team/app:large", { mediaType: OCI_MANIFEST, bytes: text });
    expect(answer).toMatchObject({ status: 201 });
    const back = await call(registry, "GET /v2/team/app/manifests/large", { as: "uploader" });
    expect(digestOf(back.body)).toBe(digestOf(text));
  });

  it("an index of 2,000 children that are missing", async () => {
    const manifests = Array.from({ length: 2_000 }, (_, n) => ({
      mediaType: OCI_MANIFEST,
      digest: digestOf(`child ${n}`),
      size: 10,
    }));
    const bytes = JSON.stringify({ schemaVersion: 2, mediaType: OCI_INDEX, manifests });
    expect((await pushManifest(registry, "team/app:index", { mediaType: OCI_INDEX, bytes })).code).toBe(
      "MANIFEST_BLOB_UNKNOWN",
    );
  });

  it("an index in an index, 60 deep, is taken, judged and deleted without harm", async () => {
    const image = json({});
    await pushManifest(registry, `team/app@${digestOf(image)}`, { mediaType: OCI_MANIFEST, bytes: image });
    let [mediaType, bytes] = [OCI_MANIFEST, image];
    for (let depth = 0; depth < 60; depth += 1) {
      const child = { mediaType, digest: digestOf(bytes), size: bytes.length };
      bytes = JSON.stringify({ schemaVersion: 2, mediaType: OCI_INDEX, manifests: [child] });
      mediaType = OCI_INDEX;
      expect(await pushManifest(registry, `team/app@${digestOf(bytes)}`, { mediaType, bytes })).toMatchObject({
        status: 201,
      });
    }
    const line = `/v2/team/app/manifests/${digestOf(bytes)}`;
    expect((await call(registry, `GET ${line}`, { as: "viewer" })).status).toBe(200);
    registry.judge.decide(digestOf(bytes), DENY);
    expect((await call(registry, `GET ${line}`, { as: "viewer" })).status).toBe(403);
    registry.judge.reset();
    expect((await call(registry, `DELETE ${line}`, { as: "admin" })).status).toBe(202);
  });

  it("whatever is changed in one, the answer is never a failure of ours", async () => {
    const bytes = Buffer.from(json({ annotations: { a: "b" }, subject: { ...first, digest: digestOf("s") } }));
    const edit = fc.record({ at: fc.nat(bytes.length), remove: fc.nat(8), insert: fc.string({ maxLength: 6 }) });
    await fc.assert(
      fc.asyncProperty(fc.array(edit, { minLength: 1, maxLength: 4 }), async (edits) => {
        let text = bytes.toString("latin1");
        for (const { at, remove, insert } of edits) {
          text = text.slice(0, at) + insert + text.slice(at + remove);
        }
        const answer = await pushManifest(registry, "team/app:fuzz", {
          mediaType: OCI_MANIFEST,
          bytes: Buffer.from(text, "latin1"),
        });
        expect([201, 400, 404]).toContain(answer.status);
      }),
      { numRuns: rounds({ short: 60, long: 5_000 }) },
    );
  });
});

describe("names", () => {
  const text = fc.string({ minLength: 1, maxLength: 40, unit: fc.constantFrom(..."aA0._-/%:@~\\ 2eEfF?#".split("")) });

  it("of any kind in any path are answered, and never by a failure of ours", async () => {
    await fc.assert(
      fc.asyncProperty(
        text,
        text,
        fc.constantFrom("manifests", "blobs", "tags", "referrers", "blobs/uploads"),
        async (name, reference, kind) => {
          const path = encodeURI(`/v2/${name}/${kind}/${reference}`).replaceAll("#", "%23");
          for (const method of ["GET", "PUT", "DELETE", "POST", "PATCH"]) {
            const answer = await call(registry, `${method} ${path}`, { as: "admin" });
            expect(answer.status, `${method} ${path}`).toBeLessThan(500);
          }
        },
      ),
      { numRuns: rounds({ short: 25, long: 2_000 }) },
    );
  });

  it.each([
    { name: "255 characters", repository: `${"a".repeat(127)}/${"b".repeat(127)}`, status: 202 },
    { name: "256 characters", repository: `${"a".repeat(127)}/${"b".repeat(128)}`, status: 400 },
    { name: "128 parts", repository: Array.from({ length: 128 }, () => "a").join("/"), status: 202 },
    { name: "separators without end", repository: `a${"-".repeat(253)}a`, status: 202 },
    { name: "separators that nothing follows", repository: `a${"-".repeat(254)}`, status: 400 },
  ])("of $name: $status", async ({ repository, status }) => {
    expect((await call(registry, `POST /v2/${repository}/blobs/uploads/`, { as: "uploader" })).status).toBe(status);
  });
});

describe("Range", () => {
  it.each([
    { range: `bytes=${Array.from({ length: 3_000 }, () => "0-").join(",")}`, status: 200 },
    { range: "bytes=0-18446744073709551616", status: 200 },
    { range: "bytes=99999999999999999999-", status: 200 },
    { range: "bytes=-99999999", status: 206 },
    { range: "bytes=-0", status: 416 },
    { range: "bytes=--1", status: 200 },
    { range: "bytes=0x10-0x20", status: 200 },
    { range: "BYTES=0-1", status: 200 },
    { range: "bytes = 0-1", status: 200 },
    { range: `bytes=${"0".repeat(10_000)}-1`, status: 200 },
    { range: "bytes=100000-", status: 416 },
    { range: "bytes=99999-", status: 206 },
  ])("never makes more of a blob than it is: $status", async ({ range, status }) => {
    const answer = await call(registry, `GET /v2/team/app/blobs/${layer}`, { as: "uploader", headers: { range } });
    expect(answer.status).toBe(status);
    expect(answer.body.length).toBeLessThanOrEqual(LAYER.length);
  });

  it("does not make HEAD or a manifest partial", async () => {
    const headers = { range: "bytes=0-1" };
    const head = await call(registry, `HEAD /v2/team/app/blobs/${layer}`, { as: "uploader", headers });
    expect(head).toMatchObject({ status: 200, headers: { "content-length": String(LAYER.length) } });
    await pushManifest(registry, "team/app:whole", { mediaType: OCI_MANIFEST, bytes: json({}) });
    expect((await call(registry, "GET /v2/team/app/manifests/whole", { as: "viewer", headers })).status).toBe(200);
  });
});

describe("a request that two servers would read as two", () => {
  const smuggled = "DELETE /v2/team/app/manifests/kept HTTP/1.1\r\nHost: a\r\n\r\n";
  const post = `POST /v2/team/app/blobs/uploads/ HTTP/1.1\r\nHost: a\r\n${BASIC}`;
  it.each([
    {
      name: "a length and chunks",
      text: `${post}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n${smuggled}`,
    },
    { name: "two lengths", text: `${post}Content-Length: 0\r\nContent-Length: ${smuggled.length}\r\n\r\n${smuggled}` },
    { name: "two lengths in one", text: `${post}Content-Length: 0, ${smuggled.length}\r\n\r\n${smuggled}` },
    { name: "a length with a sign", text: `${post}Content-Length: +0\r\n\r\n${smuggled}` },
    { name: "a length in hexadecimal", text: `${post}Content-Length: 0x00\r\n\r\n${smuggled}` },
    { name: "an encoding that nobody knows", text: `${post}Transfer-Encoding: xchunked\r\n\r\n${smuggled}` },
    { name: "chunked, but not last", text: `${post}Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n${smuggled}` },
    { name: "a blank before the colon", text: `${post}Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n${smuggled}` },
    {
      name: "a header that is folded",
      text: `${post}X-A: b\r\n Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n${smuggled}`,
    },
    { name: "line feeds alone", text: `${post}Transfer-Encoding: chunked\r\n\r\n0\n\n${smuggled}` },
    {
      name: "a chunk size that overflows",
      text: `${post}Transfer-Encoding: chunked\r\n\r\nFFFFFFFFFFFFFFFFF\r\n${smuggled}`,
    },
    { name: "a chunk size with a sign", text: `${post}Transfer-Encoding: chunked\r\n\r\n-1\r\n${smuggled}` },
    { name: "a header name with a NUL", text: `${post}Content-Length\0: 0\r\n\r\n${smuggled}` },
    { name: "a path with a line break", text: `GET /v2/\r\n HTTP/1.1\r\nHost: a\r\n\r\n${smuggled}` },
    { name: "HTTP/0.9", text: `GET /v2/\r\n${smuggled}` },
    { name: "HTTP/3.0", text: `GET /v2/ HTTP/3.0\r\nHost: a\r\n\r\n${smuggled}` },
  ])("$name: the second one is never answered", async ({ text }) => {
    const answers = await sendRaw(text);
    expect(answers.match(/HTTP\/1\.1 \d+/g) ?? []).toHaveLength(1);
    expect(answers).toMatch(/^HTTP\/1\.1 (?:400|505)/);
    expect(answers).toMatch(/connection: close/i);
  });

  it("what follows a refused body on the same connection is not read as a request", async () => {
    const body = `${smuggled}${" ".repeat(20)}`;
    const text = `PUT /v2/team/app/manifests/.bad HTTP/1.1\r\nHost: a\r\n${BASIC}Content-Length: ${body.length}\r\n\r\n${body}GET /v2/ HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`;
    const answers = await sendRaw(text);
    expect(answers.match(/HTTP\/1\.1 \d+/g)).toEqual(["HTTP/1.1 400", "HTTP/1.1 401"]);
  });
});

it("clients that stall in the middle do not keep others from being served", async () => {
  const stalled: Socket[] = [];
  for (let n = 0; n < 200; n += 1) {
    const socket = await dial();
    const { headers } =
      n % 2 === 0
        ? await call(registry, "POST /v2/team/app/blobs/uploads/", { as: "uploader" })
        : { headers: {} as Answer["headers"] };
    socket.write(
      headers.location === undefined
        ? `PUT /v2/team/app/manifests/stalled HTTP/1.1\r\nHost: a\r\n${BASIC}Content-Type: ${OCI_MANIFEST}\r\nContent-Length: 900\r\n\r\n{`
        : `PATCH ${headers.location} HTTP/1.1\r\nHost: a\r\n${BASIC}Content-Length: 900000\r\n\r\nabc`,
    );
    stalled.push(socket);
  }
  await pushManifest(registry, "team/app:others", { mediaType: OCI_MANIFEST, bytes: json({}) });
  expect((await call(registry, "GET /v2/team/app/manifests/others", { as: "viewer" })).status).toBe(200);
  for (const socket of stalled) {
    socket.destroy();
  }
  await eventually(async () => {
    const text = await registry.context.telemetry.metrics.metrics();
    return text.includes("haechi_registry_running_requests 0") ? true : undefined;
  });
});

it("a manifest that dribbles in is given up", async () => {
  let now = Date.now();
  await using own = await startTestRegistry({ now: () => new Date(now) });
  const { hostname, port } = new URL(own.url);
  const socket = connect({ host: hostname, port: Number(port) });
  socket.write(
    `PUT /v2/team/app/manifests/slow HTTP/1.1\r\nHost: a\r\n${BASIC}Content-Type: ${OCI_MANIFEST}\r\nContent-Length: 900\r\n\r\n{`,
  );
  await eventually(async () => {
    const text = await own.context.telemetry.metrics.metrics();
    return text.includes("haechi_registry_running_requests 1") ? true : undefined;
  });
  const answered = once(socket, "data");
  const dribbling = setInterval(() => {
    now += 60_000;
    socket.write(" ");
  }, 20);
  const [answer] = (await answered.finally(() => clearInterval(dribbling))) as [Buffer];
  socket.destroy();
  expect(answer.toString()).toMatch(/^HTTP\/1\.1 408 /);
});

it.each([
  { name: "a byte a minute", bytes: 1, everyMs: 60_000 },
  { name: "a kilobyte each ten seconds", bytes: 1_024, everyMs: 10_000 },
])("a blob that dribbles in is given up, and can be gone on with: $name", async ({ bytes, everyMs }) => {
  let now = Date.now();
  await using own = await startTestRegistry({ now: () => new Date(now) });
  const { headers } = await call(own, "POST /v2/team/app/blobs/uploads/", { as: "uploader" });
  const location = headers.location ?? "";
  const { hostname, port } = new URL(own.url);
  const socket = connect({ host: hostname, port: Number(port) });
  socket.write(`PATCH ${location} HTTP/1.1\r\nHost: a\r\n${BASIC}Content-Length: 900000\r\n\r\n`);
  await eventually(async () => {
    const text = await own.context.telemetry.metrics.metrics();
    return text.includes("haechi_registry_running_requests 1") ? true : undefined;
  });
  const answered = once(socket, "data");
  const dribbling = setInterval(() => {
    now += everyMs;
    socket.write(Buffer.alloc(bytes));
  }, 20);
  const [answer] = (await answered.finally(() => clearInterval(dribbling))) as [Buffer];
  socket.destroy();
  expect(answer.toString()).toMatch(/^HTTP\/1\.1 408 /);
  const shown = await call(own, `GET ${location}`, { as: "uploader" });
  expect(shown.status).toBe(204);
  expect(shown.headers.range).toMatch(/^0-\d+$/);
});

it("a blob that comes at an honest speed takes as long as it takes", async () => {
  let now = Date.now();
  async function* slowly(): AsyncGenerator<Uint8Array> {
    for (let sent = 0; sent < 10; sent += 1) {
      await Promise.resolve();
      now += 60_000;
      yield new Uint8Array(64 * 1_024);
    }
  }
  let received = 0;
  for await (const chunk of steadyBody(slowly(), { now: () => new Date(now) })) {
    received += chunk.length;
    // ours to answer for: the sender is not slow because the disk is
    now += 3_600_000;
  }
  expect(received).toBe(640 * 1_024);
});

it("queries of any kind are answered, and never by a failure of ours", async () => {
  const value = fc.oneof(
    fc.string({ maxLength: 30, unit: "binary" }).map((text) => encodeURIComponent(text.toWellFormed())),
    fc.constantFrom("%", "%zz", "%00", "-1", "1e9", "99999999999999999999", "sha256:", "%F0%9F", "..%2f"),
  );
  const key = fc.constantFrom(
    "n",
    "last",
    "artifactType",
    "mount",
    "from",
    "digest",
    "digest-algorithm",
    "tag",
    "scope",
    "service",
  );
  const line = fc.constantFrom(
    "GET /v2/team/app/tags/list",
    "GET /v2/_catalog",
    `GET /v2/team/app/referrers/${digestOf("x")}`,
    "POST /v2/team/app/blobs/uploads/",
    `PUT /v2/team/app/manifests/${digestOf("x")}`,
    `DELETE /v2/team/app/manifests/${digestOf("x")}`,
    "GET /token",
  );
  await fc.assert(
    fc.asyncProperty(line, fc.array(fc.tuple(key, value), { maxLength: 4 }), async (start, pairs) => {
      const query = pairs.map(([name, text]) => `${name}=${text}`).join("&");
      const answer = await call(registry, `${start}?${query}`, { as: "admin" });
      expect(answer.status, `${start}?${query}`).toBeLessThan(500);
    }),
    { numRuns: rounds({ short: 100, long: 10_000 }) },
  );
});

function document(): {
  readonly layers: readonly Readonly<Record<string, unknown>>[];
  readonly [field: string]: unknown;
} {
  return {
    schemaVersion: 2,
    mediaType: OCI_MANIFEST,
    config: { mediaType: OCI_CONFIG, digest: digestOf(CONFIG), size: CONFIG.length },
    layers: [{ mediaType: OCI_LAYER, digest: digestOf(LAYER), size: LAYER.length }],
  };
}

function json(change: Readonly<Record<string, unknown>>): string {
  return JSON.stringify({ ...document(), ...change });
}

function layer512(): string {
  return digestOf(LAYER, "sha512");
}

function manyAnnotations(): string {
  const room = Math.floor((LIMITS.maxManifestBytes - 2_000) / 15);
  return json({
    annotations: Object.fromEntries(Array.from({ length: room }, (_, n) => [n.toString(36).padStart(6, "0"), "v"])),
  });
}

async function dial(): Promise<Socket> {
  const { hostname, port } = new URL(registry.url);
  const socket = connect({ host: hostname, port: Number(port) });
  socket.on("error", () => undefined);
  await once(socket, "connect");
  return socket;
}

/** Everything that comes back until the server closes. */
async function sendRaw(text: string): Promise<string> {
  const socket = await dial();
  socket.write(text);
  let received = "";
  for await (const chunk of socket) {
    received += String(chunk);
  }
  return received;
}
