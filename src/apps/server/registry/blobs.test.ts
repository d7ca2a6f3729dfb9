// SPDX-License-Identifier: Apache-2.0
import { randomBytes } from "node:crypto";
import { open, rm } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { digestOf } from "#base";
import {
  type Answer,
  call,
  pushBlob,
  startTestRegistry,
  type TestRegistry,
} from "../../../../test/support/registry-server.ts";

const CONTENT = randomBytes(2 * 1024 * 1024 + 11);
const DIGEST = digestOf(CONTENT);
let registry: TestRegistry;

beforeAll(async () => {
  registry = await startTestRegistry();
  await pushBlob(registry, "team/app", CONTENT);
});

afterAll(async () => {
  await registry[Symbol.asyncDispose]();
});

async function read(headers: Readonly<Record<string, string>> = {}, method: string = "GET"): Promise<Answer> {
  return await call(registry, `${method} /v2/team/app/blobs/${DIGEST}`, { as: "uploader", headers });
}

describe("a blob", () => {
  it("comes whole, with what a client needs to check and to keep it", async () => {
    const answer = await read();
    expect(answer).toMatchObject({
      status: 200,
      headers: {
        "content-length": String(CONTENT.length),
        "content-type": "application/octet-stream",
        "docker-content-digest": DIGEST,
        etag: `"${DIGEST}"`,
        "accept-ranges": "bytes",
        "cache-control": "private, no-cache",
      },
    });
    expect(answer.body.equals(CONTENT)).toBe(true);
  });

  it("has a HEAD without a body", async () => {
    const answer = await read({}, "HEAD");
    expect(answer).toMatchObject({ status: 200, headers: { "content-length": String(CONTENT.length) } });
    expect(answer.body.length).toBe(0);
  });

  it.each([
    { range: "bytes=0-0", from: 0, to: 1 },
    { range: "bytes=1000000-2000000", from: 1_000_000, to: 2_000_001 },
    { range: `bytes=${CONTENT.length - 5}-`, from: CONTENT.length - 5, to: CONTENT.length },
    { range: "bytes=-7", from: CONTENT.length - 7, to: CONTENT.length },
    { range: "bytes=5-99999999999", from: 5, to: CONTENT.length },
  ])("comes in part: $range", async ({ range, from, to }) => {
    const answer = await read({ range });
    expect(answer).toMatchObject({
      status: 206,
      headers: { "content-range": `bytes ${from}-${to - 1}/${CONTENT.length}`, "content-length": String(to - from) },
    });
    expect(answer.body.equals(CONTENT.subarray(from, to))).toBe(true);
  });

  it.each([
    { name: "several ranges", headers: { range: "bytes=0-1,4-5" }, want: 200 },
    { name: "a range of something else", headers: { range: "lines=0-1" }, want: 200 },
    { name: "a range after the end", headers: { range: `bytes=${CONTENT.length}-` }, want: 416 },
    { name: "a range of a newer version", headers: { range: "bytes=0-1", "if-range": '"other"' }, want: 200 },
    { name: "a range of this version", headers: { range: "bytes=0-1", "if-range": `"${DIGEST}"` }, want: 206 },
    { name: "what the client has", headers: { "if-none-match": `"${DIGEST}"` }, want: 304 },
    { name: "anything, if the client has anything", headers: { "if-none-match": "*" }, want: 304 },
  ])("$name: $want", async ({ headers, want }) => {
    const answer = await read(headers);
    expect(answer.status).toBe(want);
    if (want === 416) {
      expect(answer).toMatchObject({
        code: "RANGE_INVALID",
        headers: { "content-range": `bytes */${CONTENT.length}` },
      });
    }
  });

  it("of another repository is unknown", async () => {
    const answer = await call(registry, `GET /v2/team/other/blobs/${DIGEST}`, { as: "uploader" });
    expect(answer).toMatchObject({ status: 404, code: "BLOB_UNKNOWN" });
  });

  it("that was never pushed looks the same to a viewer as one that no manifest lists yet", async () => {
    const unknown = digestOf("unknown");
    const answers = [];
    for (const digest of [DIGEST, unknown]) {
      const answer = await call(registry, `GET /v2/team/app/blobs/${digest}`, { as: "viewer" });
      answers.push({ status: answer.status, body: answer.body.toString().replace(digest, "") });
    }
    expect(answers[0]).toEqual(answers[1]);
    expect(answers[0]?.status).toBe(404);
  });

  it("that is damaged on disk breaks the connection instead of arriving, and can be pushed again", async () => {
    const digest = await pushBlob(registry, "team/app", Buffer.concat([CONTENT, Buffer.from("damaged")]));
    await damage(registry.context.blobs.pathOf(digest));
    const line = `GET /v2/team/app/blobs/${digest}`;
    await expect(call(registry, line, { as: "uploader" })).rejects.toThrow(/aborted|hang up|ECONNRESET/);
    expect(registry.log.some((each) => each["level"] === 50 && each["digest"] === digest)).toBe(true);
    expect((await call(registry, line, { as: "uploader" })).status).toBe(404);
    await pushBlob(registry, "team/app", Buffer.concat([CONTENT, Buffer.from("damaged")]));
    expect((await call(registry, line, { as: "uploader" })).status).toBe(200);
  });

  it("that vanished from the disk is unknown, and logged", async () => {
    const digest = await pushBlob(registry, "team/app", "vanishing");
    await rm(registry.context.blobs.pathOf(digest));
    expect((await call(registry, `GET /v2/team/app/blobs/${digest}`, { as: "uploader" })).code).toBe("BLOB_UNKNOWN");
    expect(registry.log.some((each) => each["level"] === 50 && each["digest"] === digest)).toBe(true);
  });
});

async function damage(path: string): Promise<void> {
  const handle = await open(path, "r+");
  await handle.write(Buffer.from([1, 2, 3]), 0, 3, 100);
  await handle.close();
}
