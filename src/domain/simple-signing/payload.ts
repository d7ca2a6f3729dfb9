// SPDX-License-Identifier: Apache-2.0
import { Buffer } from "node:buffer";
import { type Digest, isDigest, LIMITS, messageOf, quote } from "#base";
import { parseJsonDocument } from "#oci";
import { malformed } from "./errors.ts";

/** What a simple signature claims (containers-signature(5), "JSON data format"). */
export interface SimpleSigningPayload {
  readonly digest: Digest;
  /** As the signer wrote it. */
  readonly reference: string;
  /** The program that made it. */
  readonly creator?: string | undefined;
  /** Seconds since 1970. */
  readonly timestamp?: number | undefined;
}

const TYPE = "atomic container signature";

/**
 * The claim in the signed bytes. Everything that is critical must be known and of its type, nothing may occur twice;
 * unknown members of `optional` are accepted. Throws `SimpleSigningError` with `MALFORMED`.
 */
export function parseSimpleSigningPayload(bytes: Uint8Array): SimpleSigningPayload {
  const document = exactObject(parseStrictJson(bytes), "the document", ["critical", "optional"]);
  const critical = exactObject(document["critical"], "critical", ["type", "image", "identity"]);
  if (critical["type"] !== TYPE) {
    throw malformed(`critical.type: expected ${quote(TYPE)}, found ${quote(critical["type"])}`);
  }
  const image = exactObject(critical["image"], "critical.image", ["docker-manifest-digest"]);
  const identity = exactObject(critical["identity"], "critical.identity", ["docker-reference"]);
  const digest = image["docker-manifest-digest"];
  if (typeof digest !== "string" || !isDigest(digest)) {
    throw malformed(`critical.image.docker-manifest-digest: expected a digest, found ${quote(digest)}`);
  }
  const reference = identity["docker-reference"];
  if (typeof reference !== "string") {
    throw malformed("critical.identity.docker-reference: expected a text");
  }
  return { digest, reference, ...parseOptional(document["optional"]) };
}

/** The bytes to sign. Equal input gives equal bytes. */
export function renderSimpleSigningPayload(payload: SimpleSigningPayload): Uint8Array {
  return Buffer.from(
    JSON.stringify({
      critical: {
        identity: { "docker-reference": payload.reference },
        image: { "docker-manifest-digest": payload.digest },
        type: TYPE,
      },
      optional: {
        ...(payload.creator === undefined ? {} : { creator: payload.creator }),
        ...(payload.timestamp === undefined ? {} : { timestamp: payload.timestamp }),
      },
    }),
  );
}

function parseStrictJson(bytes: Uint8Array): unknown {
  try {
    return parseJsonDocument(bytes, {
      maxBytes: LIMITS.maxSignatureBytes,
      maxDepth: LIMITS.maxJsonDepth,
      code: "MANIFEST_INVALID",
    });
  } catch (error) {
    throw malformed(`the signed content: ${messageOf(error)}`, error);
  }
}

function exactObject(value: unknown, where: string, members: readonly string[]): Readonly<Record<string, unknown>> {
  const object = asObject(value, where);
  const found = Object.keys(object);
  if (found.length !== members.length || !members.every((member) => Object.hasOwn(object, member))) {
    throw malformed(`${where}: expected exactly ${members.join(", ")}, found ${quote(found.join(", "))}`);
  }
  return object;
}

function asObject(value: unknown, where: string): Readonly<Record<string, unknown>> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw malformed(`${where}: expected an object`);
  }
  return value as Readonly<Record<string, unknown>>;
}

/** "Consumers still SHOULD reject signatures where a member of an optional object is supported but the value is recognized as invalid." */
function parseOptional(value: unknown): Pick<SimpleSigningPayload, "creator" | "timestamp"> {
  const optional = asObject(value, "optional");
  const creator = Object.hasOwn(optional, "creator") ? optional["creator"] : undefined;
  const timestamp = Object.hasOwn(optional, "timestamp") ? optional["timestamp"] : undefined;
  if (creator !== undefined && typeof creator !== "string") {
    throw malformed("optional.creator: expected a text");
  }
  if (timestamp !== undefined && (typeof timestamp !== "number" || !Number.isSafeInteger(timestamp))) {
    throw malformed("optional.timestamp: expected a whole number");
  }
  return { creator, timestamp };
}
