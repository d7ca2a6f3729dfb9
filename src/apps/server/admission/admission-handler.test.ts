// SPDX-License-Identifier: Apache-2.0

import { once } from "node:events";
import { request as sendRequest } from "node:https";
import { connect } from "node:tls";
import { Registry } from "prom-client";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import {
  type AdmissionWorld,
  ask,
  image,
  pod,
  post,
  publishedAuthority,
  request,
  useAdmissionWorld,
} from "../../../../test/support/admission-world.ts";
import { startAdmission } from "./start-admission.ts";

const place = useAdmissionWorld();
let world: AdmissionWorld;
beforeEach(() => {
  world = place.current;
});

describe("bad input", () => {
  const valid = { apiVersion: "admission.k8s.io/v1", kind: "AdmissionReview", request: request(pod(image("good"))) };
  function body(changes: object): string {
    return JSON.stringify({ ...valid, request: { ...valid.request, ...changes } });
  }

  it.each<{ readonly name: string; readonly body: string | Uint8Array }>([
    { name: "nothing", body: "" },
    { name: "no JSON", body: "{" },
    { name: "null", body: "null" },
    { name: "a list", body: "[]" },
    { name: "no request", body: JSON.stringify({ ...valid, request: undefined }) },
    { name: "no uid", body: body({ uid: undefined }) },
    { name: "an empty uid", body: body({ uid: "" }) },
    { name: "a uid of another type", body: body({ uid: 5 }) },
    { name: "a uid without end", body: body({ uid: "u".repeat(257) }) },
    { name: "a key twice", body: `{"request":{"uid":"u1"},"request":{"uid":"u2"}}` },
    { name: "a key twice, written differently", body: String.raw`{"a":1,"\u0061":2}` },
    {
      name: "bytes that are not UTF-8",
      body: Buffer.concat([Buffer.from('{"a":"'), Buffer.from([0xff]), Buffer.from('"}')]),
    },
    { name: "a byte order mark", body: Buffer.from(`\u{feff}${JSON.stringify(valid)}`) },
    { name: "nesting without end", body: "[".repeat(100_000) + "]".repeat(100_000) },
    { name: "a request that is deep", body: body({ object: JSON.parse("[".repeat(70) + "]".repeat(70)) }) },
  ])("$name is answered with 400 and no detail of ours", async (input) => {
    await world.start();
    const answer = await post(world.url("/admit"), input.body);
    expect(answer.status).toBe(400);
    const { error } = JSON.parse(answer.text) as { readonly error: Readonly<Record<string, string>> };
    expect(error).toEqual({
      code: "REVIEW_MALFORMED",
      message: expect.any(String),
      requestId: answer.headers["x-request-id"],
    });
    expect(answer.text).not.toMatch(/\bat .*:\d+|node_modules|\.ts\b/);
    expect(world.questions).toEqual([]);
  });

  it.each([
    { name: "another version", body: JSON.stringify({ ...valid, apiVersion: "admission.k8s.io/v1beta1" }) },
    { name: "another kind", body: JSON.stringify({ ...valid, kind: "Pod" }) },
    { name: "no kind of object", body: body({ kind: null }) },
    { name: "an operation that is not known", body: body({ operation: "PATCH" }) },
    { name: "dryRun of another type", body: body({ dryRun: "no" }) },
    { name: "no object", body: body({ object: null }) },
    { name: "an object of another type", body: body({ object: "pod" }) },
    { name: "no spec", body: body({ object: {} }) },
    { name: "containers of another type", body: body({ object: { spec: { containers: { image: "x" } } } }) },
    { name: "an image of another type", body: body({ object: { spec: { containers: [{ image: 5 }] } } }) },
    { name: "a container that is null", body: body({ object: { spec: { containers: [null] } } }) },
  ])("$name is refused with the uid", async (input) => {
    await world.start();
    const answer = await post(world.url("/admit"), input.body);
    expect(answer.status).toBe(200);
    expect(JSON.parse(answer.text)).toMatchObject({ response: { uid: "u1", allowed: false, status: { code: 400 } } });
  });

  it("a review past the size limit is refused, told or found out", async () => {
    await world.start();
    const large = Buffer.alloc(8 * 1024 * 1024 + 1, 0x20);
    expect((await post(world.url("/admit"), large)).status).toBe(413);
    const chunked = await post(world.url("/admit"), large, { "transfer-encoding": "chunked" }).catch(() => undefined);
    expect(chunked?.status ?? 413).toBe(413);
  });

  it("large reviews that never end do not take all memory, and small ones are still answered", async () => {
    await world.start();
    const { hostname, port } = new URL(world.url("/admit"));
    const head = `POST /admit HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: ${8 * 1024 * 1024}\r\n\r\n`;
    const sockets = Array.from({ length: 6 }, () =>
      connect({ host: hostname, port: Number(port), rejectUnauthorized: false }),
    );
    const firstAnswer = Promise.race(sockets.map((socket) => once(socket, "data")));
    for (const socket of sockets) {
      socket.on("error", () => undefined);
      socket.write(head);
      socket.write(Buffer.alloc(7 * 1024 * 1024, 0x20));
    }
    const [answer] = (await firstAnswer) as [Buffer];
    expect(answer.toString()).toContain("503");
    expect((await ask(world, request(pod(image("good"))))).allowed).toBe(true);
    for (const socket of sockets) {
      socket.destroy();
    }
  });

  it.each([
    { name: "another path", path: "/", headers: {}, status: 404 },
    { name: "a path with more", path: "/admit/x", headers: {}, status: 404 },
    { name: "another content type", path: "/admit", headers: { "content-type": "text/plain" }, status: 415 },
    {
      name: "a content type that only begins alike",
      path: "/admit",
      headers: { "content-type": "application/jsonx" },
      status: 415,
    },
  ])("$name is answered with $status", async ({ path, headers, status }) => {
    await world.start();
    const answer = await post(world.url(path), JSON.stringify(valid), headers);
    expect(answer.status).toBe(status);
    expect(JSON.parse(answer.text)).toHaveProperty("error.requestId");
  });

  it("another method is answered with 405", async () => {
    await world.start();
    const ca = publishedAuthority();
    const status = await new Promise((resolve, reject) => {
      sendRequest(world.url("/admit"), { method: "GET", ca, agent: false }, (response) => {
        response.resume();
        resolve(response.statusCode);
      })
        .on("error", reject)
        .end();
    });
    expect(status).toBe(405);
  });

  it("TLS below 1.2 is refused", async () => {
    await world.start();
    const { port } = new URL(world.url("/"));
    const failure = await new Promise((resolve) => {
      const socket = connect({
        port: Number(port),
        host: "127.0.0.1",
        rejectUnauthorized: false,
        minVersion: "TLSv1.1",
        maxVersion: "TLSv1.1",
        ciphers: "DEFAULT@SECLEVEL=0",
      });
      socket.on("error", resolve);
      socket.on("secureConnect", () => resolve(undefined));
    });
    expect(failure).toBeInstanceOf(Error);
  });

  it("a judge with a bug refuses, and the log has the request id", async () => {
    await world.start();
    world.verdict = () => {
      throw new TypeError("boom");
    };
    const response = await ask(world, request(pod(image("good"))));
    expect(response).toMatchObject({ allowed: false, status: { code: 503 } });
    expect(JSON.stringify(response)).not.toContain("boom");
    expect(world.logged.some((line) => line.includes("boom") && line.includes("requestId"))).toBe(true);
  });
});

describe("stopping", () => {
  it("ends waiting for a scan", async () => {
    world.scanEnds = new Promise(() => undefined);
    await world.start();
    const answer = ask(world, request(pod(image("pending"))));
    await expect.poll(() => world.waits.length).toBe(1);
    world.stopping.abort();
    expect(await answer).toMatchObject({ allowed: false, status: { code: 503 } });
  });

  it("lets a review in flight end", async () => {
    await world.start();
    const { promise, resolve } = Promise.withResolvers<void>();
    const asked = Promise.withResolvers<void>();
    const context = world.context();
    await world.role?.stop();
    world.role = await startAdmission({
      ...context,
      telemetry: { ...context.telemetry, metrics: new Registry() },
      judge: {
        ...context.judge,
        judge: async (question) => {
          asked.resolve();
          await promise;
          return await context.judge.judge(question);
        },
      },
    });
    const answer = ask(world, request(pod(image("good"))));
    await asked.promise;
    const stopped = world.role.stop();
    resolve();
    expect(await answer).toMatchObject({ allowed: true });
    await stopped;
    await expect(post(world.url("/admit"), "{}")).rejects.toThrow();
    world.role = undefined;
  });
});

describe("the certificate", () => {
  afterEach(() => {
    vi.useRealTimers();
  });

  async function served(): Promise<string> {
    const socket = connect({
      port: Number(new URL(world.url("/")).port),
      host: "127.0.0.1",
      rejectUnauthorized: false,
    });
    await once(socket, "secureConnect");
    const { fingerprint256 } = socket.getPeerCertificate();
    socket.destroy();
    return fingerprint256;
  }

  it("is exchanged without a restart when it gets old", async () => {
    vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
    await world.start();
    const first = await served();
    vi.advanceTimersByTime(3_600_000);
    expect(await served()).toBe(first);
    world.aheadMs = 300 * 86_400_000;
    vi.advanceTimersByTime(3_600_000);
    await expect.poll(served).not.toBe(first);
    expect(world.logged.join()).toContain("the admission listener has new certificates");
  });
});
