// SPDX-License-Identifier: Apache-2.0
import { SignatureRejected } from "#signatures";

/** Identifier octets of X.690 that certificates, revocation lists and timestamps are made of. */
export const DER = {
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  oid: 0x06,
  enumerated: 0x0a,
  utf8String: 0x0c,
  utcTime: 0x17,
  generalizedTime: 0x18,
  sequence: 0x30,
  set: 0x31,
} as const;

/** One encoded value. */
export interface DerElement {
  /** The identifier octet. */
  readonly tag: number;
  /** With identifier and length. */
  readonly bytes: Uint8Array;
  readonly content: Uint8Array;
}

/**
 * Walks over the values of DER (X.690 section 10) one after the other, without building a tree: no recursion, no copy,
 * and a revocation list of many megabytes costs no memory. Throws `SignatureRejected` (MALFORMED) for anything that is not
 * DER: indefinite, long or overlong lengths, tags of several octets. OpenSSL reads the same bytes for the keys; a
 * stricter reader beside it cannot accept what it refuses.
 */
export class DerReader {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get isAtEnd(): boolean {
    return this.#at >= this.#bytes.length;
  }

  /** The tag of the next value, or `undefined` at the end. */
  peek(): number | undefined {
    return this.#bytes[this.#at];
  }

  /** The next value, which must have one of the tags if any are given. */
  read(...tags: readonly number[]): DerElement {
    const tag = this.#bytes[this.#at];
    if (tag === undefined || (tags.length > 0 && !tags.includes(tag))) {
      throw malformed(`expected tag ${tags.join(" or ")}, found ${tag ?? "the end"}`);
    }
    if ((tag & 0x1f) === 0x1f) {
      throw malformed("tags of several octets are not used here");
    }
    const start = this.#at;
    const { length, at } = this.#readLength(start + 1);
    const end = at + length;
    if (end > this.#bytes.length) {
      throw malformed("a value is longer than what is there");
    }
    this.#at = end;
    return { tag, bytes: this.#bytes.subarray(start, end), content: this.#bytes.subarray(at, end) };
  }

  /** The next value if it has the tag. */
  readOptional(tag: number): DerElement | undefined {
    return this.peek() === tag ? this.read(tag) : undefined;
  }

  /** A reader over the content of the next value. */
  enter(...tags: readonly number[]): DerReader {
    return new DerReader(this.read(...tags).content);
  }

  enterOptional(tag: number): DerReader | undefined {
    return this.peek() === tag ? this.enter(tag) : undefined;
  }

  /** Throws unless everything was read. */
  end(): void {
    if (!this.isAtEnd) {
      throw malformed("bytes follow where nothing should");
    }
  }

  #readLength(at: number): { readonly length: number; readonly at: number } {
    const first = this.#bytes[at] ?? 0x80;
    if (first < 0x80) {
      return { length: first, at: at + 1 };
    }
    const octets = first & 0x7f;
    if (octets === 0 || octets > 4) {
      throw malformed("a length is indefinite or too long");
    }
    let length = 0;
    for (let index = 1; index <= octets; index++) {
      length = length * 256 + (this.#bytes[at + index] ?? 0);
    }
    if (length < 0x80 || length < 256 ** (octets - 1)) {
      throw malformed("a length is not written in the shortest form");
    }
    return { length, at: at + 1 + octets };
  }
}

/** The values of a SEQUENCE that must be the whole input. */
export function readDerSequence(bytes: Uint8Array): DerReader {
  const outer = new DerReader(bytes);
  const inner = outer.enter(DER.sequence);
  outer.end();
  return inner;
}

const MAX_OID_BYTES = 64;
const MAX_ARC = 2 ** 48;

/** `1.2.840.…` of an OBJECT IDENTIFIER. */
export function oidText(element: DerElement): string {
  const { content } = element;
  if (content.length === 0 || content.length > MAX_OID_BYTES) {
    throw malformed("an object identifier has a wrong length");
  }
  const arcs: number[] = [];
  let arc = 0;
  for (const octet of content) {
    if (arc === 0 && octet === 0x80) {
      throw malformed("an object identifier is not written in the shortest form");
    }
    arc = arc * 128 + (octet & 0x7f);
    if (arc > MAX_ARC) {
      throw malformed("an object identifier has a number that is too large");
    }
    if ((octet & 0x80) === 0) {
      arcs.push(...(arcs.length === 0 ? [Math.min(Math.trunc(arc / 40), 2)] : []));
      arcs.push(arcs.length === 1 ? arc - 40 * (arcs[0] ?? 0) : arc);
      arc = 0;
    }
  }
  if (((content.at(-1) ?? 0) & 0x80) !== 0) {
    throw malformed("an object identifier ends too early");
  }
  return arcs.join(".");
}

/** A BOOLEAN; DER writes true as 0xff. */
export function derBoolean(element: DerElement): boolean {
  const [value] = element.content;
  if (element.content.length !== 1 || (value !== 0 && value !== 0xff)) {
    throw malformed("a truth value is neither");
  }
  return value === 0xff;
}

/** An INTEGER from 0 to 2^31. */
export function smallInteger(element: DerElement): number {
  const { content } = element;
  if (content.length === 0 || content.length > 4 || (content[0] ?? 0) > 0x7f) {
    throw malformed("a number is negative or too large");
  }
  return content.reduce((value, octet) => value * 256 + octet, 0);
}

/** The octets of a BIT STRING that has no unused bits. */
export function bitStringBytes(element: DerElement): Uint8Array {
  if (element.content[0] !== 0) {
    throw malformed("a bit string ends inside an octet");
  }
  return element.content.subarray(1);
}

const UTC_TIME = /^([0-9]{2})([0-9]{2})([0-9]{2})([0-9]{2})([0-9]{2})([0-9]{2})Z$/;
const GENERALIZED_TIME = /^([0-9]{4})([0-9]{2})([0-9]{2})([0-9]{2})([0-9]{2})([0-9]{2})(?:\.([0-9]{1,9}))?Z$/;

/** Milliseconds since 1970 of a UTCTime or GeneralizedTime in the forms of RFC 5280 section 4.1.2.5; fractions as RFC 3161 has them. */
export function timeMs(element: DerElement): number {
  const text = Buffer.from(element.content.buffer, element.content.byteOffset, element.content.length).toString(
    "latin1",
  );
  const isUtc = element.tag === DER.utcTime;
  const match = (isUtc ? UTC_TIME : GENERALIZED_TIME).exec(text);
  if (match === null || (!isUtc && element.tag !== DER.generalizedTime)) {
    throw malformed("a time is not in one of the forms that are allowed");
  }
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = match.slice(1, 7).map(Number);
  const fullYear = isUtc ? year + (year < 50 ? 2_000 : 1_900) : year;
  const time = new Date(Date.UTC(2_000, month - 1, day, hour, minute, second));
  time.setUTCFullYear(fullYear, month - 1, day);
  const isCalendarTime =
    time.getUTCMonth() === month - 1 && time.getUTCDate() === day && hour < 24 && minute < 60 && second < 60;
  if (!isCalendarTime) {
    throw malformed("a time is not in the calendar");
  }
  return time.getTime() + Math.trunc(Number(`0.${match[7] ?? "0"}`) * 1_000);
}

export function malformed(message: string): SignatureRejected {
  return new SignatureRejected("MALFORMED", `not DER as RFC 5280 has it: ${message}`);
}
