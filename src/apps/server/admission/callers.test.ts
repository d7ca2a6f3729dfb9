// SPDX-License-Identifier: Apache-2.0
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { Agent, request as sendRequest } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import {
  type AdmissionWorld,
  type Answer,
  image,
  pod,
  publishedAuthority,
  request,
  useAdmissionWorld,
} from "../../../../test/support/admission-world.ts";
import {
  createTestLeaf,
  createTestRoot,
  OID,
  type TestCertificate,
} from "../../../../test/support/test-pki/test-certificate.ts";
import { createCallerCheck } from "./callers.ts";

const CLIENT_AUTH = "1.3.6.1.5.5.7.3.2";
const place = useAdmissionWorld();
let world: AdmissionWorld;
let folder: string;
let authority: TestCertificate;
let other: TestCertificate;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "haechi-callers-"));
  [authority, other] = await Promise.all([createTestRoot(), createTestRoot({ subject: "CN=other" })]);
});
afterAll(() => rm(folder, { recursive: true }));
beforeEach(async () => {
  world = place.current;
  const path = join(folder, "clients.pem");
  await writeFile(path, authority.pem);
  world.settings = { callers: "certificate", clientAuthority: path, clientNames: [] };
});

async function client(issuer: TestCertificate, subject = "CN=kube-apiserver", usage = CLIENT_AUTH, notAfter?: Date) {
  const extended = { extendedKeyUsage: { oids: [usage] } };
  return await createTestLeaf(issuer, { subject, ...extended, ...(notAfter === undefined ? {} : { notAfter }) });
}

async function send(
  certificate: TestCertificate | undefined,
  options: { readonly path?: string; readonly body?: string; readonly agent?: Agent } = {},
): Promise<Answer> {
  const review = { apiVersion: "admission.k8s.io/v1", kind: "AdmissionReview", request: request(pod(image("good"))) };
  const { path = "/admit", body = JSON.stringify(review) } = options;
  return await new Promise((resolve, reject) => {
    const sent = sendRequest(
      world.url(path),
      {
        method: path.endsWith("z") ? "GET" : "POST",
        agent: options.agent ?? false,
        ca: publishedAuthority(),
        headers: { "content-type": "application/json" },
        ...(certificate === undefined ? {} : { cert: certificate.pem, key: certificate.privatePem }),
      },
      (response) => {
        let text = "";
        response.setEncoding("utf8").on("data", (chunk: string) => {
          text += chunk;
        });
        response.on("end", () => resolve({ status: response.statusCode ?? 0, text, headers: response.headers }));
      },
    );
    sent.on("error", reject);
    sent.end(path.endsWith("z") ? undefined : body);
  });
}

async function refusals(): Promise<string> {
  return await world.metrics.getSingleMetricAsString("haechi_admission_callers_refused_total");
}

describe("without a certificate that counts nobody is answered, and nothing is judged", () => {
  it.each<{
    readonly name: string;
    readonly certificate: () => Promise<TestCertificate | undefined>;
    readonly reason: string;
  }>([
    { name: "no certificate", certificate: () => Promise.resolve(undefined), reason: "no-certificate" },
    { name: "one of another authority", certificate: () => client(other), reason: "untrusted-certificate" },
    { name: "one that signed itself", certificate: () => createTestLeaf(undefined), reason: "untrusted-certificate" },
    {
      name: "one for servers",
      certificate: () => client(authority, "CN=kube-apiserver", OID.serverAuth),
      reason: "untrusted-certificate",
    },
    {
      name: "one past its end",
      certificate: () => client(authority, "CN=kube-apiserver", CLIENT_AUTH, new Date(Date.now() - 60_000)),
      reason: "untrusted-certificate",
    },
  ])("$name", async ({ certificate, reason }) => {
    await world.start();
    const presented = await certificate();
    for (const path of ["/admit", "/validate", "/admit/trust", "/admit/va", "/policies"]) {
      // Not even the body is looked at.
      expect((await send(presented, { path, body: "{" })).status).toBe(403);
    }
    const answer = await send(presented);
    expect([answer.status, answer.headers["connection"]]).toEqual([403, "close"]);
    expect(JSON.parse(answer.text)).toMatchObject({ error: { code: "CALLER_REFUSED" } });
    expect([world.questions, world.decisions, world.admissions.known]).toEqual([[], [], []]);
    expect(await refusals()).toContain(`reason="${reason}"} 6`);
    expect(await world.metrics.getSingleMetricAsString("haechi_admission_reviews_total")).not.toContain("} ");
  });

  it.each(["CN=somebody", "CN=kube-apiserver, CN=somebody", "O=kube-apiserver"])("of the name %s", async (subject) => {
    world.settings = { ...world.settings, clientNames: ["kube-apiserver"] };
    await world.start();
    expect((await send(await client(authority, subject))).status).toBe(403);
    expect(await refusals()).toContain('reason="other-name"} 1');
  });
});

it("a certificate of the authority and of a name that counts is answered", async () => {
  world.settings = { ...world.settings, clientNames: ["admission", "kube-apiserver"] };
  await world.start();
  expect((await send(await client(authority))).status).toBe(200);
  expect(world.decisions).toHaveLength(1);
});

it("probes need no certificate", async () => {
  await world.start();
  expect((await send(undefined, { path: "/healthz" })).status).toBe(200);
  expect((await send(undefined, { path: "/readyz" })).status).toBe(200);
});

it("another authority counts without a restart, and the one before no longer, not even on an open connection", async () => {
  vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
  using _ = { [Symbol.dispose]: () => vi.useRealTimers() };
  await world.start();
  const [old, next] = await Promise.all([client(authority), client(other)]);
  using kept = { agent: new Agent({ keepAlive: true }), [Symbol.dispose]: () => kept.agent.destroy() };
  expect((await send(old, { agent: kept.agent })).status).toBe(200);
  expect((await send(next)).status).toBe(403);
  await writeFile(join(folder, "clients.pem"), other.pem);
  vi.advanceTimersByTime(5_000);
  await expect.poll(async () => (await send(next)).status).toBe(200);
  expect((await send(old, { agent: kept.agent })).status).toBe(403);
  expect((await send(old)).status).toBe(403);
});

describe("where nothing says who may ask", () => {
  it.each(["0.0.0.0", "::", "192.0.2.1", "gate.example"])("a listener on %s does not start", (host) => {
    const check = (): unknown => createCallerCheck({ clientNames: [] }, host, () => "");
    expect(check).toThrow(expect.objectContaining({ code: "CALLERS_UNSET" }));
  });

  it.each(["127.0.0.1", "::1", "localhost"])("a listener on %s does", (host) => {
    expect(() => createCallerCheck({ clientNames: [] }, host, () => "")).not.toThrow();
    expect(() => createCallerCheck({ callers: "network", clientNames: [] }, "0.0.0.0", () => "")).not.toThrow();
  });
});
