// SPDX-License-Identifier: Apache-2.0
import { X509Certificate } from "node:crypto";
import { once } from "node:events";
import { createServer, get } from "node:https";
import type { AddressInfo } from "node:net";
import { describe, expect, it } from "vitest";
import {
  type CertificateSecrets,
  ensureServingCertificate,
  type ServingCertificate,
} from "./ensure-serving-certificate.ts";
import { TlsError } from "./errors.ts";

const START = new Date("2026-07-01T00:00:00Z");
const DAY_MS = 86_400_000;

class Secrets implements CertificateSecrets {
  readonly values = new Map<string, Uint8Array>();
  writes = 0;

  set(name: string, value: Uint8Array): Promise<void> {
    this.writes += 1;
    this.values.set(name, value);
    return Promise.resolve();
  }

  async getOrCreate(name: string, create: () => Promise<Uint8Array>): Promise<Uint8Array> {
    const known = this.values.get(name);
    if (known !== undefined) {
      return known;
    }
    const made = await create();
    await this.set(name, made);
    return made;
  }
}

async function ensure(
  secrets: Secrets,
  options: { readonly names?: readonly string[]; readonly days?: number } = {},
): Promise<ServingCertificate> {
  return await ensureServingCertificate({
    secrets,
    listener: "admission",
    names: options.names ?? ["haechi.haechi.svc"],
    clock: { now: () => new Date(START.getTime() + (options.days ?? 0) * DAY_MS) },
  });
}

it("covers loopback and the names, and is signed by the authority", async () => {
  const made = await ensure(new Secrets(), { names: ["haechi.haechi.svc", "10.0.0.1"] });
  const certificate = new X509Certificate(made.certPem);
  const ca = new X509Certificate(made.caPem);
  for (const name of ["localhost", "haechi.haechi.svc"]) {
    expect(certificate.checkHost(name)).toBe(name);
  }
  for (const address of ["127.0.0.1", "::1", "10.0.0.1"]) {
    expect(certificate.checkIP(address)).toBe(address);
  }
  expect(certificate.checkHost("evil.example")).toBeUndefined();
  expect(certificate.verify(ca.publicKey)).toBe(true);
  expect([certificate.ca, ca.ca]).toEqual([false, true]);
  expect(certificate.publicKey.asymmetricKeyDetails).toMatchObject({ namedCurve: "prime256v1" });
  expect(made.notAfter).toEqual(new Date(START.getTime() + 365 * DAY_MS));
});

it("serves clients that trust the authority and check the name", async () => {
  const secrets = new Secrets();
  const made = await ensureServingCertificate({ secrets, listener: "a", names: [], clock: { now: () => new Date() } });
  const server = createServer({ cert: made.certPem, key: made.keyPem, minVersion: "TLSv1.2" }, (_, response) => {
    response.end("ok");
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  try {
    const request = get({ host: "127.0.0.1", port, ca: made.caPem, agent: false });
    const [response] = (await once(request, "response")) as [{ readonly statusCode?: number; resume: () => void }];
    response.resume();
    expect(response.statusCode).toBe(200);
  } finally {
    server.closeAllConnections();
    server.close();
  }
});

describe("a second time", () => {
  it.each([
    { name: "the same certificate while it is good", options: { days: 200 }, ca: true, serving: true },
    { name: "the same for fewer names", options: { names: [] }, ca: true, serving: true },
    { name: "a new one for more names", options: { names: ["other.svc"] }, ca: true, serving: false },
    { name: "a new one when a third of its life is left", options: { days: 250 }, ca: true, serving: false },
    { name: "a new one past its end", options: { days: 400 }, ca: true, serving: false },
    { name: "a new authority when a third of its life is left", options: { days: 2_500 }, ca: false, serving: false },
    { name: "a new one when the clock was ahead before", options: { days: -2 }, ca: false, serving: false },
  ])("$name", async ({ options, ca, serving }) => {
    const secrets = new Secrets();
    const first = await ensure(secrets);
    const second = await ensure(secrets, options);
    expect({ ca: second.caPem === first.caPem, serving: second.certPem === first.certPem }).toEqual({ ca, serving });
    expect(new X509Certificate(second.certPem).verify(new X509Certificate(second.caPem).publicKey)).toBe(true);
    const writes = secrets.writes;
    expect(await ensure(secrets, options)).toEqual(second);
    expect(secrets.writes).toBe(writes);
  });

  it.each(["not JSON", "{}", '{"certPem":"x","keyPem":"y"}'])("a new one in the place of %s", async (broken) => {
    const secrets = new Secrets();
    await ensure(secrets);
    secrets.values.set("tls/admission/serving", Buffer.from(broken));
    const { certPem } = await ensure(secrets);
    expect(new X509Certificate(certPem).checkHost("localhost")).toBe("localhost");
  });

  it("a new one when the key is not that of the certificate", async () => {
    const [one, two] = [new Secrets(), new Secrets()];
    const first = await ensure(one);
    const other = await ensure(two);
    one.values.set(
      "tls/admission/serving",
      Buffer.from(JSON.stringify({ certPem: first.certPem, keyPem: other.keyPem })),
    );
    const second = await ensure(one);
    expect(second.certPem).not.toBe(first.certPem);
  });
});

it("makes a new one when the authority was exchanged", async () => {
  const [one, two] = [new Secrets(), new Secrets()];
  const first = await ensure(one);
  const other = await ensure(two);
  one.values.set("tls/admission/authority", two.values.get("tls/admission/authority") ?? Buffer.from(""));
  const second = await ensure(one);
  expect(second.certPem).not.toBe(first.certPem);
  expect(new X509Certificate(second.certPem).verify(new X509Certificate(other.caPem).publicKey)).toBe(true);
});

it.each(["", "a b", "evil,DNS:other", "x".repeat(254), "-a", "a..b"])("refuses the name '%s'", async (name) => {
  await expect(ensure(new Secrets(), { names: [name] })).rejects.toBeInstanceOf(TlsError);
});
