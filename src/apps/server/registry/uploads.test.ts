// SPDX-License-Identifier: Apache-2.0
import { randomBytes, randomUUID } from "node:crypto";
import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { request } from "node:http";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { digestOf } from "#base";
import { eventually } from "../../../../test/support/eventually.ts";
import { buildImage } from "../../../../test/support/image-builder.ts";
import {
  type Answer,
  basic,
  call,
  DENY,
  pushBlob,
  pushImage,
  startTestRegistry,
  type TestRegistry,
  tokenFor,
} from "../../../../test/support/registry-server.ts";
import { mountSmallDisk, SMALL_DISK_TOOLS } from "../../../../test/support/small-disk.ts";
import { describeWithTools } from "../../../../test/support/tools.ts";

const UPLOADS = "/v2/team/app/blobs/uploads/";
const MIB = 1024 * 1024;
let registry: TestRegistry;

beforeAll(async () => {
  registry = await startTestRegistry({ registry: { maxBlobBytes: 8 * MIB } });
});

afterAll(async () => {
  await registry[Symbol.asyncDispose]();
});

describe("a blob is pushed", () => {
  it("in one request", async () => {
    const digest = digestOf("monolithic");
    const answer = await push(`POST ${UPLOADS}?digest=${digest}`, "monolithic");
    expect(answer).toMatchObject({
      status: 201,
      headers: { location: `/v2/team/app/blobs/${digest}`, "docker-content-digest": digest },
    });
    expect((await read(digest)).body.toString()).toBe("monolithic");
  });

  it("with POST and PUT", async () => {
    const started = await push(`POST ${UPLOADS}`);
    expect(started).toMatchObject({ status: 202, headers: { range: "0-0" } });
    expect(started.headers["docker-upload-uuid"]).toBe(locationOf(started).split("/").at(-1));
    const digest = digestOf("put");
    expect((await push(`PUT ${locationOf(started)}?digest=${digest}`, "put")).status).toBe(201);
    expect((await read(digest)).body.toString()).toBe("put");
  });

  it("in chunks, with status and an empty end", async () => {
    const location = locationOf(await push(`POST ${UPLOADS}`));
    expect(await push(`PATCH ${location}`, "abc", { "content-range": "0-2" })).toMatchObject({
      status: 202,
      headers: { range: "0-2", location },
    });
    expect(await push(`PATCH ${location}`, "def", { "content-range": "3-5" })).toMatchObject({
      headers: { range: "0-5" },
    });
    expect(await push(`GET ${location}`)).toMatchObject({ status: 204, headers: { range: "0-5" } });
    const digest = digestOf("abcdef");
    expect((await push(`PUT ${location}?digest=${digest}`)).status).toBe(201);
    expect((await read(digest)).body.toString()).toBe("abcdef");
  });

  it("as a stream of unknown length", async () => {
    const location = locationOf(await push(`POST ${UPLOADS}`));
    const content = randomBytes(3 * MIB);
    const answer = await push(`PATCH ${location}`, content, { "transfer-encoding": "chunked" });
    expect(answer.headers.range).toBe(`0-${content.length - 1}`);
    expect((await push(`PUT ${location}?digest=${digestOf(content)}`)).status).toBe(201);
    expect(digestOf((await read(digestOf(content))).body)).toBe(digestOf(content));
  });

  it("with its SHA-512", async () => {
    const digest = digestOf("long digest", "sha512");
    expect((await push(`POST ${UPLOADS}?digest=${digest}`, "long digest")).status).toBe(201);
    expect((await read(digest)).body.toString()).toBe("long digest");
  });

  it("to a client that waits for 100 Continue", async () => {
    const digest = digestOf("patient");
    const sent = request(`${registry.url}${UPLOADS}?digest=${digest}`, {
      method: "POST",
      headers: { authorization: basic("uploader"), expect: "100-continue", "content-length": 7 },
    });
    sent.flushHeaders();
    await once(sent, "continue");
    sent.end("patient");
    const [response] = (await once(sent, "response")) as [{ statusCode: number; resume: () => void }];
    response.resume();
    expect(response.statusCode).toBe(201);
  });
});

describe("what is refused", () => {
  it.each([
    { name: "a wrong digest", query: `?digest=${digestOf("other")}`, want: 400, code: "DIGEST_INVALID" },
    { name: "no digest", query: "", want: 400, code: "DIGEST_INVALID" },
    { name: "a short digest", query: "?digest=sha256:abc", want: 400, code: "DIGEST_INVALID" },
    { name: "an upper-case digest", query: `?digest=sha256:${"A".repeat(64)}`, want: 400, code: "DIGEST_INVALID" },
    { name: "an unknown algorithm", query: `?digest=md5:${"a".repeat(32)}`, want: 400, code: "DIGEST_INVALID" },
    { name: "a digest with a path", query: "?digest=sha256:../../../etc/passwd", want: 400, code: "DIGEST_INVALID" },
  ])("$name", async ({ query, want, code }) => {
    const location = locationOf(await push(`POST ${UPLOADS}`));
    expect(await push(`PUT ${location}${query}`, "content")).toMatchObject({ status: want, code });
  });

  it.each([
    { name: "a gap", range: "4-6", body: "xyz", want: 416, code: "RANGE_INVALID" },
    { name: "an overlap", range: "2-4", body: "xyz", want: 416, code: "RANGE_INVALID" },
    { name: "the start again", range: "0-2", body: "xyz", want: 416, code: "RANGE_INVALID" },
    { name: "a length that contradicts", range: "3-9", body: "xyz", want: 400, code: "SIZE_INVALID" },
    { name: "a range backwards", range: "5-3", body: "xyz", want: 400, code: "BLOB_UPLOAD_INVALID" },
    { name: "no range at all", range: "three", body: "xyz", want: 400, code: "BLOB_UPLOAD_INVALID" },
  ])("a chunk with $name, and the upload goes on", async ({ range, body, want, code }) => {
    const location = locationOf(await push(`POST ${UPLOADS}`));
    await push(`PATCH ${location}`, "abc");
    const answer = await push(`PATCH ${location}`, body, { "content-range": range });
    expect(answer).toMatchObject({ status: want, code });
    if (want === 416) {
      expect(answer.headers).toMatchObject({ range: "0-2", location });
    }
    expect((await push(`PUT ${location}?digest=${digestOf("abcdef")}`, "def", { "content-range": "3-5" })).status).toBe(
      201,
    );
  });

  it.each([
    { name: "by its length", headers: {} },
    { name: "as a stream", headers: { "transfer-encoding": "chunked" } },
  ])("a blob over the limit, $name", async ({ headers }) => {
    const location = locationOf(await push(`POST ${UPLOADS}`));
    const answer = await push(`PATCH ${location}`, Buffer.alloc(9 * MIB), headers);
    expect(answer).toMatchObject({ status: 413, code: "BLOB_TOO_LARGE" });
  });

  it.each(["..", "%2e%2e%2f%2e%2e%2fblobs", "x", randomUUID(), "%00", "a".repeat(3_000)])(
    "the upload id %j",
    async (id) => {
      for (const method of ["GET", "PATCH", "DELETE"]) {
        const answer = await push(`${method} ${UPLOADS}${id}`, method === "PATCH" ? "x" : undefined);
        expect(answer).toMatchObject({ status: 404, code: expect.stringMatching(/BLOB_UPLOAD_UNKNOWN|NAME_UNKNOWN/) });
      }
    },
  );

  it("an upload of another repository", async () => {
    const location = locationOf(await push(`POST ${UPLOADS}`));
    const elsewhere = location.replace("team/app", "team/other");
    expect(await push(`PATCH ${elsewhere}`, "x")).toMatchObject({ status: 404, code: "BLOB_UPLOAD_UNKNOWN" });
  });

  it("a cancelled upload", async () => {
    const location = locationOf(await push(`POST ${UPLOADS}`));
    expect((await push(`DELETE ${location}`)).status).toBe(204);
    expect((await push(`GET ${location}`)).status).toBe(404);
    expect((await push(`DELETE ${location}`)).status).toBe(404);
  });
});

describe("a push that breaks off", () => {
  it("goes on where it stopped, after a restart too", async () => {
    await using own = await startTestRegistry();
    const content = randomBytes(4 * MIB);
    const location = locationOf(await call(own, `POST ${UPLOADS}`, { as: "uploader" }));
    await sendHalf(own, location, content.subarray(0, 2 * MIB), content.length);
    const status = await eventually(async () => {
      const answer = await call(own, `GET ${location}`, { as: "uploader" });
      return answer.headers.range === "0-0" ? undefined : answer;
    });
    const received = Number(status.headers.range?.split("-")[1]) + 1;
    expect(received).toBeLessThanOrEqual(2 * MIB);

    await own.restart();
    const rest = { as: "uploader", body: content.subarray(received) } as const;
    const range = { "content-range": `${received}-${content.length - 1}` };
    const finished = await call(own, `PUT ${location}?digest=${digestOf(content)}`, { ...rest, headers: range });
    expect(finished.status).toBe(201);
    expect(own.log.filter((line) => line["level"] === 50)).toEqual([]);
  });

  it("lets only one request write at a time", async () => {
    const location = locationOf(await push(`POST ${UPLOADS}`));
    const first = request(`${registry.url}${location}`, {
      method: "PATCH",
      headers: { authorization: basic("uploader"), "content-length": 2 * MIB + 3 },
    });
    first.write(Buffer.alloc(2 * MIB));
    await eventually(async () => ((await push(`GET ${location}`)).headers.range === "0-0" ? undefined : true));
    expect(await push(`PATCH ${location}`, "x")).toMatchObject({ status: 409, code: "BLOB_UPLOAD_BUSY" });
    expect(await push(`DELETE ${location}`)).toMatchObject({ status: 409, code: "BLOB_UPLOAD_BUSY" });
    first.end("end");
    const [response] = (await once(first, "response")) as [{ statusCode: number; resume: () => void }];
    response.resume();
    expect(response.statusCode).toBe(202);
  });
});

describe("a mount", () => {
  it("of a blob that the caller may read takes no bytes", async () => {
    const digest = await pushBlob(registry, "team/source", "mounted");
    const answer = await push(`POST ${UPLOADS}?mount=${digest}&from=team/source`);
    expect(answer).toMatchObject({ status: 201, headers: { location: `/v2/team/app/blobs/${digest}` } });
    expect((await read(digest)).body.toString()).toBe("mounted");
  });

  it.each([
    { name: "from a repository without the blob", from: "team/empty" },
    { name: "from a name that is none", from: "../team" },
  ])("$name begins an upload", async ({ from }) => {
    const digest = await pushBlob(registry, "team/source", `content ${from}`);
    expect((await push(`POST ${UPLOADS}?mount=${digest}&from=${from}`)).status).toBe(202);
  });

  it("from no repository takes the blob of any that the caller may read, and says nothing of the others", async () => {
    const digest = await pushBlob(registry, "team/source", "of any repository");
    const stranger = await tokenFor(registry, "uploader", "repository:team/app:pull,push");
    const line = `POST ${UPLOADS}?mount=${digest}`;
    expect((await call(registry, line, { token: stranger })).status).toBe(202);
    const friend = await tokenFor(
      registry,
      "uploader",
      "repository:team/app:pull,push",
      "repository:team/source:pull,push",
    );
    expect((await call(registry, line, { token: friend })).status).toBe(201);
  });

  it.each(["&from=team/refused", ""])("of a blob that the gate refuses begins an upload (%j)", async (from) => {
    const image = buildImage([{ entries: [{ path: "refused", content: `x${from}` }] }]);
    await pushImage(registry, "team/refused:1", image);
    registry.judge.decide(image.manifest.digest, DENY);
    for (const digest of image.blobs.keys()) {
      expect((await push(`POST ${UPLOADS}?mount=${digest}${from}`)).status).toBe(202);
    }
  });

  it("from a repository that the token may not read begins an upload", async () => {
    const digest = await pushBlob(registry, "team/source", "not for this token");
    const token = await tokenFor(registry, "uploader", "repository:team/app:pull,push");
    const line = `POST ${UPLOADS}?mount=${digest}&from=team/source`;
    expect((await call(registry, line, { token })).status).toBe(202);
    const both = await tokenFor(registry, "uploader", "repository:team/app:pull,push", "repository:team/source:pull");
    // Listed by no manifest yet: it belongs to those who push there.
    expect((await call(registry, line, { token: both })).status).toBe(202);
    const pusher = await tokenFor(registry, "uploader", "repository:team/app:push", "repository:team/source:pull,push");
    expect((await call(registry, line, { token: pusher })).status).toBe(201);
  });
});

describeWithTools("a full disk", SMALL_DISK_TOOLS, () => {
  it("is answered with a code that the client can read; the upload resumes when there is room", async () => {
    using disk = mountSmallDisk(3 * MIB);
    await using own = await startTestRegistry({ folder: disk.folder });
    const content = randomBytes(2 * MIB);
    await writeFile(join(disk.folder, "ballast"), Buffer.alloc(2 * MIB));
    const location = locationOf(await call(own, `POST ${UPLOADS}`, { as: "uploader" }));
    const full = await call(own, `PATCH ${location}`, { as: "uploader", body: content });
    expect(full).toMatchObject({ status: 507, code: "DISK_FULL" });

    await writeFile(join(disk.folder, "ballast"), "");
    const status = await call(own, `GET ${location}`, { as: "uploader" });
    const received = status.headers.range === "0-0" ? 0 : Number(status.headers.range?.split("-")[1]) + 1;
    expect((await call(own, `PATCH ${location}`, { as: "uploader", body: content.subarray(received) })).status).toBe(
      202,
    );
    expect((await call(own, `PUT ${location}?digest=${digestOf(content)}`, { as: "uploader" })).status).toBe(201);
  });
});

async function push(line: string, body?: string | Uint8Array, headers?: Record<string, string>): Promise<Answer> {
  return await call(registry, line, {
    as: "uploader",
    ...(body === undefined ? {} : { body }),
    ...(headers === undefined ? {} : { headers }),
  });
}

async function read(digest: string): Promise<Answer> {
  return await call(registry, `GET /v2/team/app/blobs/${digest}`, { as: "uploader" });
}

function locationOf(answer: Answer): string {
  return answer.headers.location ?? "";
}

/** Sends a part of the announced body, then breaks the connection. */
async function sendHalf(target: TestRegistry, location: string, part: Uint8Array, length: number): Promise<void> {
  const sent = request(`${target.url}${location}`, {
    method: "PATCH",
    headers: { authorization: basic("uploader"), "content-length": length },
  });
  sent.on("error", () => undefined);
  await new Promise<void>((resolve) => {
    sent.write(part, () => resolve());
  });
  sent.destroy();
}
