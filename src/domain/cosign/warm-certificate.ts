// SPDX-License-Identifier: Apache-2.0

import { Buffer } from "node:buffer";
import type { KeyObject } from "node:crypto";
import { ASN1Obj, crypto, X509Certificate } from "@sigstore/core";

/**
 * A certificate that computes what follows from its bytes once: `@sigstore/verify` encodes it again for each comparison
 * and verifies it again for each timestamp. Only functions of immutable bytes are kept (whether a key has signed this
 * certificate), never a judgement that depends on a time or a trust root, so nothing kept can turn bad into good.
 */
export class WarmCertificate extends X509Certificate {
  #der: Buffer | undefined;
  #key: KeyObject | undefined;
  #spki: Buffer | undefined;
  #notBefore: Date | undefined;
  #notAfter: Date | undefined;
  readonly #signedBy = new WeakMap<X509Certificate, boolean>();

  /** Throws for what is not a certificate in DER. */
  static read(der: Uint8Array): WarmCertificate {
    const bytes = Buffer.from(der);
    const certificate = new WarmCertificate(ASN1Obj.parseBuffer(bytes));
    // what the library reads and compares is its own encoding: bytes that it would write differently (BER, or something behind the end) are another certificate
    if (!certificate.der.equals(bytes)) {
      throw new Error("certificate is not in DER");
    }
    return certificate;
  }

  get der(): Buffer {
    this.#der ??= this.root.toDER();
    return this.#der;
  }

  get key(): KeyObject {
    this.#key ??= crypto.createPublicKey(this.publicKey);
    return this.#key;
  }

  override get publicKey(): Buffer {
    this.#spki ??= super.publicKey;
    return this.#spki;
  }

  override get notBefore(): Date {
    this.#notBefore ??= super.notBefore;
    return this.#notBefore;
  }

  override get notAfter(): Date {
    this.#notAfter ??= super.notAfter;
    return this.#notAfter;
  }

  override equals(other: X509Certificate): boolean {
    return this === other || this.der.equals(other instanceof WarmCertificate ? other.der : other.root.toDER());
  }

  override verify(issuerCertificate?: X509Certificate): boolean {
    const issuer = issuerCertificate ?? this;
    const known = this.#signedBy.get(issuer);
    if (known !== undefined) {
      return known;
    }
    const key = issuer instanceof WarmCertificate ? issuer.key : crypto.createPublicKey(issuer.publicKey);
    const isSigned = crypto.verify(this.tbsCertificate.toDER(), key, this.signatureValue, this.signatureAlgorithm);
    this.#signedBy.set(issuer, isSigned);
    return isSigned;
  }
}
