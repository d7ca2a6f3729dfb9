// SPDX-License-Identifier: Apache-2.0
import { createPrivateKey, X509Certificate } from "node:crypto";
import type { CertifiedKey } from "./issue-certificate.ts";

/** Where certificates and keys are kept, encrypted; the database's secret store is one. */
export interface CertificateSecrets {
  set(name: string, value: Uint8Array): Promise<void>;
  /** The stored secret, or the one made and stored now; atomic among processes. */
  getOrCreate(name: string, create: () => Promise<Uint8Array>): Promise<Uint8Array>;
}

/** The authorities of a listener: one that signs, and those that clients have to trust meanwhile. */
export interface CertificateAuthorities {
  readonly signing: CertifiedKey;
  /** Counted from 1. */
  readonly number: number;
  /** PEM of all that a certificate in use may come from, oldest first. */
  readonly bundlePem: string;
}

interface Authority extends CertifiedKey {
  readonly number: number;
  readonly certificate: X509Certificate;
}

const HOUR_MS = 3_600_000;
/** How long a new authority is published before it signs: by then every webhook configuration holds it. */
const PUBLISHED_FIRST_MS: number = 24 * HOUR_MS;
/** How long the one before stays published after that: every replica looks each hour, one that was away gets a week. */
const KEPT_AFTER_MS = 7 * 24 * HOUR_MS;
/** Each lives for years. */
const MAX_AUTHORITIES = 1_000;

/**
 * The authorities now. A new one is made before a third of the newest one's life is left; each has a name of its own and
 * is made once, whichever replica is first, so that all replicas agree and none overwrites another's.
 */
export async function ensureAuthorities(
  secrets: CertificateSecrets,
  listener: string,
  now: Date,
): Promise<CertificateAuthorities> {
  const authorities: Authority[] = [];
  for (let number = 1; number <= MAX_AUTHORITIES; number += 1) {
    const authority = await ensureAuthority(secrets, listener, number, now);
    if (authority !== undefined) {
      authorities.push({ ...authority, number, certificate: new X509Certificate(authority.certPem) });
    }
    const newest = authorities.at(-1);
    if (newest !== undefined && newest.number === number && isLongLived(newest.certificate, now)) {
      return choose(authorities, newest, now);
    }
  }
  throw new Error(`more than ${MAX_AUTHORITIES} certificate authorities of ${listener}`);
}

async function ensureAuthority(
  secrets: CertificateSecrets,
  listener: string,
  number: number,
  now: Date,
): Promise<CertifiedKey | undefined> {
  const name = `tls/${listener}/authority${number === 1 ? "" : `-${number}`}`;
  const stored = await secrets.getOrCreate(name, async () => {
    const { issueAuthority } = await import("./issue-certificate.ts");
    // Each has a subject of its own: of two authorities with one name, clients try only one.
    const suffix = number === 1 ? "" : ` ${number}`;
    return encodeCertifiedKey(await issueAuthority(`Haechi ${listener} CA${suffix}`, now));
  });
  return decodeCertifiedKey(stored);
}

function choose(authorities: readonly Authority[], newest: Authority, now: Date): CertificateAuthorities {
  const valid = authorities.filter(({ certificate }) => isValid(certificate, now));
  const proven = valid.filter((each) => each.number < newest.number).at(-1);
  const publishedForMs = now.getTime() - newest.certificate.validFromDate.getTime();
  const isSettled = publishedForMs >= PUBLISHED_FIRST_MS;
  const signing = proven === undefined || isSettled ? newest : proven;
  const published = publishedForMs < PUBLISHED_FIRST_MS + KEPT_AFTER_MS ? valid : [newest];
  return {
    signing: { certPem: signing.certPem, keyPem: signing.keyPem },
    number: signing.number,
    bundlePem: published.map(({ certPem }) => `${certPem.trimEnd()}\n`).join(""),
  };
}

/** Whether more than a third of its life is left. */
export function isLongLived(certificate: X509Certificate, now: Date): boolean {
  const { validFromDate, validToDate } = certificate;
  const life = validToDate.getTime() - validFromDate.getTime();
  return validToDate.getTime() - now.getTime() > life / 3 && now >= validFromDate;
}

function isValid({ validFromDate, validToDate }: X509Certificate, now: Date): boolean {
  return validFromDate <= now && now < validToDate;
}

export function encodeCertifiedKey({ certPem, keyPem }: CertifiedKey): Uint8Array {
  return Buffer.from(JSON.stringify({ certPem, keyPem }));
}

/** `undefined` for what is not a certificate with its own key, so that it is made anew. */
export function decodeCertifiedKey(bytes: Uint8Array): CertifiedKey | undefined {
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
