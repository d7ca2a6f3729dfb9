// SPDX-License-Identifier: Apache-2.0
import { createHash, X509Certificate } from "node:crypto";
import { isIP } from "node:net";
import { type Clock, compareText } from "#base";
import {
  type CertificateSecrets,
  decodeCertifiedKey,
  encodeCertifiedKey,
  ensureAuthorities,
  isLongLived,
} from "./certificate-authorities.ts";
import { TlsError } from "./errors.ts";
import type { CertifiedKey } from "./issue-certificate.ts";

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
  /** What a client has to trust, the `caBundle` of a webhook: while authorities change, the old and the new one. */
  readonly caPem: string;
  readonly notAfter: Date;
}

const LOOPBACK: readonly string[] = ["localhost", "127.0.0.1", "::1"];
const HOST = /^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*$/i;
const MAX_HOST_LENGTH = 253;

/**
 * A serving certificate that is good now for all the names: the stored one, or a new one when the stored one has less
 * than a third of its life left, lacks a name or was not signed by the authority in use. Replicas with the same names
 * share one. Throws {@link TlsError} for a name that no certificate can hold, and what the secrets throw.
 */
export async function ensureServingCertificate(options: ServingCertificateOptions): Promise<ServingCertificate> {
  const { secrets, listener, clock } = options;
  const names = [...new Set([...LOOPBACK, ...options.names.map(checkName)])].toSorted(compareText);
  const now = clock.now();
  const { signing, number, bundlePem } = await ensureAuthorities(secrets, listener, now);
  const ca = new X509Certificate(signing.certPem);
  async function issue(): Promise<CertifiedKey> {
    return await (await import("./issue-certificate.ts")).issueServing(signing, names, now);
  }
  // Replicas with other names or another authority have secrets of their own, and do not take turns in replacing one.
  const secretName = `tls/${listener}/serving-${number}-${createHash("sha256").update(names.join()).digest("hex").slice(0, 16)}`;
  const stored = decodeCertifiedKey(
    await secrets.getOrCreate(secretName, async () => encodeCertifiedKey(await issue())),
  );
  let serving = stored;
  if (serving === undefined || !isGood(serving, ca, names, now)) {
    serving = await issue();
    await secrets.set(secretName, encodeCertifiedKey(serving));
  }
  return { ...serving, caPem: bundlePem, notAfter: new X509Certificate(serving.certPem).validToDate };
}

/** What clients of a listener have to trust now, without a certificate for this process. */
export async function ensureAuthorityBundle(
  options: Pick<ServingCertificateOptions, "secrets" | "listener" | "clock">,
): Promise<string> {
  return (await ensureAuthorities(options.secrets, options.listener, options.clock.now())).bundlePem;
}

function isGood({ certPem }: CertifiedKey, ca: X509Certificate, names: readonly string[], now: Date): boolean {
  const certificate = new X509Certificate(certPem);
  return isLongLived(certificate, now) && certificate.verify(ca.publicKey) && coversAll(certificate, names);
}

function coversAll(certificate: X509Certificate, names: readonly string[]): boolean {
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
