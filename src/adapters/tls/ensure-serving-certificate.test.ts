// SPDX-License-Identifier: Apache-2.0
import { X509Certificate } from "node:crypto";
import { once } from "node:events";
import { createServer, get } from "node:https";
import type { AddressInfo } from "node:net";
import { describe, expect, it } from "vitest";
import type { CertificateSecrets } from "./certificate-authorities.ts";
import { ensureServingCertificate, type ServingCertificate } from "./ensure-serving-certificate.ts";
import { TlsError } from "./errors.ts";

const START = new Date("2026-07-01T00:00:00Z");
const DAY_MS = 86_400_000;

/** Atomic, as the database's. */
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
    const first = this.values.get(name);
    if (first !== undefined) {
      return first;
    }
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

function servingName(secrets: Secrets): string {
  return [...secrets.values.keys()].find((name) => name.startsWith("tls/admission/serving-1-")) ?? "";
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

/** Which of the published authorities signed the serving certificate. */
function signers({ certPem, caPem }: ServingCertificate): readonly number[] {
  const certificates = caPem.match(/-----BEGIN[^]*?-----END CERTIFICATE-----/g) ?? [];
  return certificates.flatMap((pem, index) =>
    new X509Certificate(certPem).verify(new X509Certificate(pem).publicKey) ? [index] : [],
  );
}

describe("an authority that gets old", () => {
  const OLD_DAYS = 2_500;
  it("is joined in the bundle by a new one, which signs after a day, and the old one leaves a week later", async () => {
    const secrets = new Secrets();
    const first = await ensure(secrets);
    const overlap = await ensure(secrets, { days: OLD_DAYS });
    expect(overlap.caPem).toContain(first.caPem.trim());
    expect([signers(overlap), overlap.caPem.match(/BEGIN/g)?.length]).toEqual([[0], 2]);
    const exchanged = await ensure(secrets, { days: OLD_DAYS + 1.5 });
    expect([signers(exchanged), exchanged.caPem]).toEqual([[1], overlap.caPem]);
    const alone = await ensure(secrets, { days: OLD_DAYS + 9 });
    expect([signers(alone), alone.caPem.match(/BEGIN/g)?.length]).toEqual([[0], 1]);
    expect(alone.certPem).toBe(exchanged.certPem);
  });

  it("signs no more when it is past its end, however new the other one is", async () => {
    const secrets = new Secrets();
    await ensure(secrets);
    const late = await ensure(secrets, { days: 4_000 });
    expect([signers(late), late.caPem.match(/BEGIN/g)?.length]).toEqual([[0], 1]);
  });

  it("is joined by the same one whichever replica comes first, and no replica replaces another's certificate", async () => {
    const secrets = new Secrets();
    await ensure(secrets);
    const options = [{ days: OLD_DAYS }, { days: OLD_DAYS, names: ["other.svc"] }, { days: OLD_DAYS }];
    const replicas = await Promise.all(options.map((each) => ensure(secrets, each)));
    expect(new Set(replicas.map(({ caPem }) => caPem)).size).toBe(1);
    const writes = secrets.writes;
    for (const each of options) {
      await ensure(secrets, each);
    }
    expect(secrets.writes).toBe(writes);
  });

  it("is not mistaken for the new one: their names differ", async () => {
    const secrets = new Secrets();
    await ensure(secrets);
    const { caPem } = await ensure(secrets, { days: OLD_DAYS });
    const subjects = (caPem.match(/-----BEGIN[^]*?-----END CERTIFICATE-----/g) ?? []).map(
      (pem) => new X509Certificate(pem).subject,
    );
    expect(new Set(subjects).size).toBe(2);
  });
});

describe("a second time", () => {
  it.each([
    { name: "the same certificate while it is good", options: { days: 200 }, ca: true, serving: true },
    { name: "another one for other names", options: { names: ["other.svc"] }, ca: true, serving: false },
    { name: "a new one when a third of its life is left", options: { days: 250 }, ca: true, serving: false },
    { name: "a new one past its end", options: { days: 400 }, ca: true, serving: false },
    { name: "a new authority when a third of its life is left", options: { days: 2_500 }, ca: false, serving: false },
    { name: "a new one when the clock was ahead before", options: { days: -2 }, ca: false, serving: false },
  ])("$name", async ({ options, ca, serving }) => {
    const secrets = new Secrets();
    const first = await ensure(secrets);
    const second = await ensure(secrets, options);
    expect({ ca: second.caPem === first.caPem, serving: second.certPem === first.certPem }).toEqual({ ca, serving });
    expect(signers(second)).toHaveLength(1);
    const writes = secrets.writes;
    expect(await ensure(secrets, options)).toEqual(second);
    expect(secrets.writes).toBe(writes);
  });

  it.each(["not JSON", "{}", '{"certPem":"x","keyPem":"y"}'])("a new one in the place of %s", async (broken) => {
    const secrets = new Secrets();
    await ensure(secrets);
    secrets.values.set(servingName(secrets), Buffer.from(broken));
    const { certPem } = await ensure(secrets);
    expect(new X509Certificate(certPem).checkHost("localhost")).toBe("localhost");
  });

  it("a new one when the key is not that of the certificate", async () => {
    const [one, two] = [new Secrets(), new Secrets()];
    const first = await ensure(one);
    const other = await ensure(two);
    one.values.set(servingName(one), Buffer.from(JSON.stringify({ certPem: first.certPem, keyPem: other.keyPem })));
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
