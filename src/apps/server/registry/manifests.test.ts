// SPDX-License-Identifier: Apache-2.0
import { mkdir, rm } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { digestOf } from "#base";
import type { EventBus } from "#database";
import { DOCKER_MANIFEST, OCI_CONFIG, OCI_INDEX, OCI_LAYER_GZIP, OCI_MANIFEST } from "#oci";
import { buildImage, buildIndex } from "../../../../test/support/image-builder.ts";
import { openTestDatabase } from "../../../../test/support/postgres.ts";
import {
  type Answer,
  call,
  pushBlob,
  pushImage,
  pushManifest,
  startTestRegistry,
  type TestRegistry,
} from "../../../../test/support/registry-server.ts";

const CONFIG = JSON.stringify({ os: "linux", architecture: "amd64", rootfs: { type: "layers", diff_ids: [] } });
const LAYER = "layer bytes";
const MIB = 1024 * 1024;
let registry: TestRegistry;

beforeAll(async () => {
  registry = await startTestRegistry();
  await pushBlob(registry, "team/app", CONFIG);
  await pushBlob(registry, "team/app", LAYER);
});

afterAll(async () => {
  await registry[Symbol.asyncDispose]();
});

/** A manifest over the blobs that are there, with something changed. */
function manifest(change: Readonly<Record<string, unknown>> = {}): string {
  return JSON.stringify({
    schemaVersion: 2,
    mediaType: OCI_MANIFEST,
    config: descriptor(OCI_CONFIG, CONFIG),
    layers: [descriptor(OCI_LAYER_GZIP, LAYER)],
    ...change,
  });
}

function descriptor(mediaType: string, content: string): Record<string, unknown> {
  return { mediaType, digest: digestOf(content), size: Buffer.byteLength(content) };
}

async function put(reference: string, bytes: string, mediaType: string = OCI_MANIFEST): Promise<Answer> {
  return await pushManifest(registry, reference, { mediaType, bytes });
}

describe("a manifest", () => {
  it("comes back bit for bit by tag and by digest, also when it was written oddly", async () => {
    const bytes = `\n ${manifest().replaceAll(",", " ,\t")}  \n`;
    const pushed = await put("team/app:odd", bytes);
    const digest = digestOf(bytes);
    expect(pushed).toMatchObject({
      status: 201,
      headers: { location: `/v2/team/app/manifests/${digest}`, "docker-content-digest": digest },
    });
    for (const reference of ["odd", digest]) {
      const answer = await call(registry, `GET /v2/team/app/manifests/${reference}`, { as: "viewer" });
      expect(answer.body.toString()).toBe(bytes);
      expect(answer).toMatchObject({
        status: 200,
        headers: {
          "content-type": OCI_MANIFEST,
          "docker-content-digest": digest,
          etag: `"${digest}"`,
          "content-length": String(bytes.length),
        },
      });
      const head = await call(registry, `HEAD /v2/team/app/manifests/${reference}`, { as: "viewer" });
      expect(head).toMatchObject({
        status: 200,
        headers: { "content-length": String(bytes.length), "docker-content-digest": digest },
      });
      expect(head.body.length).toBe(0);
    }
  });

  it("of Docker schema 2 keeps its type", async () => {
    expect((await put("team/app:docker", manifest({ mediaType: DOCKER_MANIFEST }), DOCKER_MANIFEST)).status).toBe(201);
    const answer = await call(registry, "GET /v2/team/app/manifests/docker", { as: "viewer" });
    expect(answer.headers["content-type"]).toBe(DOCKER_MANIFEST);
  });

  it("is not sent again to who has it", async () => {
    await put("team/app:etag", manifest());
    const etag = `"${digestOf(manifest())}"`;
    for (const value of [etag, `W/${etag}`, `"other", ${etag}`, "*"]) {
      const headers = { "if-none-match": value };
      expect((await call(registry, "GET /v2/team/app/manifests/etag", { as: "viewer", headers })).status).toBe(304);
    }
    const headers = { "if-none-match": '"other"' };
    expect((await call(registry, "GET /v2/team/app/manifests/etag", { as: "viewer", headers })).status).toBe(200);
  });

  it("pushed by digest gets no tag; a SHA-512 works", async () => {
    const bytes = manifest({ annotations: { by: "digest" } });
    const digest = digestOf(bytes, "sha512");
    expect((await put(`team/app@${digest}`, bytes)).status).toBe(201);
    expect((await call(registry, `GET /v2/team/app/manifests/${digest}`, { as: "viewer" })).body.toString()).toBe(
      bytes,
    );
    const tags = await call(registry, "GET /v2/team/app/tags/list", { as: "viewer" });
    expect(tags.body.toString()).not.toContain("sha512");
  });

  it("that is an index needs its children, and lists them", async () => {
    const image = buildImage([{ entries: [{ path: "a", content: "b" }] }]);
    const index = buildIndex([{ image, os: "linux", architecture: "amd64" }]);
    const bytes = index.blobs.get(index.manifest.digest)?.toString() ?? "";
    expect(await put("team/index:1", bytes, OCI_INDEX)).toMatchObject({ status: 404, code: "MANIFEST_BLOB_UNKNOWN" });
    await pushImage(registry, "team/index:1", index);
    const answer = await call(registry, "GET /v2/team/index/manifests/1", { as: "viewer" });
    expect(answer.body.toString()).toBe(bytes);
  });

  it("asks for a scan once, tells the server, and is in the audit log", async () => {
    const heard = Promise.withResolvers<unknown>();
    const unsubscribe = registry.context.database.events.subscribe((event) => {
      if (event.type === "image-pushed" && event.tag === "scanned") {
        heard.resolve(event);
      }
    });
    const bytes = manifest({ annotations: { scanned: "once" } });
    const digest = digestOf(bytes);
    await put("team/app:scanned", bytes);
    const event = await heard.promise;
    unsubscribe();
    expect(event).toEqual({ type: "image-pushed", repository: "team/app", tag: "scanned", digest });
    expect(await registry.context.database.scans.find(digest)).toMatchObject({ state: "pending" });
    expect(await registry.context.database.audit.list({ limit: 1 })).toMatchObject([
      { actor: "uploader", action: "manifest-pushed", target: `team/app:scanned@${digest}` },
    ]);
  });
});

describe("a tag", () => {
  it("moves at once, in memory too", async () => {
    const [first, second] = [manifest({ annotations: { n: "1" } }), manifest({ annotations: { n: "2" } })];
    for (const bytes of [first, second, first]) {
      await put("team/app:moving", bytes);
      expect((await call(registry, "GET /v2/team/app/manifests/moving", { as: "viewer" })).body.toString()).toBe(bytes);
    }
  });

  it("moves for the pusher before any event says so", async () => {
    const database = await openTestDatabase();
    const events: EventBus = { publish: () => Promise.resolve(), subscribe: () => () => undefined };
    await using deaf = await startTestRegistry({ database: Object.create(database, { events: { value: events } }) });
    const images = ["1", "2"].map((content) => buildImage([{ entries: [{ path: "a", content }] }]));
    for (const image of images) {
      await pushImage(deaf, "team/app:moving", image);
      const answer = await call(deaf, "GET /v2/team/app/manifests/moving", { as: "viewer" });
      expect(answer.headers["docker-content-digest"]).toBe(image.manifest.digest);
    }
  });

  it("that two push at once ends at one of both, whole", async () => {
    const pushed = Array.from({ length: 8 }, (_, n) => manifest({ annotations: { racer: String(n) } }));
    const answers = await Promise.all(pushed.map((bytes) => put("team/app:race", bytes)));
    expect(answers.map(({ status }) => status)).toEqual(pushed.map(() => 201));
    const { body } = await call(registry, "GET /v2/team/app/manifests/race", { as: "viewer" });
    expect(pushed).toContain(body.toString());
  });

  it("list comes in pages", async () => {
    for (const tag of ["c", "a", "B", "10", "9"]) {
      await pushBlob(registry, "team/tags", CONFIG);
      await pushBlob(registry, "team/tags", LAYER);
      await put(`team/tags:${tag}`, manifest());
    }
    async function list(query: string): Promise<{ readonly tags: unknown; readonly link: string | undefined }> {
      const answer = await call(registry, `GET /v2/team/tags/tags/list${query}`, { as: "viewer" });
      const { tags } = JSON.parse(answer.body.toString()) as { tags: unknown };
      return { tags, link: answer.headers["link"] as string | undefined };
    }
    expect(await list("")).toEqual({ tags: ["10", "9", "B", "a", "c"], link: undefined });
    expect(await list("?n=2")).toEqual({
      tags: ["10", "9"],
      link: '</v2/team/tags/tags/list?n=2&last=9>; rel="next"',
    });
    expect(await list("?n=2&last=9")).toMatchObject({ tags: ["B", "a"] });
    expect(await list("?n=2&last=a")).toEqual({ tags: ["c"], link: undefined });
    expect(await list("?n=0")).toEqual({ tags: [], link: undefined });
    expect(await list("?last=zzz")).toEqual({ tags: [], link: undefined });
    for (const n of ["-1", "x", "1.5", "1e3", "99999999999999999999"]) {
      const answer = await call(registry, `GET /v2/team/tags/tags/list?n=${n}`, { as: "viewer" });
      expect(answer).toMatchObject({ status: 400, code: "PAGINATION_NUMBER_INVALID" });
    }
  });
});

describe("referrers", () => {
  it("are announced on push, listed with annotations, and filtered", async () => {
    const subject = { mediaType: OCI_MANIFEST, digest: digestOf("not here yet"), size: 12 };
    const note = manifest({ subject, artifactType: "test/note", annotations: { note: "1" } });
    const image = manifest({ subject });
    expect((await put(`team/app@${digestOf(note)}`, note)).headers["oci-subject"]).toBe(subject.digest);
    await put(`team/app@${digestOf(image)}`, image);
    const all = await call(registry, `GET /v2/team/app/referrers/${subject.digest}`, { as: "viewer" });
    expect(all.headers["content-type"]).toBe(OCI_INDEX);
    const { manifests } = JSON.parse(all.body.toString()) as { manifests: { digest: string }[] };
    expect(manifests).toHaveLength(2);
    expect(manifests).toContainEqual({
      mediaType: OCI_MANIFEST,
      digest: digestOf(note),
      size: note.length,
      artifactType: "test/note",
      annotations: { note: "1" },
    });
    expect(manifests).toContainEqual(expect.objectContaining({ digest: digestOf(image), artifactType: OCI_CONFIG }));
    const filtered = await call(registry, `GET /v2/team/app/referrers/${subject.digest}?artifactType=test/note`, {
      as: "viewer",
    });
    expect(filtered.headers["oci-filters-applied"]).toBe("artifactType");
    expect((JSON.parse(filtered.body.toString()) as { manifests: unknown[] }).manifests).toHaveLength(1);
  });

  it("of a digest that nobody refers to are none; of nonsense an error", async () => {
    const none = await call(registry, `GET /v2/team/app/referrers/${digestOf("x")}`, { as: "viewer" });
    expect(JSON.parse(none.body.toString())).toEqual({ schemaVersion: 2, mediaType: OCI_INDEX, manifests: [] });
    expect(await call(registry, "GET /v2/team/app/referrers/x", { as: "viewer" })).toMatchObject({
      status: 400,
      code: "DIGEST_INVALID",
    });
  });
});

describe("a manifest that is refused", () => {
  const wrongSize = { ...descriptor(OCI_LAYER_GZIP, LAYER), size: 1 };
  it.each([
    { name: "not JSON", bytes: "{", code: "MANIFEST_INVALID" },
    { name: "empty", bytes: "", code: "MANIFEST_INVALID" },
    { name: "a list", bytes: "[]", code: "MANIFEST_INVALID" },
    { name: "invalid UTF-8", bytes: Buffer.from([0x7b, 0xff, 0x7d]).toString("latin1"), code: "MANIFEST_INVALID" },
    { name: "deep nesting", bytes: `{"a":${"[".repeat(100_000)}${"]".repeat(100_000)}}`, code: "MANIFEST_INVALID" },
    {
      name: "the same key twice",
      bytes: manifest().replace('"layers"', '"layers":[],"layers"'),
      code: "MANIFEST_INVALID",
    },
    { name: "a key that Go also reads", bytes: manifest({ Layers: [] }), code: "MANIFEST_INVALID" },
    { name: "image and index at once", bytes: manifest({ manifests: [] }), code: "MANIFEST_INVALID" },
    {
      name: "another mediaType than Content-Type",
      bytes: manifest({ mediaType: DOCKER_MANIFEST }),
      code: "MANIFEST_INVALID",
    },
    { name: "an index called an image", bytes: '{"schemaVersion":2,"manifests":[]}', code: "MANIFEST_INVALID" },
    { name: "Docker schema 1", bytes: '{"schemaVersion":1,"fsLayers":[]}', code: "MANIFEST_INVALID" },
    { name: "a wrong size", bytes: manifest({ layers: [wrongSize] }), code: "SIZE_INVALID" },
    {
      name: "a size that is no number",
      bytes: manifest({ layers: [{ ...wrongSize, size: "1" }] }),
      code: "MANIFEST_INVALID",
    },
    {
      name: "a missing blob",
      bytes: manifest({ layers: [descriptor(OCI_LAYER_GZIP, "?")] }),
      code: "MANIFEST_BLOB_UNKNOWN",
    },
    {
      name: "a missing config",
      bytes: manifest({ config: descriptor(OCI_CONFIG, "?") }),
      code: "MANIFEST_BLOB_UNKNOWN",
    },
    {
      name: "a digest that is none",
      bytes: manifest({ layers: [{ ...wrongSize, digest: "../x" }] }),
      code: "MANIFEST_INVALID",
    },
    {
      name: "too many layers",
      bytes: manifest({ layers: Array.from({ length: 2_001 }, () => wrongSize) }),
      code: "MANIFEST_INVALID",
    },
  ])("$name", async ({ bytes, code }) => {
    const answer = await put("team/app:hostile", bytes);
    expect(answer.code).toBe(code);
    expect(answer.status).toBe(code === "MANIFEST_BLOB_UNKNOWN" ? 404 : 400);
    expect((await call(registry, "GET /v2/team/app/manifests/hostile", { as: "viewer" })).status).toBe(404);
  });

  it.each([
    "",
    "application/json",
    "text/html",
    "application/vnd.docker.distribution.manifest.v1+prettyjws",
    "x".repeat(5_000),
  ])("with the Content-Type %j", async (mediaType) => {
    expect(await put("team/app:hostile", manifest(), mediaType)).toMatchObject({
      status: 400,
      code: "MANIFEST_INVALID",
    });
  });

  it("with more than 4 MiB, announced or not", async () => {
    const bytes = Buffer.alloc(4 * MIB + 1, " ");
    const line = "PUT /v2/team/app/manifests/large";
    const type = { "content-type": OCI_MANIFEST };
    expect(await call(registry, line, { as: "uploader", body: bytes, headers: type })).toMatchObject({
      status: 413,
      code: "MANIFEST_TOO_LARGE",
    });
    const chunked = { ...type, "transfer-encoding": "chunked" };
    expect((await call(registry, line, { as: "uploader", body: bytes, headers: chunked })).status).toBe(413);
  });

  it("under another digest than its own", async () => {
    expect(await put(`team/app@${digestOf("other")}`, manifest())).toMatchObject({
      status: 400,
      code: "DIGEST_INVALID",
    });
  });

  it("whose blob is only in another repository", async () => {
    await pushBlob(registry, "team/elsewhere", "elsewhere");
    const bytes = manifest({ layers: [descriptor(OCI_LAYER_GZIP, "elsewhere")] });
    expect((await put("team/app:hostile", bytes)).code).toBe("MANIFEST_BLOB_UNKNOWN");
  });

  it("an index that gives its child another media type", async () => {
    const bytes = manifest();
    await put("team/app:child", bytes);
    const child = { mediaType: DOCKER_MANIFEST, digest: digestOf(bytes), size: bytes.length };
    const index = JSON.stringify({ schemaVersion: 2, mediaType: OCI_INDEX, manifests: [child] });
    expect((await put("team/app:confused", index, OCI_INDEX)).code).toBe("MANIFEST_INVALID");
  });

  it("an index that carries a child as data, which a client would take without asking the gate", async () => {
    const bytes = manifest();
    await put("team/app:child", bytes);
    const data = Buffer.from(bytes).toString("base64");
    const child = { mediaType: OCI_MANIFEST, digest: digestOf(bytes), size: bytes.length, data };
    const index = JSON.stringify({ schemaVersion: 2, mediaType: OCI_INDEX, manifests: [child] });
    expect((await put("team/app:embedded", index, OCI_INDEX)).code).toBe("MANIFEST_INVALID");
  });

  it("but a layer that is not distributed may be missing", async () => {
    const foreign = descriptor("application/vnd.docker.image.rootfs.foreign.diff.tar.gzip", "far away");
    const bytes = manifest({ mediaType: DOCKER_MANIFEST, layers: [foreign] });
    expect((await put("team/app:foreign", bytes, DOCKER_MANIFEST)).status).toBe(201);
  });
});

describe("paths and methods", () => {
  it.each([
    { line: "GET /v2/team/app/manifests/unknown", want: 404, code: "MANIFEST_UNKNOWN" },
    { line: `GET /v2/team/app/manifests/${digestOf("unknown")}`, want: 404, code: "MANIFEST_UNKNOWN" },
    { line: "GET /v2/no/such/manifests/latest", want: 404, code: "MANIFEST_UNKNOWN" },
    { line: "GET /v2/no/such/tags/list", want: 404, code: "NAME_UNKNOWN" },
    { line: "GET /v2/Team/App/manifests/latest", want: 400, code: "NAME_INVALID" },
    { line: "GET /v2/../../etc/manifests/passwd", want: 400, code: "NAME_INVALID" },
    { line: `GET /v2/${"a".repeat(256)}/manifests/latest`, want: 400, code: "NAME_INVALID" },
    { line: `GET /v2/${"a".repeat(255)}/manifests/latest`, want: 404, code: "MANIFEST_UNKNOWN" },
    { line: "GET /v2/team/app/manifests/.hidden", want: 400, code: "TAG_INVALID" },
    { line: "GET /v2/team/app/manifests/..%2f..%2fetc", want: 400, code: "TAG_INVALID" },
    { line: `GET /v2/team/app/manifests/${"a".repeat(129)}`, want: 400, code: "TAG_INVALID" },
    { line: "GET /v2/team/app/manifests/sha256:abc", want: 400, code: "DIGEST_INVALID" },
    { line: "GET /v2/team/app/blobs/sha256:../../x", want: 404, code: "NAME_UNKNOWN" },
    { line: "GET /v2/team/app/blobs/sha256:..%2f..%2fx", want: 400, code: "DIGEST_INVALID" },
    { line: "GET /v2/team/app/nothing", want: 404, code: "NAME_UNKNOWN" },
    { line: "GET /", want: 404, code: "NAME_UNKNOWN" },
    { line: "GET http://evil.example/v2/", want: 404, code: "NAME_UNKNOWN" },
    { line: "PATCH /v2/team/app/manifests/latest", want: 405, code: "UNSUPPORTED" },
    { line: `PUT /v2/team/app/blobs/${digestOf("x")}`, want: 405, code: "UNSUPPORTED" },
    { line: "POST /v2/", want: 405, code: "UNSUPPORTED" },
    { line: "OPTIONS /v2/", want: 405, code: "UNSUPPORTED" },
  ])("$line: $want $code", async ({ line, want, code }) => {
    expect(await call(registry, line, { as: "admin" })).toMatchObject({ status: want, code });
  });

  it("a method that is not supported says which are", async () => {
    expect((await call(registry, "PATCH /v2/team/app/manifests/latest", { as: "admin" })).headers.allow).toBe(
      "GET, HEAD, PUT, DELETE",
    );
  });
});

it("a failure inside is answered without its details, and logged with the request id", async () => {
  await using own = await startTestRegistry();
  const image = buildImage([{ entries: [{ path: "a", content: "b" }] }]);
  await pushImage(own, "team/app:1", image);
  const file = own.context.blobs.pathOf(image.manifest.digest);
  await rm(file);
  await mkdir(file);
  const answer = await call(own, "GET /v2/team/app/manifests/1", { as: "admin" });
  expect(answer).toMatchObject({ status: 500, code: "UNKNOWN" });
  expect(answer.body.toString()).not.toMatch(/EISDIR|blob-store|at /);
  const line = own.log.find((each) => each["requestId"] === answer.headers["x-request-id"] && each["level"] === 50);
  expect(JSON.stringify(line)).toContain("EISDIR");
});
