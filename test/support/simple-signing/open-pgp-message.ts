// SPDX-License-Identifier: Apache-2.0
import { createHash, sign } from "node:crypto";
import { deflateRawSync, deflateSync } from "node:zlib";
import type { OpenPgpSigner } from "./open-pgp-key.ts";

const HASHES: Readonly<Record<number, string>> = {
  1: "md5",
  2: "sha1",
  8: "sha256",
  9: "sha384",
  10: "sha512",
  11: "sha224",
  12: "sha3-256",
  14: "sha3-512",
};

/** How a signature is made; the defaults are what gpg 2.2 does. */
export interface SignatureOptions {
  readonly version?: 3 | 4;
  readonly type?: number;
  /** Number of OpenPGP; 8 is SHA-256, 1 MD5, 2 SHA-1. */
  readonly hash?: number;
  readonly createdAt?: Date;
  /** Seconds after its creation. */
  readonly lifetime?: number;
  /** More hashed and unhashed subpackets, whole. */
  readonly hashed?: readonly Uint8Array[];
  readonly unhashed?: readonly Uint8Array[];
}

export interface MessageOptions extends SignatureOptions {
  readonly compression?: "zip" | "zlib" | "none";
  /** Default: one-pass; the older form has the signature before the content. */
  readonly form?: "one-pass" | "signature-first";
}

/** A packet with a header of the new format. */
export function packet(tag: number, body: Uint8Array): Buffer {
  const header = Buffer.alloc(6);
  header[0] = 0xc0 | tag;
  header[1] = 0xff;
  header.writeUInt32BE(body.length, 2);
  return Buffer.concat([header, body]);
}

/** A subpacket of a signature; 0x80 in the type makes it critical. */
export function subpacket(type: number, data: Uint8Array): Buffer {
  if (data.length > 190) {
    throw new Error("this builder writes short subpackets only");
  }
  return Buffer.concat([Buffer.from([data.length + 1, type]), data]);
}

export function literal(content: Uint8Array, format = "b"): Buffer {
  const header = Buffer.from([format.charCodeAt(0), 0, 0, 0, 0, 0]);
  return packet(11, Buffer.concat([header, content]));
}

export function compressed(content: Uint8Array, compression: "zip" | "zlib"): Buffer {
  const data = compression === "zip" ? deflateRawSync(content) : deflateSync(content);
  return packet(8, Buffer.concat([Buffer.from([compression === "zip" ? 1 : 2]), data]));
}

/** A signed message over the content, one signature for each signer. */
export function signedMessage(
  content: Uint8Array,
  signers: readonly OpenPgpSigner[],
  options: MessageOptions = {},
): Buffer {
  const signatures = signers.map((signer) => packet(2, signatureBody(content, signer, options)));
  const inner =
    options.form === "signature-first"
      ? [...signatures, literal(content)]
      : [
          ...signers.map((signer, index) => onePass(signer, options, index === signers.length - 1)),
          literal(content),
          ...signatures.toReversed(),
        ];
  const { compression = "zip" } = options;
  return compression === "none" ? Buffer.concat(inner) : compressed(Buffer.concat(inner), compression);
}

export function onePass(signer: OpenPgpSigner, options: SignatureOptions = {}, isLast = true): Buffer {
  const { type = 0, hash = 8 } = options;
  return packet(
    4,
    Buffer.concat([Buffer.from([3, type, hash, signer.algorithm]), keyIdOf(signer), Buffer.from([isLast ? 1 : 0])]),
  );
}

/** The body of a signature packet, by the letter of RFC 9580 section 5.2 (version 3: RFC 4880 section 5.2.2). */
export function signatureBody(content: Uint8Array, signer: OpenPgpSigner, options: SignatureOptions = {}): Buffer {
  const { version = 4, type = 0, hash = 8, createdAt = new Date() } = options;
  const seconds = Buffer.alloc(4);
  seconds.writeUInt32BE(Math.floor(createdAt.getTime() / 1000));
  const text =
    type === 1 ? Buffer.from(Buffer.from(content).toString("latin1").replaceAll(/\r?\n/g, "\r\n"), "latin1") : content;
  if (version === 3) {
    const suffix = Buffer.concat([Buffer.from([type]), seconds]);
    const { start, numbers } = signBytes(Buffer.concat([text, suffix]), signer, hash);
    return Buffer.concat([
      Buffer.from([3, 5]),
      suffix,
      keyIdOf(signer),
      Buffer.from([signer.algorithm, hash]),
      start,
      numbers,
    ]);
  }
  const lifetime = Buffer.alloc(4);
  lifetime.writeUInt32BE(options.lifetime ?? 0);
  const hashed = Buffer.concat([
    subpacket(33, Buffer.concat([Buffer.from([4]), Buffer.from(signer.fingerprint, "hex")])),
    subpacket(2, seconds),
    ...(options.lifetime === undefined ? [] : [subpacket(3, lifetime)]),
    ...(options.hashed ?? []),
  ]);
  const unhashed = Buffer.concat([subpacket(16, keyIdOf(signer)), ...(options.unhashed ?? [])]);
  const head = Buffer.concat([Buffer.from([4, type, signer.algorithm, hash]), uint16(hashed.length), hashed]);
  const trailer = Buffer.from([4, 0xff, 0, 0, head.length >> 8, head.length & 0xff]);
  const { start, numbers } = signBytes(Buffer.concat([text, head, trailer]), signer, hash);
  return Buffer.concat([head, uint16(unhashed.length), unhashed, start, numbers]);
}

function signBytes(data: Uint8Array, signer: OpenPgpSigner, hash: number): { start: Buffer; numbers: Buffer } {
  const name = HASHES[hash] ?? "sha256";
  const digest = createHash(name).update(data).digest();
  return { start: digest.subarray(0, 2), numbers: numbersOf(data, digest, signer, name) };
}

function numbersOf(data: Uint8Array, digest: Buffer, { algorithm, key }: OpenPgpSigner, hash: string): Buffer {
  if (algorithm === 1) {
    return integer(sign(hash, data, key));
  }
  const raw = algorithm === 19 ? sign(hash, data, { key, dsaEncoding: "ieee-p1363" }) : sign(null, digest, key);
  const half = raw.length / 2;
  return algorithm === 27 || algorithm === 28
    ? raw
    : Buffer.concat([integer(raw.subarray(0, half)), integer(raw.subarray(half))]);
}

function integer(bytes: Uint8Array): Buffer {
  const first = bytes.findIndex((byte) => byte !== 0);
  const value = first < 0 ? new Uint8Array() : bytes.subarray(first);
  const bits = value.length === 0 ? 0 : value.length * 8 - Math.clz32(value[0] ?? 0) + 24;
  return Buffer.concat([uint16(bits), value]);
}

function uint16(value: number): Buffer {
  return Buffer.from([value >> 8, value & 0xff]);
}

function keyIdOf({ fingerprint }: OpenPgpSigner): Buffer {
  return Buffer.from(fingerprint.slice(-16), "hex");
}

/** In armour, as `gpg --armor` writes it, without a checksum. */
export function armored(message: Uint8Array, name = "MESSAGE"): Buffer {
  const lines =
    Buffer.from(message)
      .toString("base64")
      .match(/.{1,64}/g) ?? [];
  return Buffer.from(`-----BEGIN PGP ${name}-----\n\n${lines.join("\n")}\n-----END PGP ${name}-----\n`);
}
