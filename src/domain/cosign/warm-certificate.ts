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
  readonly der: Buffer;
  #key: KeyObject | undefined;
  #spki: Buffer | undefined;
  #notBefore: Date | undefined;
  #notAfter: Date | undefined;
  readonly #signedBy = new WeakMap<X509Certificate, boolean>();

  private constructor(der: Buffer) {
    // only DER parses: lengths are minimal and nothing is left over, so the library's own encoding is these bytes again
    super(ASN1Obj.parseBuffer(Buffer.from(der)));
    this.der = der;
  }

  /** Throws for what is not a certificate in DER. */
  static read(der: Uint8Array): WarmCertificate {
    const certificate = new WarmCertificate(Buffer.from(der));
    // the library looks into each part when it needs it; what has no such parts is refused here, at once
    if (certificate.root.subs.length !== 3 || certificate.tbsCertificate.subs.length < 7) {
      throw new Error("certificate has not the parts of one");
    }
    return certificate;
  }

  get key(): KeyObject {
    this.#key ??= crypto.createPublicKey(this.publicKey);
    return this.#key;
  }

  override get publicKey(): Buffer {
    const [, , , , , , spki] = this.tbsCertificate.subs;
    this.#spki ??= spki === undefined ? super.publicKey : encodingOf(spki);
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
    const isSigned = crypto.verify(encodingOf(this.tbsCertificate), key, this.signatureValue, this.signatureAlgorithm);
    this.#signedBy.set(issuer, isSigned);
    return isSigned;
  }

  /** What the library takes one extension out of, for the SCT: everything else keeps the bytes that it was read from. */
  override clone(): X509Certificate {
    const { root, tbsCertificate } = this;
    const wrapper = tbsCertificate.subs.find((part) => part.tag.isContextSpecific(3));
    const list = wrapper?.subs[0];
    if (wrapper === undefined || list === undefined) {
      return super.clone();
    }
    const newList = new ASN1Obj(list.tag, list.value, list.subs.map(freeze));
    const newWrapper = new ASN1Obj(wrapper.tag, wrapper.value, [newList]);
    const parts = tbsCertificate.subs.map((part) => (part === wrapper ? newWrapper : freeze(part)));
    const newCertificate = new ASN1Obj(tbsCertificate.tag, tbsCertificate.value, parts);
    return new X509Certificate(new ASN1Obj(root.tag, root.value, [newCertificate, ...root.subs.slice(1)]));
  }
}

/** An object whose encoding is the bytes that it was read from. */
class FrozenObject extends ASN1Obj {
  override toDER(): Buffer {
    return encodingOf(this);
  }
}

function freeze(object: ASN1Obj): ASN1Obj {
  return new FrozenObject(object.tag, object.value, object.subs);
}

/** Tag, length and value of a parsed object. They lie before its value in the bytes that were parsed (X.690 8.1). */
function encodingOf({ value }: ASN1Obj): Buffer {
  const head = value.length < 0x80 ? 2 : value.length < 0x100 ? 3 : value.length < 0x10000 ? 4 : 5;
  return Buffer.from(value.buffer, value.byteOffset - head, head + value.length);
}
