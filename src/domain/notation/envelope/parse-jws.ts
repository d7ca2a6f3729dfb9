// SPDX-License-Identifier: Apache-2.0
import { isUtf8 } from "node:buffer";
import type { Envelope } from "./envelope.ts";
import { ATTRIBUTE, malformed, readSignedAttributes } from "./signed-attributes.ts";

type JsonObject = Readonly<Record<string, unknown>>;

const ENVELOPE_FIELDS = ["payload", "protected", "header", "signature"];
/** RFC 3339 in the forms that Go writes and reads; the date is checked by what `Date` makes of it. */
const RFC_3339 =
  /^([0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2})(?:\.[0-9]{1,9})?(?:Z|[+-][0-9]{2}:[0-9]{2})$/;

/**
 * The envelope in a flattened JWS JSON serialization (RFC 7515 section 7.2.2, signature-envelope-jws). Throws
 * `SignatureRejected` (MALFORMED): other fields, texts that are not the one base64 form of their bytes, wrong types.
 */
export function parseJwsEnvelope(bytes: Uint8Array): Envelope {
  const envelope = parseObject(bytes, "the envelope");
  const surplus = Object.keys(envelope).find((key) => !ENVELOPE_FIELDS.includes(key));
  if (surplus !== undefined) {
    throw malformed("the envelope has a field that is not of the flattened form");
  }
  const protectedText = textOf(envelope, "protected");
  const payloadText = textOf(envelope, "payload");
  const header = parseObject(fromBase64(protectedText, "base64url", "protected"), "the protected header");
  const unprotected = envelope["header"];
  if (!isObject(unprotected)) {
    throw malformed("header is no object");
  }
  const clash = Object.keys(unprotected).find((key) => Object.hasOwn(header, key));
  if (clash !== undefined) {
    throw malformed("a header is there both protected and unprotected (RFC 7515 section 7.2.1)");
  }
  const timestamp = unprotected[ATTRIBUTE.timestamp];
  return {
    algorithm: textOf(header, "alg"),
    contentType: textOf(header, "cty"),
    signedBytes: Buffer.from(`${protectedText}.${payloadText}`, "latin1"),
    signature: fromBase64(textOf(envelope, "signature"), "base64url", "signature"),
    payload: fromBase64(payloadText, "base64url", "payload"),
    certificates: textsOf(unprotected, "x5c").map((each) => fromBase64(each, "base64", "x5c")),
    attributes: readAttributes(header),
    ...(timestamp === undefined
      ? {}
      : { timestamp: fromBase64(textOf(unprotected, ATTRIBUTE.timestamp), "base64", ATTRIBUTE.timestamp) }),
  };
}

function readAttributes(header: JsonObject): Envelope["attributes"] {
  // RFC 7515 section 4.1.11: an implementation that does not know b64 (RFC 7797) must not pass over it.
  if (Object.hasOwn(header, "b64")) {
    throw malformed("b64 is not part of the format");
  }
  return readSignedAttributes({
    names: Object.keys(header),
    critical: Object.hasOwn(header, "crit") ? textsOf(header, "crit") : undefined,
    scheme: header[ATTRIBUTE.scheme],
    signingTime: timeOf(header, ATTRIBUTE.signingTime),
    authenticSigningTime: timeOf(header, ATTRIBUTE.authenticSigningTime),
    expiry: timeOf(header, ATTRIBUTE.expiry),
  });
}

function parseObject(bytes: Uint8Array, what: string): JsonObject {
  if (!isUtf8(bytes)) {
    throw malformed(`${what} is not UTF-8`);
  }
  let value: unknown;
  try {
    value = JSON.parse(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("utf8"));
  } catch {
    throw malformed(`${what} is not JSON`);
  }
  if (!isObject(value)) {
    throw malformed(`${what} is no object`);
  }
  return value;
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function textOf(object: JsonObject, key: string): string {
  const value = Object.hasOwn(object, key) ? object[key] : undefined;
  if (typeof value !== "string" || value === "") {
    throw malformed(`${key} is no text, or an empty one`);
  }
  return value;
}

function textsOf(object: JsonObject, key: string): readonly string[] {
  const value = Object.hasOwn(object, key) ? object[key] : undefined;
  if (!Array.isArray(value) || value.length === 0 || !value.every((each): each is string => typeof each === "string")) {
    throw malformed(`${key} is no list of texts, or an empty one`);
  }
  return value;
}

/** Bytes of a text that is their only spelling: `Buffer` passes over foreign characters and spare bits. */
function fromBase64(text: string, encoding: "base64" | "base64url", what: string): Buffer {
  const bytes = Buffer.from(text, encoding);
  if (bytes.length === 0 || bytes.toString(encoding) !== text) {
    throw malformed(`${what} is not ${encoding}`);
  }
  return bytes;
}

function timeOf(header: JsonObject, key: string): number | undefined {
  if (!Object.hasOwn(header, key)) {
    return undefined;
  }
  const text = textOf(header, key);
  const time = Date.parse(text);
  const [, written = ""] = RFC_3339.exec(text) ?? [];
  // Date.parse turns 30 February into 2 March; then the date reads differently when it is written again.
  if (written === "" || Number.isNaN(time) || !new Date(Date.parse(`${written}Z`)).toISOString().startsWith(written)) {
    throw malformed(`${key} is no time as RFC 3339 has it`);
  }
  return time;
}
