// SPDX-License-Identifier: Apache-2.0
import { Buffer } from "node:buffer";
import { malformed, unsupported } from "./errors.ts";
import { readBytes, readLength, readNumber } from "./read-packets.ts";

/** A signature packet of version 3 or 4 (RFC 9580 section 5.2; version 3: RFC 4880 section 5.2.2), not verified. */
export interface ParsedSignature {
  readonly version: 3 | 4;
  /** 0: of a binary document; 1: of a text, whose line ends were made canonical. */
  readonly type: 0 | 1;
  readonly algorithm: number;
  readonly hash: number;
  readonly issuer: Issuer;
  /** Seconds since 1970, as the signer claims. */
  readonly createdAt: number;
  /** Seconds since 1970; absent: never. */
  readonly expiresAt?: number | undefined;
  /** What is hashed behind the content. */
  readonly suffix: Uint8Array;
  /** The first two bytes of the hash. */
  readonly hashStart: number;
  /** The numbers of the signature, as its algorithm writes them. */
  readonly material: Uint8Array;
}

/** A hint where to look for the key; that it made the signature, only the signature shows. Upper-case hexadecimal. */
export interface Issuer {
  readonly keyId: string;
  readonly fingerprint?: string | undefined;
}

/** The signature in the body of its packet. Throws `MALFORMED`, or `UNSUPPORTED` for what may be a newer form. */
export function parseSignature(body: Uint8Array): ParsedSignature {
  const version = readNumber(body, 0, 1);
  switch (version) {
    case 3:
      return parseVersion3(body);
    case 4:
      return parseVersion4(body);
    default:
      throw unsupported(`signature of version ${version}`);
  }
}

/**
 * Refuses an announcement that does not fit its signature (RFC 9580 section 5.4): readers that hash by the announcement
 * would judge something else than this one.
 */
export function assertAnnounced(signature: ParsedSignature, onePass: Uint8Array): void {
  const [, type, hash, algorithm] = onePass;
  if (type !== signature.type || hash !== signature.hash || algorithm !== signature.algorithm) {
    throw malformed("a one-pass signature announces another signature than the one that follows");
  }
}

function parseVersion3(body: Uint8Array): ParsedSignature {
  if (readNumber(body, 1, 1) !== 5) {
    throw malformed(`expected 5 hashed bytes in a signature of version 3, found ${readNumber(body, 1, 1)}`);
  }
  return {
    version: 3,
    type: toDocumentType(readNumber(body, 2, 1)),
    createdAt: readNumber(body, 3, 4),
    issuer: { keyId: toHex(readBytes(body, 7, 8)) },
    algorithm: readNumber(body, 15, 1),
    hash: readNumber(body, 16, 1),
    hashStart: readNumber(body, 17, 2),
    suffix: readBytes(body, 2, 5),
    material: body.subarray(19),
  };
}

function parseVersion4(body: Uint8Array): ParsedSignature {
  const hashedLength = readNumber(body, 4, 2);
  const hashed = readSubpackets(readBytes(body, 6, hashedLength));
  const unhashedAt = 6 + hashedLength;
  const unhashedLength = readNumber(body, unhashedAt, 2);
  const unhashed = readSubpackets(readBytes(body, unhashedAt + 2, unhashedLength));
  const end = unhashedAt + 2 + unhashedLength;
  assertUnderstood(hashed, unhashed);
  const createdAt = readTime(hashed, SUBPACKET.createdAt);
  if (createdAt === undefined) {
    throw malformed("the signature does not say when it was made");
  }
  const lifetime = readTime(hashed, SUBPACKET.lifetime) ?? 0;
  return {
    version: 4,
    type: toDocumentType(readNumber(body, 1, 1)),
    algorithm: readNumber(body, 2, 1),
    hash: readNumber(body, 3, 1),
    createdAt,
    expiresAt: lifetime === 0 ? undefined : createdAt + lifetime,
    issuer: findIssuer([...hashed, ...unhashed]),
    hashStart: readNumber(body, end, 2),
    suffix: withTrailer(body.subarray(0, unhashedAt)),
    material: body.subarray(end + 2),
  };
}

/** RFC 9580 section 5.2.4: the signature's own hashed part, then its version, 0xff and how long that part is. */
function withTrailer(hashedPart: Uint8Array): Uint8Array {
  const trailer = Buffer.alloc(6);
  trailer.writeUInt16BE(0x04ff, 0);
  trailer.writeUInt32BE(hashedPart.length, 2);
  return Buffer.concat([hashedPart, trailer]);
}

function toDocumentType(type: number): 0 | 1 {
  if (type !== 0 && type !== 1) {
    throw malformed(`expected a signature of a document, found one of type ${type}`);
  }
  return type;
}

const SUBPACKET = {
  createdAt: 2,
  lifetime: 3,
  issuerKeyId: 16,
  notation: 20,
  policyUrl: 26,
  signersUserId: 28,
  embeddedSignature: 32,
  issuerFingerprint: 33,
} as const;

/** What a critical subpacket may say; others would change the meaning in a way that is not known here. */
const UNDERSTOOD: ReadonlySet<number> = new Set([
  SUBPACKET.createdAt,
  SUBPACKET.lifetime,
  SUBPACKET.issuerKeyId,
  SUBPACKET.policyUrl,
  SUBPACKET.signersUserId,
  SUBPACKET.issuerFingerprint,
]);

/** Of which two in one signature would be two meanings. */
const SINGLE: readonly number[] = [SUBPACKET.createdAt, SUBPACKET.lifetime];

interface Subpacket {
  readonly type: number;
  readonly isCritical: boolean;
  readonly data: Uint8Array;
}

/** RFC 9580 section 5.2.3.7. */
function readSubpackets(area: Uint8Array): readonly Subpacket[] {
  const subpackets: Subpacket[] = [];
  let at = 0;
  while (at < area.length) {
    const length = readLength(area, at);
    const body = readBytes(area, at + length.size, length.value);
    const type = readNumber(body, 0, 1);
    subpackets.push({ type: type & 0x7f, isCritical: (type & 0x80) !== 0, data: body.subarray(1) });
    at += length.size + length.value;
  }
  return subpackets;
}

/** "If a critical subpacket is not recognized, the signature is in error" (section 5.2.3.7). */
function assertUnderstood(hashed: readonly Subpacket[], unhashed: readonly Subpacket[]): void {
  const foreign = [...hashed, ...unhashed].find(
    ({ type, isCritical }) => (isCritical && !UNDERSTOOD.has(type)) || type === SUBPACKET.embeddedSignature,
  );
  if (foreign !== undefined) {
    throw unsupported(`signature with a subpacket of type ${foreign.type} that has to be understood`);
  }
  if (SINGLE.some((type) => hashed.filter((subpacket) => subpacket.type === type).length > 1)) {
    throw malformed("the signature says twice when it was made or when it ends");
  }
}

/** Only from the hashed part: anyone can add to the other. */
function readTime(hashed: readonly Subpacket[], type: number): number | undefined {
  const found = hashed.find((subpacket) => subpacket.type === type);
  if (found !== undefined && found.data.length !== 4) {
    throw malformed(`expected a time of 4 bytes in the signature, found ${found.data.length}`);
  }
  return found && readNumber(found.data, 0, 4);
}

function findIssuer(subpackets: readonly Subpacket[]): Issuer {
  const fingerprints = subpackets
    .filter(({ type }) => type === SUBPACKET.issuerFingerprint)
    .map(({ data }) => {
      if (data[0] !== 4 || data.length !== 21) {
        throw unsupported(`signature by a key of version ${readNumber(data, 0, 1)}`);
      }
      return toHex(data.subarray(1));
    });
  const keyIds = [
    ...fingerprints.map((fingerprint) => fingerprint.slice(-16)),
    ...subpackets.filter(({ type }) => type === SUBPACKET.issuerKeyId).map(({ data }) => toHex(readBytes(data, 0, 8))),
  ];
  const [keyId] = keyIds;
  if (keyId === undefined || new Set(keyIds).size > 1 || new Set(fingerprints).size > 1) {
    throw malformed("the signature does not say which one key made it");
  }
  return { keyId, fingerprint: fingerprints[0] };
}

function toHex(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("hex").toUpperCase();
}
