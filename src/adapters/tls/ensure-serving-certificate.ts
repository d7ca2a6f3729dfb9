// SPDX-License-Identifier: Apache-2.0
import { createPrivateKey, X509Certificate } from "node:crypto";
import { isIP } from "node:net";
import type { Clock } from "#base";
import { TlsError } from "./errors.ts";
import type { CertifiedKey } from "./issue-certificate.ts";

/** Where certificates and keys are kept, encrypted; the database's secret store is one. */
export interface CertificateSecrets {
  set(name: string, value: Uint8Array): Promise<void>;
  /** The stored secret, or the one made and stored now; atomic among processes. */
  getOrCreate(name: string, create: () => Promise<Uint8Array>): Promise<Uint8Array>;
}

export interface ServingCertificateOptions {
  readonly secrets: CertificateSecrets;
  /** Whose certificate it is, e.g. `admission`: part of the secrets' names. */
  readonly listener: string;
  /** Host names and IP addresses that clients use; loopback is always added. */
  readonly names: readonly string[];
  readonly clock: Clock;
}

export interface ServingCertificate {
  readonly certPem: string;
  readonly keyPem: string;
  /** What a client has to trust: the `caBundle` of a webhook. */
  readonly caPem: string;
  readonly notAfter: Date;
}

const LOOPBACK: readonly string[] = ["localhost", "127.0.0.1", "::1"];
const HOST = /^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*$/i;
const MAX_HOST_LENGTH = 253;

/**
 * A serving certificate that is good now for all the names: the stored one, or a new one when the stored one has less
 * than a third of its life left, lacks a name or was not signed by the stored authority. Throws {@link TlsError} for a
 * name that no certificate can hold, and what the secrets throw.
 */
export async function ensureServingCertificate(options: ServingCertificateOptions): Promise<ServingCertificate> {
  const { secrets, listener, clock } = options;
  const names = [...new Set([...LOOPBACK, ...options.names.map(checkName)])];
  const now = clock.now();
  const authority = await ensure(secrets, `tls/${listener}/authority`, {
    isGood: (stored) => isLongLived(stored, now),
    create: async () => (await import("./issue-certificate.ts")).issueAuthority(`Haechi ${listener} CA`, now),
  });
  const ca = new X509Certificate(authority.certPem);
  const serving = await ensure(secrets, `tls/${listener}/serving`, {
    isGood: (stored) => isLongLived(stored, now) && isSignedBy(stored, ca) && coversAll(stored, names),
    create: async () => (await import("./issue-certificate.ts")).issueServing(authority, names, now),
  });
  return { ...serving, caPem: authority.certPem, notAfter: new X509Certificate(serving.certPem).validToDate };
}

async function ensure(
  secrets: CertificateSecrets,
  name: string,
  kind: { readonly isGood: (stored: CertifiedKey) => boolean; readonly create: () => Promise<CertifiedKey> },
): Promise<CertifiedKey> {
  const stored = decode(await secrets.getOrCreate(name, async () => encode(await kind.create())));
  if (stored !== undefined && kind.isGood(stored)) {
    return stored;
  }
  const renewed = await kind.create();
  await secrets.set(name, encode(renewed));
  return renewed;
}

function isLongLived({ certPem }: CertifiedKey, now: Date): boolean {
  const { validFromDate, validToDate } = new X509Certificate(certPem);
  const life = validToDate.getTime() - validFromDate.getTime();
  const left = validToDate.getTime() - now.getTime();
  return left > life / 3 && now >= validFromDate;
}

function isSignedBy({ certPem }: CertifiedKey, ca: X509Certificate): boolean {
  return new X509Certificate(certPem).verify(ca.publicKey);
}

function coversAll({ certPem }: CertifiedKey, names: readonly string[]): boolean {
  const certificate = new X509Certificate(certPem);
  return names.every((name) =>
    isIP(name) === 0
      ? certificate.checkHost(name, { subject: "never" }) !== undefined
      : certificate.checkIP(name) !== undefined,
  );
}

function checkName(name: string): string {
  if (isIP(name) === 0 && (name.length > MAX_HOST_LENGTH || !HOST.test(name))) {
    throw new TlsError(
      "TLS_NAME_INVALID",
      `neither a host name nor an IP address: ${JSON.stringify(name.slice(0, 300))}`,
    );
  }
  return name;
}

function encode({ certPem, keyPem }: CertifiedKey): Uint8Array {
  return Buffer.from(JSON.stringify({ certPem, keyPem }));
}

/** `undefined` for what is not a certificate with its own key, so that it is made anew. */
function decode(bytes: Uint8Array): CertifiedKey | undefined {
  try {
    const { certPem, keyPem } = JSON.parse(Buffer.from(bytes).toString()) as Readonly<Record<string, unknown>>;
    if (typeof certPem !== "string" || typeof keyPem !== "string") {
      return undefined;
    }
    const isPair = new X509Certificate(certPem).checkPrivateKey(createPrivateKey(keyPem));
    return isPair ? { certPem, keyPem } : undefined;
  } catch {
    return undefined;
  }
}
