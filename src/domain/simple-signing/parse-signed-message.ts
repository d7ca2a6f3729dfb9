// SPDX-License-Identifier: Apache-2.0
import { LIMITS } from "#base";
import { malformed, SimpleSigningError, unsupported } from "./errors.ts";
import { inflate } from "./inflate.ts";
import { PACKET, type Packet, readBytes, readNumber, readPackets } from "./read-packets.ts";
import { removeArmor } from "./remove-armor.ts";

/** An OpenPGP message with its signatures (RFC 9580 section 10.3, "Signed Message"); nothing in it is verified. */
export interface SignedMessage {
  /** What the literal data packet holds. */
  readonly content: Uint8Array;
  /** At least one, as they lie in the message. */
  readonly signatures: readonly [EnclosedSignature, ...EnclosedSignature[]];
}

/** A signature packet, with its one-pass announcement where it has one. */
export interface EnclosedSignature {
  readonly packet: Uint8Array;
  readonly onePass?: Uint8Array | undefined;
}

/** gpg nests once: compressed data around one-pass signature, literal data and signature. */
const MAX_NESTING = 4;
const LITERAL_FORMATS = "btu";
const MAX_PACKETS = 2 * LIMITS.maxSignatures + 16;

/**
 * The signed message in binary or armoured bytes. Inflates at most `maxBytes` altogether. Throws `SimpleSigningError` for
 * anything that is not exactly one signed message: unsigned, detached, encrypted, with bytes left over.
 */
export function parseSignedMessage(bytes: Uint8Array, maxBytes: number = LIMITS.maxSignatureBytes): SignedMessage {
  let current = removeArmor(bytes);
  let signatures: readonly EnclosedSignature[] = [];
  let budget = maxBytes;
  for (let depth = 0; depth < MAX_NESTING; depth += 1) {
    const layer = readLayer(current);
    if (layer.signatures.length > 0 && signatures.length > 0) {
      throw malformed("signatures around signatures");
    }
    signatures = layer.signatures.length > 0 ? layer.signatures : signatures;
    if (layer.data.tag === PACKET.literal) {
      return { content: readLiteral(layer.data.body), signatures: assertSigned(signatures) };
    }
    current = decompress(layer.data.body, budget);
    budget -= current.length;
  }
  throw new SimpleSigningError("LIMIT_EXCEEDED", `more than ${MAX_NESTING} layers of compression`);
}

function assertSigned(signatures: readonly EnclosedSignature[]): SignedMessage["signatures"] {
  const [first, ...others] = signatures;
  if (first === undefined) {
    throw malformed("the message is not signed");
  }
  if (signatures.length > LIMITS.maxSignatures) {
    throw new SimpleSigningError("LIMIT_EXCEEDED", `more than ${LIMITS.maxSignatures} signatures in one message`);
  }
  return [first, ...others];
}

interface MessageLayer {
  readonly signatures: readonly EnclosedSignature[];
  readonly data: Packet;
}

/**
 * One layer of the grammar: `(One-Pass … )ⁿ data (Signature)ⁿ`, or the older `(Signature)ⁿ data`; the signatures of the
 * first form come in the opposite order of their announcements.
 */
function readLayer(bytes: Uint8Array): MessageLayer {
  const packets = readPackets(bytes, MAX_PACKETS).filter(
    ({ tag }) => tag !== PACKET.marker && tag !== PACKET.padding && tag !== PACKET.trust,
  );
  const at = packets.findIndex(({ tag }) => tag === PACKET.literal || tag === PACKET.compressed);
  const data = packets[at];
  if (data === undefined) {
    throw malformed(
      packets.some(({ tag }) => tag === PACKET.signature)
        ? "expected a signed message with its content inside, found a detached signature"
        : "expected a signed message, found packets without content",
    );
  }
  const before = packets.slice(0, at);
  const after = packets.slice(at + 1).reverse();
  const isOlderForm = after.length === 0 && before.every(({ tag }) => tag === PACKET.signature);
  if (isOlderForm) {
    return { data, signatures: before.map(({ body }) => ({ packet: body })) };
  }
  const isOnePass =
    before.length === after.length &&
    before.every(({ tag }) => tag === PACKET.onePassSignature) &&
    after.every(({ tag }) => tag === PACKET.signature);
  if (!isOnePass) {
    throw malformed("packets are not in the order of a signed message");
  }
  before.forEach(assertKnownForm);
  return { data, signatures: after.map(({ body }, index) => ({ packet: body, onePass: before[index]?.body })) };
}

/** RFC 9580 section 5.4; version 6 belongs to signatures of version 6. */
function assertKnownForm({ body }: Packet): void {
  const version = readNumber(body, 0, 1);
  if (version !== 3) {
    throw unsupported(`one-pass signature of version ${version}`);
  }
  if (body.length !== 13) {
    throw malformed(`expected a one-pass signature of 13 bytes, found ${body.length}`);
  }
}

/** RFC 9580 section 5.9: format (binary, text, UTF-8), file name, date, content. Only the content is signed. */
function readLiteral(body: Uint8Array): Uint8Array {
  if (!LITERAL_FORMATS.includes(String.fromCharCode(readNumber(body, 0, 1)))) {
    throw malformed("literal data of an unknown format");
  }
  const nameLength = readNumber(body, 1, 1);
  const header = 1 + 1 + nameLength + 4;
  readBytes(body, 0, header);
  return body.subarray(header);
}

/** RFC 9580 section 5.6; a stream must end where its packet does, so that nothing hides behind it. */
function decompress(body: Uint8Array, maxBytes: number): Uint8Array {
  const algorithm = readNumber(body, 0, 1);
  const data = body.subarray(1);
  switch (algorithm) {
    case 0:
      return data;
    case 1:
      return inflateWhole(data, maxBytes, 0);
    case 2:
      return inflateZlib(data, maxBytes);
    default:
      throw unsupported(`compression algorithm ${algorithm}`);
  }
}

function inflateWhole(data: Uint8Array, maxBytes: number, trailer: number): Uint8Array {
  const { bytes, end } = inflate(data, maxBytes);
  if (end + trailer !== data.length) {
    throw malformed(`expected the compressed data to end at byte ${data.length - trailer}, found its end at ${end}`);
  }
  return bytes;
}

/** RFC 1950: two bytes of header, the stream, Adler-32. */
function inflateZlib(data: Uint8Array, maxBytes: number): Uint8Array {
  const header = readNumber(data, 0, 2);
  const isDeflate = ((header >> 8) & 0x0f) === 8;
  const hasDictionary = (header & 0x20) !== 0;
  if (!isDeflate || hasDictionary || header % 31 !== 0) {
    throw malformed("compressed data has no zlib header");
  }
  const bytes = inflateWhole(data.subarray(2), maxBytes, 4);
  if (readNumber(data, data.length - 4, 4) !== adler32(bytes)) {
    throw malformed("compressed data does not fit its checksum");
  }
  return bytes;
}

function adler32(bytes: Uint8Array): number {
  let low = 1;
  let high = 0;
  for (const byte of bytes) {
    low = (low + byte) % 65_521;
    high = (high + low) % 65_521;
  }
  return high * 65_536 + low;
}
