// SPDX-License-Identifier: Apache-2.0
import { malformed, SimpleSigningError, unsupported } from "./errors.ts";

/** One packet of an OpenPGP message (RFC 9580 section 4). */
export interface Packet {
  readonly tag: PacketTag;
  readonly body: Uint8Array;
}

/** The packet types that occur in signed messages and key rings (RFC 9580 section 5). */
export type PacketTag = (typeof PACKET)[keyof typeof PACKET];

export const PACKET = {
  signature: 2,
  onePassSignature: 4,
  secretKey: 5,
  publicKey: 6,
  secretSubkey: 7,
  compressed: 8,
  marker: 10,
  literal: 11,
  trust: 12,
  userId: 13,
  publicSubkey: 14,
  userAttribute: 17,
  padding: 21,
} as const;

const KNOWN: ReadonlySet<number> = new Set(Object.values(PACKET));
/** Only data may come in pieces or without a length (RFC 9580 sections 4.2.1.4 and 4.2.2). */
const STREAMED: ReadonlySet<number> = new Set([PACKET.compressed, PACKET.literal]);

/**
 * The packets that the bytes consist of, to the last byte. Throws `SimpleSigningError`: `MALFORMED` for a length that
 * leads out of the bytes, `UNSUPPORTED` for a type that belongs to no signed message, `LIMIT_EXCEEDED` beyond `maxPackets`.
 */
export function readPackets(bytes: Uint8Array, maxPackets: number): readonly Packet[] {
  const packets: Packet[] = [];
  let at = 0;
  while (at < bytes.length) {
    if (packets.length >= maxPackets) {
      throw new SimpleSigningError("LIMIT_EXCEEDED", `more than ${maxPackets} packets in one message`);
    }
    const { tag, body, end } = readPacket(bytes, at);
    packets.push({ tag, body });
    at = end;
  }
  return packets;
}

interface PlacedPacket extends Packet {
  readonly end: number;
}

function readPacket(bytes: Uint8Array, start: number): PlacedPacket {
  const first = byteAt(bytes, start);
  if ((first & 0x80) === 0) {
    throw malformed(`expected an OpenPGP packet, found the byte ${first}`);
  }
  const isNewFormat = (first & 0x40) !== 0;
  const tag = isNewFormat ? first & 0x3f : (first >> 2) & 0x0f;
  if (!isKnown(tag)) {
    throw tag === 0 ? malformed("packet type 0 is reserved") : unsupported(`packet type ${tag}`);
  }
  return isNewFormat ? readNewFormat(bytes, start + 1, tag) : readOldFormat(bytes, start + 1, tag, first & 0x03);
}

function isKnown(tag: number): tag is PacketTag {
  return KNOWN.has(tag);
}

/** RFC 9580 section 4.2.2: length of 1, 2 or 4 bytes, or none: then the packet takes all the rest. */
function readOldFormat(bytes: Uint8Array, at: number, tag: PacketTag, lengthType: number): PlacedPacket {
  if (lengthType === 3) {
    assertStreamed(tag);
    return { tag, body: bytes.subarray(at), end: bytes.length };
  }
  const size = 1 << lengthType;
  return place(bytes, tag, at + size, readNumber(bytes, at, size));
}

/** RFC 9580 section 4.2.1: lengths of 1, 2 or 5 bytes, or pieces of which all but the last have a power of two. */
function readNewFormat(bytes: Uint8Array, start: number, tag: PacketTag): PlacedPacket {
  const pieces: Uint8Array[] = [];
  let at = start;
  for (;;) {
    const first = byteAt(bytes, at);
    if (first < 224 || first === 255) {
      const length = readLength(bytes, at);
      const last = place(bytes, tag, at + length.size, length.value);
      return pieces.length === 0 ? last : { ...last, body: join([...pieces, last.body]) };
    }
    assertStreamed(tag);
    const piece = place(bytes, tag, at + 1, 2 ** (first & 0x1f));
    pieces.push(piece.body);
    at = piece.end;
  }
}

/** A length of 1, 2 or 5 bytes, as packets and signature subpackets have it. */
export function readLength(bytes: Uint8Array, at: number): { readonly value: number; readonly size: number } {
  const first = byteAt(bytes, at);
  if (first < 192) {
    return { value: first, size: 1 };
  }
  return first === 255
    ? { value: readNumber(bytes, at + 1, 4), size: 5 }
    : { value: ((first - 192) << 8) + byteAt(bytes, at + 1) + 192, size: 2 };
}

/** A big-endian number of at most four bytes; throws `MALFORMED` where the bytes end earlier. */
export function readNumber(bytes: Uint8Array, at: number, size: number): number {
  let value = 0;
  for (let offset = 0; offset < size; offset += 1) {
    value = value * 256 + byteAt(bytes, at + offset);
  }
  return value;
}

/** `length` bytes; throws `MALFORMED` where there are fewer. */
export function readBytes(bytes: Uint8Array, at: number, length: number): Uint8Array {
  if (at + length > bytes.length) {
    throw malformed(`expected ${length} bytes at ${at}, found ${Math.max(0, bytes.length - at)}`);
  }
  return bytes.subarray(at, at + length);
}

function byteAt(bytes: Uint8Array, at: number): number {
  const byte = bytes[at];
  if (byte === undefined) {
    throw malformed(`the message ends at byte ${bytes.length}, in the middle of a packet`);
  }
  return byte;
}

function place(bytes: Uint8Array, tag: PacketTag, at: number, length: number): PlacedPacket {
  return { tag, body: readBytes(bytes, at, length), end: at + length };
}

function assertStreamed(tag: PacketTag): void {
  if (!STREAMED.has(tag)) {
    throw malformed(`a packet of type ${tag} must say how long it is`);
  }
}

function join(pieces: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}
