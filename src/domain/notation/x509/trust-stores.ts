// SPDX-License-Identifier: Apache-2.0

import { X509Certificate } from "node:crypto";
import { LIMITS, messageOf } from "#base";
import { SignatureRejected } from "#signatures";
import { type Certificate, parseCertificate } from "./certificate.ts";
import { isSelfSigned } from "./certificate-chain.ts";

/** Certificates by store, e.g. `ca:acme`. */
export type TrustStores = ReadonlyMap<string, readonly Certificate[]>;

const PEM = /-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\s]+-----END CERTIFICATE-----/g;

/**
 * The named stores with the certificates in their PEM texts. Throws `SignatureRejected` (TRUST_MATERIAL_INVALID) when a
 * store that is asked for is missing, empty, or holds what cannot be a root of trust.
 */
export function parseTrustStores(
  names: Iterable<string>,
  texts: Readonly<Record<string, readonly string[]>>,
): TrustStores {
  const stores = new Map<string, readonly Certificate[]>();
  for (const name of names) {
    const certificates = (Object.hasOwn(texts, name) ? (texts[name] ?? []) : []).flatMap((text) =>
      parsePem(name, text),
    );
    if (certificates.length === 0) {
      throw unusable(name, "has no certificate");
    }
    for (const certificate of certificates) {
      assertTrustAnchor(name, certificate);
    }
    stores.set(name, certificates);
  }
  return stores;
}

function parsePem(store: string, text: string): readonly Certificate[] {
  if (text.length > LIMITS.maxTrustMaterialBytes) {
    throw unusable(store, `has a file of more than ${LIMITS.maxTrustMaterialBytes} bytes`);
  }
  const blocks = text.match(PEM) ?? [];
  if (blocks.length === 0) {
    throw unusable(store, "has a text without a PEM certificate");
  }
  return blocks.map((block) => {
    try {
      return parseCertificate(new X509Certificate(block).raw);
    } catch (error) {
      throw unusable(store, `has a certificate that cannot be read: ${messageOf(error)}`);
    }
  });
}

/** As notation has it: an authority or a self-signed leaf; for timestamps a root (trust-store-trust-policy "Trust Store"). */
function assertTrustAnchor(store: string, certificate: Certificate): void {
  const isAuthority = certificate.basicConstraints?.isAuthority === true;
  if (
    store.startsWith("tsa:") ? !isAuthority || !isSelfSigned(certificate) : !isAuthority && !isSelfSigned(certificate)
  ) {
    throw unusable(store, "has a certificate that is no root");
  }
}

function unusable(store: string, why: string): SignatureRejected {
  return new SignatureRejected("TRUST_MATERIAL_INVALID", `trust store ${store} ${why}`);
}
