// SPDX-License-Identifier: Apache-2.0

import { hash } from "node:crypto";
import { SignatureRejected } from "#signatures";
import { type Certificate, isIssuedBy, isSameCertificate, parseCertificate } from "./certificate.ts";
import { assertAuthority, assertLeafCertificate, type ChainPurpose } from "./certificate-rules.ts";
import { renderDistinguishedName } from "./distinguished-name.ts";

/** From the signing certificate to its root; never empty. */
export type CertificateChain = readonly [Certificate, ...Certificate[]];

/** Longer chains than any authority issues would only cost time. */
const MAX_CHAIN_LENGTH = 10;

/**
 * Throws unless each certificate was issued by the next, the last by itself, and each may do what it does there
 * (signature-specification "Certificate Requirements"). Says nothing about time, trust and revocation.
 */
function assertCertificateChain(chain: CertificateChain, purpose: ChainPurpose): void {
  const [leaf, ...authorities] = chain;
  assertLeafCertificate(leaf, purpose);
  authorities.forEach((authority, index) => {
    assertAuthority(authority, index);
  });
  chain.forEach((certificate, index) => {
    const issuer = chain[index + 1];
    // A root in the middle would make the rest of the chain meaningless.
    if (isIssuedBy(certificate, issuer ?? certificate) && (issuer === undefined || !isSelfSigned(certificate))) {
      return;
    }
    throw new SignatureRejected(
      "CERTIFICATE_UNTRUSTED",
      `certificate ${index + 1} of the chain (${renderDistinguishedName(certificate.subject).slice(0, 200)}) was not issued by the next one, or the last one not by itself`,
    );
  });
}

/** Whether the certificate was issued by itself. */
export function isSelfSigned(certificate: Certificate): boolean {
  return isIssuedBy(certificate, certificate);
}

/** The certificate of the chain that does not hold at some moment between the two (milliseconds), if there is one. */
export function findInvalidAt(chain: CertificateChain, from: number, to: number = from): Certificate | undefined {
  return chain.find((certificate) => from < certificate.notBefore || to > certificate.notAfter);
}

/** When the first of them ends, in milliseconds. */
export function endOfChain(chain: CertificateChain): number {
  return Math.min(...chain.map((certificate) => certificate.notAfter));
}

/** The certificate of the chain that is one of the trusted ones, if there is one. */
export function findTrusted(chain: CertificateChain, trusted: readonly Certificate[]): Certificate | undefined {
  return chain.find((certificate) => trusted.some((each) => isSameCertificate(each, certificate)));
}

/** Reads and checks chains, each once. */
export interface ChainCache {
  /** The chain in the DER certificates. Throws `SignatureRejected` when it cannot be read or breaks a rule. */
  read(certificates: readonly Uint8Array[]): CertificateChain;
}

const MAX_CACHED_CHAINS = 256;
/** Larger chains are checked again each time, so that nobody fills the memory with them. */
const MAX_CACHED_BYTES = 32 * 1_024;

/**
 * Most signatures of an organisation have the same few chains. What is remembered is a fact about bytes (they can be
 * read, the signatures and usages hold), named by their digest; time, trust and revocation are judged every time.
 */
export function createChainCache(purpose: ChainPurpose): ChainCache {
  const chains = new Map<string, CertificateChain>();
  return {
    read(certificates) {
      const size = certificates.reduce((sum, each) => sum + each.length, 0);
      const key = certificates.map((each) => hash("sha256", each, "base64")).join(" ");
      const known = chains.get(key);
      if (known !== undefined) {
        return known;
      }
      const chain = readChain(certificates, purpose);
      if (size <= MAX_CACHED_BYTES) {
        const [oldest] = chains.size >= MAX_CACHED_CHAINS ? chains.keys() : [];
        if (oldest !== undefined) {
          chains.delete(oldest);
        }
        chains.set(key, chain);
      }
      return chain;
    },
  };
}

function readChain(certificates: readonly Uint8Array[], purpose: ChainPurpose): CertificateChain {
  if (certificates.length > MAX_CHAIN_LENGTH) {
    throw new SignatureRejected("CERTIFICATE_UNTRUSTED", `the chain has more than ${MAX_CHAIN_LENGTH} certificates`);
  }
  const [leaf, ...authorities] = certificates.map(parseCertificate);
  if (leaf === undefined) {
    throw new SignatureRejected("MALFORMED", "the certificate chain is empty");
  }
  const chain: CertificateChain = [leaf, ...authorities];
  assertCertificateChain(chain, purpose);
  return chain;
}
