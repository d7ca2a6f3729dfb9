// SPDX-License-Identifier: Apache-2.0
import { decode, encode, Tag } from "cbor2";

const TIMESTAMP = "io.cncf.notary.timestampSignature";

/** An envelope taken apart. */
export interface EnvelopeParts {
  readonly header: Buffer;
  readonly payload: Buffer;
  readonly signature: Buffer;
  readonly certificates: readonly Buffer[];
  readonly timestamp: Buffer | undefined;
}

/** The parts of an envelope that notation made. */
export function splitEnvelope(bytes: Buffer, format: "jws" | "cose"): EnvelopeParts {
  if (format === "jws") {
    const envelope = JSON.parse(bytes.toString()) as Record<string, string> & {
      header: { x5c: string[] } & Record<string, string>;
    };
    const timestamp = envelope.header[TIMESTAMP];
    return {
      header: Buffer.from(envelope["protected"] ?? "", "base64url"),
      payload: Buffer.from(envelope["payload"] ?? "", "base64url"),
      signature: Buffer.from(envelope["signature"] ?? "", "base64url"),
      certificates: envelope.header.x5c.map((each) => Buffer.from(each, "base64")),
      timestamp: timestamp === undefined ? undefined : Buffer.from(timestamp, "base64"),
    };
  }
  const tag = decode<Tag>(bytes, { preferMap: true });
  const [header, unprotected, payload, signature] = tag.contents as [
    Uint8Array,
    Map<unknown, unknown>,
    Uint8Array,
    Uint8Array,
  ];
  const timestamp = unprotected.get(TIMESTAMP) as Uint8Array | undefined;
  return {
    header: Buffer.from(header),
    payload: Buffer.from(payload),
    signature: Buffer.from(signature),
    certificates: (unprotected.get(33) as Uint8Array[]).map((each) => Buffer.from(each)),
    timestamp: timestamp === undefined ? undefined : Buffer.from(timestamp),
  };
}

/** An envelope of the parts, whatever they are. */
export function joinEnvelope(parts: EnvelopeParts, format: "jws" | "cose"): Buffer {
  if (format === "jws") {
    return Buffer.from(
      JSON.stringify({
        payload: parts.payload.toString("base64url"),
        protected: parts.header.toString("base64url"),
        header: {
          x5c: parts.certificates.map((each) => each.toString("base64")),
          ...(parts.timestamp === undefined ? {} : { [TIMESTAMP]: parts.timestamp.toString("base64") }),
        },
        signature: parts.signature.toString("base64url"),
      }),
    );
  }
  const unprotected = new Map<unknown, unknown>([
    [33, parts.certificates.map((each) => new Uint8Array(each))],
    ...(parts.timestamp === undefined ? [] : [[TIMESTAMP, new Uint8Array(parts.timestamp)] as [unknown, unknown]]),
  ]);
  const [header, payload, signature] = [parts.header, parts.payload, parts.signature].map(
    (each) => new Uint8Array(each),
  );
  return Buffer.from(encode(new Tag(18, [header, unprotected, payload, signature])));
}

/** The bytes with one bit in the middle changed. */
export function flipBit(bytes: Buffer): Buffer {
  const changed = Buffer.from(bytes);
  const at = Math.trunc(changed.length / 2);
  changed[at] = (changed[at] ?? 0) ^ 1;
  return changed;
}

/** The signing time one second off, by its last digit or octet. */
export function changeSigningTime({ header }: EnvelopeParts, format: "jws" | "cose"): Buffer {
  const changed = Buffer.from(header);
  const name = "io.cncf.notary.signingTime";
  const start = changed.indexOf(name) + name.length;
  // JWS: `":"2026-11-22T06:07:08Z"`; COSE: tag 1 (0xc1), a 32-bit number (0x1a) and its four octets
  const at = format === "jws" ? changed.indexOf("Z", start) - 1 : start + 5;
  changed[at] = (changed[at] ?? 0) ^ 1;
  return changed;
}
