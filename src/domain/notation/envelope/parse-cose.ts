// SPDX-License-Identifier: Apache-2.0
import { decode } from "cbor2/decoder";
import { Tag } from "cbor2/tag";
import type { Envelope } from "./envelope.ts";
import { ATTRIBUTE, malformed, readSignedAttributes } from "./signed-attributes.ts";

const COSE_SIGN1 = 18;
const EPOCH_TIME = 1;
/** Labels of RFC 9052 section 3.1 and RFC 9360 section 2. */
const LABEL = { algorithm: 1, critical: 2, contentType: 3, certificates: 33 } as const;
/** COSE Hash Envelope (label `payload hash alg`): signs blobs, never images. */
const PAYLOAD_HASH_ALGORITHM = 258;

/** The algorithms that the Notary Project allows, by their number in the COSE registry (signature-envelope-cose). */
const ALGORITHMS: ReadonlyMap<unknown, string> = new Map([
  [-37, "PS256"],
  [-38, "PS384"],
  [-39, "PS512"],
  [-7, "ES256"],
  [-35, "ES384"],
  [-36, "ES512"],
]);

/** 9999-12-31: later moments are no dates that anything else could show. */
const MAX_TIME_SECONDS = 253_402_300_799;

/** Strict: definite lengths, no key twice, no depth, no types that the format does not use; tags stay as they are. */
const STRICT = {
  ignoreGlobalTags: true,
  preferMap: true,
  rejectDuplicateKeys: true,
  rejectStreaming: true,
  rejectSimple: true,
  rejectUndefined: true,
  rejectBigInts: true,
  maxDepth: 6,
} as const;

type Headers = ReadonlyMap<unknown, unknown>;

/** The envelope in a COSE_Sign1_Tagged message (RFC 9052 section 4.2). Throws `SignatureRejected` (MALFORMED). */
export function parseCoseEnvelope(bytes: Uint8Array): Envelope {
  const message = decodeStrictly(bytes);
  const parts: unknown = message instanceof Tag && message.tag === COSE_SIGN1 ? message.contents : undefined;
  if (!Array.isArray(parts) || parts.length !== 4) {
    throw malformed("expected a tagged COSE_Sign1");
  }
  const [protectedBytes, unprotected, payload, signature]: readonly unknown[] = parts;
  if (!isBytes(protectedBytes) || !(unprotected instanceof Map) || !isBytes(payload) || !isBytes(signature)) {
    throw malformed("the parts of the COSE_Sign1 have other types");
  }
  const header = decodeStrictly(protectedBytes);
  if (!(header instanceof Map)) {
    throw malformed("the protected header is no map");
  }
  return readEnvelope({ header, unprotected, protectedBytes, payload, signature });
}

function readEnvelope(message: {
  readonly header: Headers;
  readonly unprotected: Headers;
  readonly protectedBytes: Uint8Array;
  readonly payload: Uint8Array;
  readonly signature: Uint8Array;
}): Envelope {
  const { header, unprotected, protectedBytes, payload, signature } = message;
  for (const label of unprotected.keys()) {
    if (header.has(label)) {
      throw malformed("a header is there both protected and unprotected (RFC 9052 section 3)");
    }
  }
  if (header.has(PAYLOAD_HASH_ALGORITHM)) {
    throw malformed("a COSE Hash Envelope signs a file, not an image");
  }
  const contentType = header.get(LABEL.contentType);
  const certificates = header.get(LABEL.certificates) ?? unprotected.get(LABEL.certificates);
  if (!Array.isArray(certificates) || certificates.length === 0 || !certificates.every(isBytes)) {
    throw malformed("x5chain is no list of certificates");
  }
  const timestamp = unprotected.get(ATTRIBUTE.timestamp);
  if (typeof contentType !== "string" || (timestamp !== undefined && !isBytes(timestamp))) {
    throw malformed("content type or timestamp have other types");
  }
  return {
    algorithm: ALGORITHMS.get(header.get(LABEL.algorithm)) ?? "",
    contentType,
    signedBytes: toBeSigned(protectedBytes, payload),
    signature,
    payload,
    certificates,
    attributes: readAttributes(header),
    ...(timestamp === undefined ? {} : { timestamp }),
  };
}

function readAttributes(header: Headers): Envelope["attributes"] {
  const critical = header.get(LABEL.critical);
  if (critical !== undefined && (!Array.isArray(critical) || critical.length === 0 || !critical.every(isLabel))) {
    throw malformed("crit is no list of labels");
  }
  return readSignedAttributes({
    names: [...header.keys()].map(labelText),
    critical: critical?.map(labelText),
    scheme: header.get(ATTRIBUTE.scheme),
    signingTime: timeOf(header, ATTRIBUTE.signingTime),
    authenticSigningTime: timeOf(header, ATTRIBUTE.authenticSigningTime),
    expiry: timeOf(header, ATTRIBUTE.expiry),
  });
}

/** A label as text; a number is marked, so that 3 and "3" stay two labels. */
function labelText(label: unknown): string {
  return typeof label === "string" ? label : `#${String(label)}`;
}

function isLabel(value: unknown): value is string | number {
  return typeof value === "string" || typeof value === "number";
}

/** An epoch-based date/time (RFC 8949 section 3.4.2), in milliseconds. */
function timeOf(header: Headers, name: string): number | undefined {
  const value = header.get(name);
  if (value === undefined && !header.has(name)) {
    return undefined;
  }
  const seconds: unknown = value instanceof Tag && value.tag === EPOCH_TIME ? value.contents : undefined;
  if (typeof seconds !== "number" || !(seconds >= 0 && seconds <= MAX_TIME_SECONDS)) {
    throw malformed(`${name} is no epoch-based time`);
  }
  return Math.trunc(seconds * 1_000);
}

/** `Sig_structure` of RFC 9052 section 4.4: ["Signature1", protected, external_aad (empty), payload]. */
function toBeSigned(protectedBytes: Uint8Array, payload: Uint8Array): Uint8Array {
  const context = Buffer.from("\x84\x6aSignature1", "latin1");
  return Buffer.concat([
    context,
    byteStringHead(protectedBytes.length),
    protectedBytes,
    byteStringHead(0),
    byteStringHead(payload.length),
    payload,
  ]);
}

/** The head of a CBOR byte string in its shortest form (RFC 8949 section 4.2.1). */
function byteStringHead(length: number): Buffer {
  if (length < 24) {
    return Buffer.from([0x40 + length]);
  }
  if (length < 0x100) {
    return Buffer.from([0x58, length]);
  }
  return length < 0x1_0000
    ? Buffer.from([0x59, length >> 8, length & 0xff])
    : Buffer.from([0x5a, length >>> 24, (length >> 16) & 0xff, (length >> 8) & 0xff, length & 0xff]);
}

/** More than any envelope has. */
const MAX_ITEMS = 1_000;

/**
 * Counts the data items (RFC 8949 section 3) before any is decoded: the decoder spends some hundred times as long on an
 * item of one byte as it takes to read it, and an envelope has room for a million. Forms that have no fixed length end
 * the count, since the decoder refuses them.
 */
function assertFewItems(bytes: Uint8Array): void {
  let at = 0;
  for (let items = 1; at < bytes.length; items += 1) {
    const head = bytes[at] ?? 0;
    const [major, short] = [head >> 5, head & 0x1f];
    if (items > MAX_ITEMS || short > 27) {
      throw malformed("more values than an envelope has, or values without an end");
    }
    const extra = short < 24 ? 0 : 1 << (short - 24);
    const argument = bytes.subarray(at + 1, at + 1 + extra).reduce((value, byte) => value * 0x100 + byte, 0);
    const content = extra === 0 ? short : argument;
    at += 1 + extra + (major === BYTE_STRING || major === TEXT_STRING ? content : 0);
  }
}

const BYTE_STRING = 2;
const TEXT_STRING = 3;

function decodeStrictly(bytes: Uint8Array): unknown {
  assertFewItems(bytes);
  try {
    return decode(bytes, STRICT);
  } catch {
    throw malformed("not CBOR in definite form");
  }
}

function isBytes(value: unknown): value is Uint8Array {
  return value instanceof Uint8Array && value.length > 0;
}
