// SPDX-License-Identifier: Apache-2.0
import { createHmac } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { createServer as createSecureServer } from "node:https";
import type { AddressInfo } from "node:net";
import { Ajv } from "ajv";
import formats from "ajv-formats";
import { afterEach, describe, expect, it } from "vitest";
import type { Database, RegistryJobRecord, WebhookDelivery } from "#database";
import type { Webhook } from "#registry";
import { ensureServingCertificate } from "#tls";
import {
  type ApiTestBed,
  addAccount,
  createApiTestBed,
  finishScan,
  pushImage,
} from "../../../../test/support/api-server.ts";
import { eventually } from "../../../../test/support/eventually.ts";
import { createApi } from "../api/create-api.ts";
import { requestPromotion } from "../registry/promotion/index.ts";
import { removeSigningKey, rotateSigningKey, writeSigningKey } from "./signing-key.ts";
import { startWebhooks, type WebhookTimes } from "./start-webhooks.ts";

const TIMES: WebhookTimes = { lookMs: 50, sendMs: 20, patience: 0.000_01 };

const open: AsyncDisposable[] = [];

afterEach(async () => {
  for (const each of open.splice(0).reverse()) {
    await each[Symbol.asyncDispose]();
  }
});

interface Received {
  readonly headers: IncomingMessage["headers"];
  readonly body: string;
}

interface Receiver {
  readonly url: string;
  readonly received: Received[];
  answer: (response: ServerResponse, count: number) => void;
}

async function startReceiver(tls?: { readonly certPem: string; readonly keyPem: string }): Promise<Receiver> {
  const receiver = {
    url: "",
    received: [] as Received[],
    answer: (response: ServerResponse, _count: number): void => void response.writeHead(204).end(),
  };
  function listen(request: IncomingMessage, response: ServerResponse): void {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      receiver.received.push({ headers: request.headers, body: Buffer.concat(chunks).toString("utf8") });
      receiver.answer(response, receiver.received.length);
    });
  }
  const server: Server =
    tls === undefined ? createServer(listen) : createSecureServer({ cert: tls.certPem, key: tls.keyPem }, listen);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  receiver.url = `${tls === undefined ? "http" : "https"}://127.0.0.1:${port}/hook`;
  open.push({
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  });
  return receiver;
}

/** As the specification of Standard Webhooks verifies. */
function isSignedWith(key: string, { headers, body }: Received): boolean {
  const mac = createHmac("sha256", Buffer.from(key.replace(/^whsec_/, ""), "base64"));
  const content = [headers["webhook-id"], headers["webhook-timestamp"], body].map(String).join(".");
  const expected = `v1,${mac.update(content).digest("base64")}`;
  return String(headers["webhook-signature"]).split(" ").includes(expected);
}

async function begin(times: WebhookTimes = TIMES): Promise<ApiTestBed> {
  const bed = await createApiTestBed();
  open.push(bed);
  const webhooks = startWebhooks(bed.context, times);
  open.push({ [Symbol.asyncDispose]: () => webhooks.stop() });
  return bed;
}

async function addWebhook(
  { database, context }: ApiTestBed,
  webhook: Partial<Webhook> & { readonly url: string },
  name = "hook",
): Promise<string> {
  const place = { secrets: database.secrets, clock: context.clock };
  const key = (await writeSigningKey(place, name)) ?? "";
  const since = new Date(Date.now() - 1_000).toISOString();
  const document = { isEnabled: true, ...webhook, since };
  await database.registryObjects.put({ kind: "webhook", name, document, updatedBy: "kim" });
  return key;
}

/** As a push does. */
async function push(database: Database, repository: string, tag = "1.0"): Promise<string> {
  const { digest } = await pushImage(database, { repository, tag });
  const target = `${repository}:${tag}@${digest}`;
  const at = new Date().toISOString();
  await database.audit.append({ actor: "kim", action: "manifest-pushed", target, requestId: "1", at });
  return digest;
}

function delivery(
  database: Database,
  is: (delivery: WebhookDelivery) => boolean = ({ finishedAt }) => finishedAt !== undefined,
): Promise<WebhookDelivery> {
  return eventually(async () => (await database.webhookDeliveries.list({ limit: 50 })).find(is), 20);
}

/** As somebody asks for it: the rule is made, and the job waits for approval. */
async function askForPromotion(
  { database, context }: ApiTestBed,
  rule: { readonly from: string; readonly to: string; readonly registry?: string },
  repository: string,
): Promise<RegistryJobRecord> {
  const document = { ...rule, needsApproval: true, isImmutable: false };
  await database.registryObjects.put({ kind: "promotion", name: "rule", document, updatedBy: "kim" });
  return await requestPromotion(context, { rule: "rule", repository, tag: "1.0", requestedBy: "kim" });
}

describe("a receiver that is not right", () => {
  it("answers 500 and 429 with Retry-After, and is asked again until it takes the event, with one id and fresh signatures", async () => {
    const bed = await begin();
    const receiver = await startReceiver();
    receiver.answer = (response, count) => {
      if (count === 1) {
        response.writeHead(500).end("a bug");
      } else if (count === 2) {
        response.writeHead(429, { "retry-after": "1" }).end();
      } else {
        response.writeHead(200).end("{}");
      }
    };
    const key = await addWebhook(bed, { url: receiver.url });
    await push(bed.database, "team/app");
    expect(await delivery(bed.database)).toMatchObject({ state: "delivered", attempts: 3, status: 200 });
    expect(receiver.received).toHaveLength(3);
    expect(new Set(receiver.received.map(({ headers }) => headers["webhook-id"])).size).toBe(1);
    expect(receiver.received.every((each) => isSignedWith(key, each))).toBe(true);
    const [, second, third] = receiver.received.map(({ headers }) => Number(headers["webhook-timestamp"]));
    expect((third ?? 0) - (second ?? 0)).toBeGreaterThanOrEqual(1);
  });

  it("redirects, and is not followed", async () => {
    const bed = await begin();
    const elsewhere = await startReceiver();
    const receiver = await startReceiver();
    receiver.answer = (response) => void response.writeHead(307, { location: elsewhere.url }).end();
    await addWebhook(bed, { url: receiver.url });
    await push(bed.database, "team/app");
    const failed = await delivery(bed.database);
    expect(failed).toMatchObject({ state: "failed", attempts: 10, status: 307 });
    expect(failed.message).toContain("redirects");
    expect(elsewhere.received).toEqual([]);
  });

  it("is gone (410), and is not asked again", async () => {
    const bed = await begin();
    const receiver = await startReceiver();
    receiver.answer = (response) => void response.writeHead(410).end();
    await addWebhook(bed, { url: receiver.url });
    await push(bed.database, "team/app");
    expect(await delivery(bed.database)).toMatchObject({ state: "failed", attempts: 1, status: 410 });
  });

  it("hangs, and holds up nobody else", async () => {
    const bed = await begin({ ...TIMES, totalMs: 1_000 });
    const hanging = await startReceiver();
    hanging.answer = () => undefined;
    const receiver = await startReceiver();
    await addWebhook(bed, { url: hanging.url }, "hanging");
    await addWebhook(bed, { url: receiver.url }, "good");
    for (const tag of ["1", "2", "3", "4"]) {
      await push(bed.database, "team/app", tag);
    }
    await expect.poll(() => receiver.received.length, { timeout: 10_000 }).toBe(4);
    const failed = await delivery(
      bed.database,
      ({ webhook, message }) => webhook === "hanging" && message !== undefined,
    );
    expect(failed).toMatchObject({ state: "pending", message: "no answer in time" });
  });

  it("answers with a body without end, of which nothing is kept", async () => {
    const bed = await begin();
    const receiver = await startReceiver();
    let isClosed = false;
    receiver.answer = (response) => {
      response.on("close", () => {
        isClosed = true;
      });
      response.writeHead(200);
      const block = Buffer.alloc(64 * 1_024, "secret of an internal service ");
      const write = (): void => {
        if (!isClosed) {
          response.write(block, () => setImmediate(write));
        }
      };
      write();
    };
    await addWebhook(bed, { url: receiver.url });
    await push(bed.database, "team/app");
    const done = await delivery(bed.database);
    expect(done).toMatchObject({ state: "delivered", status: 200 });
    expect(JSON.stringify(done)).not.toContain("internal service");
    await expect.poll(() => isClosed).toBe(true);
  });

  it("has a certificate that nobody trusts, and gets nothing until its authority is named", async () => {
    const bed = await begin();
    const certificate = await ensureServingCertificate({
      secrets: { set: () => Promise.resolve(), getOrCreate: (_, create) => create() },
      listener: "registry",
      names: ["127.0.0.1"],
      clock: { now: () => new Date() },
    });
    const receiver = await startReceiver(certificate);
    await addWebhook(bed, { url: receiver.url }, "untrusting");
    const key = await addWebhook(bed, { url: receiver.url, certificateAuthority: certificate.caPem }, "trusting");
    await push(bed.database, "team/app");
    expect(
      await delivery(bed.database, ({ webhook, finishedAt }) => webhook === "untrusting" && finishedAt !== undefined),
    ).toMatchObject({ state: "failed" });
    await expect.poll(() => receiver.received.length).toBe(1);
    expect(receiver.received.every((each) => isSignedWith(key, each))).toBe(true);
  });

  it("is a webhook without a key, or one that was removed: nothing is sent", async () => {
    const bed = await begin();
    const receiver = await startReceiver();
    await addWebhook(bed, { url: receiver.url });
    await removeSigningKey({ secrets: bed.database.secrets, clock: bed.context.clock }, "hook");
    await push(bed.database, "team/app");
    expect(await delivery(bed.database)).toMatchObject({ state: "failed", attempts: 1 });
    await bed.database.webhookDeliveries.add([
      { webhook: "never", eventId: crypto.randomUUID(), eventType: "x", payload: "{}" },
    ]);
    expect(
      await delivery(bed.database, ({ webhook, state }) => webhook === "never" && state === "failed"),
    ).toBeDefined();
    expect(receiver.received).toEqual([]);
  });
});

describe("what is told", () => {
  /** The JSON format of CloudEvents 1.0.2, section 3 ("Envelope"), and the attributes of the core specification, section 3. */
  const SCHEMA = {
    type: "object",
    required: ["id", "source", "specversion", "type"],
    properties: {
      id: { type: "string", minLength: 1 },
      source: { type: "string", format: "uri-reference", minLength: 1 },
      specversion: { const: "1.0" },
      type: { type: "string", minLength: 1 },
      datacontenttype: { type: ["string", "null"], minLength: 1 },
      dataschema: { type: ["string", "null"], format: "uri", minLength: 1 },
      subject: { type: ["string", "null"], minLength: 1 },
      time: { type: ["string", "null"], format: "date-time", minLength: 1 },
      data_base64: { type: ["string", "null"], contentEncoding: "base64" },
    },
    // attribute names: lower case letters and digits
    patternProperties: { "^(?!data_base64$|data$)[a-z0-9]+$": { type: ["string", "number", "boolean", "null"] } },
    propertyNames: { pattern: "^(?:[a-z0-9]+|data_base64)$" },
  };

  it("is a CloudEvent of each kind, signed, and nothing of what happened before", async () => {
    const bed = await createApiTestBed();
    open.push(bed);
    const { database } = bed;
    const receiver = await startReceiver();
    const before = new Date(Date.now() - 3_600_000).toISOString();
    await database.audit.append({
      actor: "kim",
      action: "manifest-pushed",
      target: `old/app:1@sha256:${"0".repeat(64)}`,
      requestId: "",
      at: before,
    });
    const key = await addWebhook(bed, { url: receiver.url });
    // where it left off: everything from here on is found, also what happens while no process looks
    await database.happenings.saveCursor(await database.happenings.present());
    const digest = await push(database, "team/app");
    const record = await database.registry.findManifest("team/app", { tag: "1.0" });
    expect(record).toBeDefined();
    const at = new Date().toISOString();
    const audit = { actor: "kim", requestId: "", at };
    await database.audit.append({ ...audit, action: "tag-deleted", target: `team/app:0.9@${digest}` });
    await database.audit.append({ ...audit, action: "blob-damaged", target: `${digest} (team/app:1.0)` });
    await database.audit.append({ ...audit, action: "quota-reached", target: "team" });
    await database.audit.append({ ...audit, action: "login", target: "kim" });
    await finishScan(database, record?.digest ?? expect.fail(), { packages: [] });
    for (const outcome of ["deny", "allow"] as const) {
      database.decisions.record({
        gate: "registry",
        actor: "node-1",
        reference: `127.0.0.1:5000/team/app:1.0`,
        digest: record?.digest ?? expect.fail(),
        outcome,
        reasons: outcome === "deny" ? [{ code: "SCAN_FAILED", effect: "deny", params: {} } as never] : [],
        requestId: crypto.randomUUID(),
        durationMs: 1,
        decidedAt: at,
      });
    }
    await database.decisions.flush();
    await askForPromotion(bed, { from: "team", to: "prod" }, "team/app");
    const job = await database.registryJobs.create({ kind: "gc", target: "all", parameters: {}, requestedBy: "kim" });
    await database.registryJobs.claim(["gc"]);
    await database.registryJobs.finish(job.id, {
      state: "failed",
      message: { code: "DISK_FULL", params: { detail: "no room" } },
    });
    const webhooks = startWebhooks(bed.context, TIMES);
    open.push({ [Symbol.asyncDispose]: () => webhooks.stop() });
    await expect.poll(() => receiver.received.length, { timeout: 10_000 }).toBe(8);
    const ajv = new Ajv({ strict: false });
    (formats as unknown as (ajv: Ajv) => void)(ajv);
    const validate = ajv.compile(SCHEMA);
    const events = receiver.received.map((each) => {
      expect(isSignedWith(key, each)).toBe(true);
      expect(each.headers["content-type"]).toBe("application/cloudevents+json; charset=UTF-8");
      const event = JSON.parse(each.body) as { readonly id: string; readonly type: string; readonly data: object };
      validate(event);
      expect(validate.errors).toBeNull();
      expect(event.id).toBe(each.headers["webhook-id"]);
      return event;
    });
    expect(events.map(({ type }) => type).toSorted()).toEqual([
      "dev.haechi.approval.requested",
      "dev.haechi.blob.damaged",
      "dev.haechi.image.deleted",
      "dev.haechi.image.pushed",
      "dev.haechi.image.scanned",
      "dev.haechi.job.failed",
      "dev.haechi.pull.denied",
      "dev.haechi.quota.reached",
    ]);
    expect(events.find(({ type }) => type.endsWith("image.pushed"))).toMatchObject({
      subject: "team/app:1.0",
      data: { repository: "team/app", tag: "1.0", digest, actor: "kim", kind: "image" },
    });
    expect(events.find(({ type }) => type.endsWith("pull.denied"))).toMatchObject({
      data: { actor: "node-1", outcome: "deny", reasons: [{ code: "SCAN_FAILED" }] },
    });
  });

  it("is once for each webhook, whatever processes look, and however often", async () => {
    const bed = await begin();
    const other = startWebhooks(
      {
        ...bed.context,
        telemetry: { ...bed.context.telemetry, metrics: new (await import("prom-client")).Registry() },
      },
      TIMES,
    );
    open.push({ [Symbol.asyncDispose]: () => other.stop() });
    const receiver = await startReceiver();
    await addWebhook(bed, { url: receiver.url });
    for (let tag = 0; tag < 20; tag += 1) {
      await push(bed.database, "team/app", `t${tag}`);
    }
    await expect.poll(() => receiver.received.length, { timeout: 10_000 }).toBeGreaterThanOrEqual(20);
    await eventually(async () => {
      const all = await bed.database.webhookDeliveries.list({ limit: 100 });
      return all.every(({ state }) => state === "delivered");
    }, 20);
    expect(await bed.database.webhookDeliveries.list({ limit: 100 })).toHaveLength(20);
    expect(receiver.received).toHaveLength(20);
  });

  it("is what the receiver asked for: kinds, and repositories under a prefix", async () => {
    const bed = await begin();
    const receiver = await startReceiver();
    await addWebhook(bed, { url: receiver.url, events: ["image.deleted"], prefix: "team" });
    const digest = await push(bed.database, "team/app");
    const audit = { actor: "kim", requestId: "", at: new Date().toISOString() };
    await bed.database.audit.append({ ...audit, action: "manifest-deleted", target: `teamwork/app@${digest}` });
    await bed.database.audit.append({ ...audit, action: "manifest-deleted", target: `team/app@${digest}` });
    await expect.poll(() => receiver.received.length).toBe(1);
    expect(JSON.parse(receiver.received[0]?.body ?? "")).toMatchObject({ subject: `team/app@${digest}` });
    expect(await bed.database.webhookDeliveries.list({ limit: 10 })).toHaveLength(1);
  });
});

describe("a promotion is told", () => {
  it.each([
    { name: "to neither side of it when it goes elsewhere", prefix: "prod", registry: "r.example", isTold: false },
    { name: "to nobody who asked for other repositories", prefix: "devel", isTold: false },
    { name: "to who asked for where it comes from", prefix: "dev", isTold: true },
    { name: "to who asked for where it goes", prefix: "prod", isTold: true },
  ])("$name", async ({ name: _, prefix, isTold, ...elsewhere }) => {
    const bed = await begin();
    const receiver = await startReceiver();
    const all = await startReceiver();
    await addWebhook(bed, { url: all.url, events: ["approval.requested", "job.finished"] }, "all");
    await addWebhook(bed, { url: receiver.url, events: ["approval.requested", "job.finished"], prefix });
    await push(bed.database, "dev/app");
    const job = await askForPromotion(bed, { from: "dev", to: "prod", ...elsewhere }, "dev/app");
    await bed.database.registryJobs.decide(job.id, { isApproved: true, decidedBy: "lee" });
    await bed.database.registryJobs.claim(["promote"]);
    await bed.database.registryJobs.finish(job.id, { state: "done" });
    await expect.poll(() => all.received.length, { timeout: 10_000 }).toBe(2);
    await eventually(async () => {
      const sent = await bed.database.webhookDeliveries.list({ limit: 10 });
      return sent.every(({ state }) => state === "delivered");
    }, 20);
    const types = receiver.received.map(({ body }) => (JSON.parse(body) as { readonly type: string }).type);
    expect(types.toSorted()).toEqual(isTold ? ["dev.haechi.approval.requested", "dev.haechi.job.finished"] : []);
  });
});

it("after a rotation both keys sign, so that a receiver may take the new one over in its own time", async () => {
  const bed = await begin();
  const receiver = await startReceiver();
  const before = await addWebhook(bed, { url: receiver.url });
  const place = { secrets: bed.database.secrets, clock: bed.context.clock };
  const { signingKey } = await rotateSigningKey(place, "hook");
  await push(bed.database, "team/app");
  await expect.poll(() => receiver.received.length).toBe(1);
  const [received = expect.fail()] = receiver.received;
  expect(isSignedWith(before, received)).toBe(true);
  expect(isSignedWith(signingKey, received)).toBe(true);
  expect(isSignedWith("whsec_AAAA", received)).toBe(false);
});

describe("the API", () => {
  async function openApi(bed: ApiTestBed) {
    const app = await createApi(bed.context);
    open.push({ [Symbol.asyncDispose]: () => app.close() });
    const cookies = new Map<string, string>();
    for (const role of ["ADMIN", "IMAGE_UPLOADER"] as const) {
      await addAccount(bed.database, { name: role.toLowerCase(), role, password: "correct horse" });
      const payload = { name: role.toLowerCase(), password: "correct horse" };
      const answer = await app.inject({ method: "POST", url: "/api/v1/session", payload });
      cookies.set(role, String(answer.headers["set-cookie"]).split(";", 1).join(""));
    }
    return async (method: "GET" | "PUT" | "POST" | "DELETE", url: string, payload?: object, role = "ADMIN") => {
      const headers = { cookie: cookies.get(role) ?? "" };
      const answer = await app.inject({ method, url, headers, ...(payload === undefined ? {} : { payload }) });
      return {
        status: answer.statusCode,
        body: answer.body === "" ? undefined : (answer.json() as never as Record<string, unknown>),
      };
    };
  }

  it("refuses what could leak, and everybody but administrators", async () => {
    const ask = await openApi(await begin());
    const good = { url: "https://receiver.example/hook", isEnabled: true };
    expect((await ask("PUT", "/api/v1/registry/webhook", { name: "a", webhook: good }, "IMAGE_UPLOADER")).status).toBe(
      403,
    );
    for (const webhook of [
      { ...good, url: "http://receiver.example/hook" },
      { ...good, url: "https://kim:secret@receiver.example/hook" },
      { ...good, url: "file:///etc/passwd" },
      { ...good, events: ["image.exploded"] },
      { ...good, skipVerification: true },
      { ...good, certificateAuthority: "/etc/passwd" },
    ]) {
      expect((await ask("PUT", "/api/v1/registry/webhook", { name: "a", webhook })).status).toBe(400);
    }
    for (const [method, url, body] of [
      ["POST", "/api/v1/registry/webhooks/test", { name: "a" }],
      ["POST", "/api/v1/registry/webhooks/rotate-key", { name: "a" }],
      ["DELETE", "/api/v1/registry/webhook?name=a", undefined],
      ["POST", "/api/v1/registry/webhooks/redeliver", { id: 4 }],
      ["GET", "/api/v1/registry/webhooks/delivery?id=4", undefined],
    ] as const) {
      expect((await ask(method, url, body)).status).toBe(404);
    }
  });

  it("makes a webhook, shows its key once, tries it, shows the history and sends again", async () => {
    const bed = await begin();
    const receiver = await startReceiver();
    const ask = await openApi(bed);
    const webhook = { url: receiver.url, isEnabled: true };
    const made = await ask("PUT", "/api/v1/registry/webhook", { name: "chat", webhook });
    const key = String(made.body?.["signingKey"]);
    expect(key).toMatch(/^whsec_/);
    expect((await ask("PUT", "/api/v1/registry/webhook", { name: "chat", webhook })).body).toEqual({ name: "chat" });
    const listed = await ask("GET", "/api/v1/registry/webhooks");
    expect(listed.body).toMatchObject({ webhooks: [{ name: "chat", webhook }] });
    expect(JSON.stringify(listed.body)).not.toContain(key.slice(6));
    const tried = await ask("POST", "/api/v1/registry/webhooks/test", { name: "chat" });
    expect(tried).toMatchObject({ status: 202, body: { eventType: "dev.haechi.webhook.test" } });
    const id = Number(tried.body?.["id"]);
    await delivery(bed.database, (each) => each.id === id && each.state === "delivered");
    expect(isSignedWith(key, receiver.received[0] ?? expect.fail())).toBe(true);
    expect((await ask("POST", "/api/v1/registry/webhooks/redeliver", { id })).status).toBe(202);
    await expect.poll(() => receiver.received.length).toBe(2);
    expect(receiver.received[0]?.body).toBe(receiver.received[1]?.body);
    await delivery(bed.database, (each) => each.id === id && each.state === "delivered");
    const history = await ask("GET", "/api/v1/registry/webhooks/deliveries?webhook=chat");
    expect(history.body).toMatchObject({ deliveries: [{ id, state: "delivered", status: 204, attempts: 1 }] });
    expect((await ask("DELETE", "/api/v1/registry/webhook?name=chat")).status).toBe(204);
    expect((await ask("GET", "/api/v1/registry/webhooks/deliveries")).body).toEqual({ deliveries: [] });
  });
});
