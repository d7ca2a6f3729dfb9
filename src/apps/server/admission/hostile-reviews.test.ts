// SPDX-License-Identifier: Apache-2.0
import { once } from "node:events";
import { connect, type TLSSocket } from "node:tls";
import fc from "fast-check";
import { beforeEach, describe, expect, it } from "vitest";
import {
  type AdmissionWorld,
  ask,
  image,
  pinned,
  pod,
  post,
  publishedAuthority,
  request,
  useAdmissionWorld,
} from "../../../../test/support/admission-world.ts";
import { rounds } from "../../../../test/support/rounds.ts";

const place = useAdmissionWorld();
let world: AdmissionWorld;
beforeEach(() => {
  world = place.current;
});

const WEBHOOKS = ["/admit", "/validate", "/admit/trust", "/admit/va", "/policies"];

function review(changes: object): string {
  const whole = { apiVersion: "admission.k8s.io/v1", kind: "AdmissionReview" };
  return JSON.stringify({ ...whole, request: { ...request(pod(image("good"))), ...changes } });
}

async function answerTo(
  body: string,
  path = "/admit",
): Promise<{ readonly allowed?: boolean; readonly code?: number }> {
  const { status, text } = await post(world.url(path), body);
  const parsed = JSON.parse(text) as {
    readonly response?: { readonly allowed: boolean; readonly status?: { code: number } };
  };
  expect(text.length).toBeLessThan(200_000);
  return parsed.response === undefined
    ? { code: status }
    : { allowed: parsed.response.allowed, code: parsed.response.status?.code ?? status };
}

describe("what no API server sends is refused, by each webhook", () => {
  it.each<{ readonly name: string; readonly body: () => string }>([
    { name: "nothing", body: () => "" },
    { name: "an empty object", body: () => "{}" },
    { name: "a request of another type", body: () => '{"request":[]}' },
    { name: "v1beta1", body: () => review({}).replace("admission.k8s.io/v1", "admission.k8s.io/v1beta1") },
    { name: "no uid", body: () => review({ uid: undefined }) },
    { name: "an unknown operation", body: () => review({ operation: "PATCH" }) },
    { name: "a key twice", body: () => review({}).replace('"operation"', '"operation":"DELETE","operation"') },
    {
      name: "nesting without end",
      body: () => review({ object: JSON.parse(`${"[".repeat(1_000)}${"]".repeat(1_000)}`) }),
    },
    { name: "groups of another type", body: () => review({ userInfo: { username: "a", groups: "system:masters" } }) },
    { name: "a name of another type", body: () => review({ name: 5 }) },
    { name: "a namespace of another type", body: () => review({ namespace: null, name: {} }) },
  ])("$name", async ({ body }) => {
    await world.start();
    for (const path of WEBHOOKS) {
      const { allowed, code } = await answerTo(body(), path);
      expect([allowed ?? false, code]).toEqual([false, 400]);
    }
    expect([world.questions, world.decisions]).toEqual([[], []]);
  });
});

describe("a Pod", () => {
  it.each<{ readonly name: string; readonly object: unknown }>([
    { name: "that is null", object: null },
    { name: "without spec", object: { kind: "Pod" } },
    { name: "with a spec of null", object: { spec: null } },
    { name: "with containers of null values", object: { spec: { containers: [null, null] } } },
    {
      name: "whose container is named by a number",
      object: { spec: { containers: [{ name: 5, image: image("good") }] } },
    },
    { name: "whose image is a list", object: { spec: { containers: [{ image: [image("good")] }] } } },
    { name: "whose volume is text", object: { spec: { containers: [], volumes: ["x"] } } },
    { name: "whose image volume is text", object: { spec: { volumes: [{ image: "x" }] } } },
  ])("$name is refused", async ({ object }) => {
    await world.start();
    expect(await answerTo(review({ object }))).toEqual({ allowed: false, code: 400 });
  });

  it("of 500 containers is judged, each image once, and one more is refused", async () => {
    await world.start();
    const images = Array.from({ length: 500 }, () => image("good"));
    const response = await ask(world, request(pod(...images)));
    expect(response.allowed).toBe(true);
    expect(world.questions.filter((question) => question.startsWith("judge"))).toHaveLength(1);
    expect(await answerTo(review({ object: pod(...images, image("good")) }))).toEqual({ allowed: false, code: 403 });
  });

  it("of 500 different images that are denied gets an answer that can be read", async () => {
    await world.start();
    const images = Array.from({ length: 500 }, (_, index) => `quay.example/app:${index}`);
    const response = await ask(world, request(pod(...images)));
    expect(response.allowed).toBe(false);
    expect(response.status?.details?.causes.length).toBeLessThanOrEqual(100);
  });

  it("with 10,000 labels, owners and annotations is judged", async () => {
    await world.start();
    const many = Object.fromEntries(Array.from({ length: 10_000 }, (_, index) => [`key-${index}`, "x".repeat(50)]));
    const owner = { apiVersion: "apps/v1", kind: "ReplicaSet", name: "x", uid: "x", controller: true };
    const metadata = { labels: many, annotations: many, ownerReferences: Array.from({ length: 10_000 }, () => owner) };
    const response = await ask(world, request({ ...pod(image("good")), metadata }));
    expect(response.allowed).toBe(true);
    expect(world.admissions.owners).toEqual([]);
  });

  it.each([null, 5, "x", [], [null], { 0: 1 }])("with owners of %j is judged", async (ownerReferences) => {
    await world.start();
    const response = await ask(world, request({ ...pod(image("good")), metadata: { ownerReferences } }));
    expect(response.allowed).toBe(true);
  });

  it("is judged by what it is, not by what it calls itself", async () => {
    await world.start();
    for (const changes of [
      { kind: { group: "", version: "v1", kind: "List" } },
      { kind: { group: "", version: "v1", kind: "PodList" } },
      { kind: { group: "apps", version: "v1", kind: "Pod" } },
      { resource: { group: "", version: "v1", resource: "replicationcontrollers" } },
      {
        kind: { group: "", version: "v1", kind: "EphemeralContainers" },
        subResource: "ephemeralcontainers",
        operation: "UPDATE",
      },
    ]) {
      expect(await answerTo(review(changes))).toEqual({ allowed: false, code: 403 });
    }
    const items = { apiVersion: "v1", kind: "List", items: [pod(image("bad"))] };
    expect(await answerTo(review({ object: items }))).toEqual({ allowed: false, code: 400 });
  });
});

it("whatever stands in a review, the answer is one, and never allows an image that is bad", async () => {
  await world.start();
  const field = fc.constantFrom(
    "name",
    "namespace",
    "subResource",
    "operation",
    "userInfo",
    "oldObject",
    "dryRun",
    "options",
  );
  await fc.assert(
    fc.asyncProperty(field, fc.jsonValue(), fc.constantFrom(...WEBHOOKS.slice(0, 2)), async (key, value, path) => {
      const body = review({ object: pod(pinned("bad")), [key]: value });
      const parsed = JSON.parse(body) as {
        readonly request: { readonly operation?: unknown; readonly subResource?: unknown };
      };
      const { allowed = false } = await answerTo(body, path);
      const isExcused = parsed.request.operation === "DELETE" || parsed.request.operation === "CONNECT";
      expect(allowed && !isExcused).toBe(false);
    }),
    { numRuns: rounds({ short: 100, long: 5_000 }) },
  );
});

describe("a connection", () => {
  async function open(): Promise<{ readonly socket: TLSSocket; readonly received: () => string } & Disposable> {
    const { hostname, port } = new URL(world.url("/"));
    const socket = connect({ host: hostname, port: Number(port), ca: publishedAuthority() });
    await once(socket, "secureConnect");
    let text = "";
    socket.setEncoding("utf8").on("data", (chunk: string) => {
      text += chunk;
    });
    socket.on("error", () => undefined);
    return { socket, received: () => text, [Symbol.dispose]: () => socket.destroy() };
  }

  function message(body: string, path = "/admit"): string {
    return `POST ${path} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
  }

  it("may ask for several at once, and gets the answers in that order", async () => {
    await world.start();
    using connection = await open();
    const bodies = ["a", "b", "c", "d"].map((uid) => review({ uid }));
    connection.socket.write(bodies.map((body) => message(body)).join(""));
    await expect.poll(() => connection.received().match(/"uid":"[a-d]"/g)).toHaveLength(4);
    expect(
      connection
        .received()
        .match(/"uid":"[a-d]"/g)
        ?.join(),
    ).toBe(["a", "b", "c", "d"].map((u) => `"uid":"${u}"`).join());
  });

  it("is not kept when the body ends early, and nothing is judged", async () => {
    await world.start();
    using connection = await open();
    const whole = message(review({}));
    connection.socket.end(whole.slice(0, -10));
    await once(connection.socket, "close");
    expect(world.questions).toEqual([]);
  });

  it("that brings its body byte by byte does not hold up the others", async () => {
    await world.start();
    using slow = await open();
    const whole = message(review({ uid: "slow" }));
    slow.socket.write(whole.slice(0, 200));
    expect((await ask(world, request(pod(image("good"))))).allowed).toBe(true);
    for (const byte of whole.slice(200)) {
      slow.socket.write(byte);
    }
    await expect.poll(() => slow.received()).toContain('"uid":"slow"');
  });

  it("of two lengths is refused: proxies and servers disagree which one counts", async () => {
    await world.start();
    using connection = await open();
    connection.socket.write(
      "POST /admit HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /healthz HTTP/1.1\r\n\r\n",
    );
    await expect.poll(() => connection.received()).toMatch(/^HTTP\/1\.1 400/);
    expect(connection.received()).not.toContain("ok\n");
  });

  it("that is kept open is told to end when the server stops", async () => {
    await world.start();
    using connection = await open();
    connection.socket.write(message(review({})));
    await expect.poll(() => connection.received()).toContain('"uid":"u1"');
    world.stopping.abort();
    connection.socket.write(message(review({ uid: "last" })));
    await expect.poll(() => connection.received()).toContain('"uid":"last"');
    expect(connection.received()).toMatch(/Connection: close/i);
  });
});

describe("readiness", () => {
  async function get(path: string): Promise<string> {
    const { hostname, port } = new URL(world.url("/"));
    const socket = connect({ host: hostname, port: Number(port), ca: publishedAuthority() });
    socket.end(`GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`);
    let text = "";
    for await (const chunk of socket) {
      text += String(chunk);
    }
    return text;
  }

  it("is given up when the server is told to stop, while it lives on", async () => {
    await world.start();
    expect(await get("/readyz")).toMatch(/^HTTP\/1\.1 200/);
    world.stopping.abort();
    expect(await get("/readyz")).toMatch(/^HTTP\/1\.1 503[^]*stopping/);
    expect(await get("/healthz")).toMatch(/^HTTP\/1\.1 200/);
  });

  it("is not there before the policies are", async () => {
    world.isReady = false;
    await world.start();
    expect(await get("/readyz")).toMatch(/^HTTP\/1\.1 503[^]*policies/);
  });
});
