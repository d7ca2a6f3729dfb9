// SPDX-License-Identifier: Apache-2.0

import { canonicalize } from "@tufjs/canonical-json";
import { type Limits, quote } from "#base";
import { SignatureRejected } from "#signatures";
import {
  type JsonObject,
  parseMetadataJson,
  readField,
  toArray,
  toInteger,
  toObject,
  toText,
} from "./metadata-json.ts";

/** The types of TUF metadata as Notary writes them. */
export type MetadataType = "root" | "timestamp" | "snapshot" | "targets";

/** A metadata file that was read; nothing of it is verified. */
export interface SignedDocument {
  readonly signed: JsonObject;
  readonly signatures: readonly unknown[];
  readonly version: number;
  /** Milliseconds since the epoch. */
  readonly expires: number;
  /** What signatures are made over: canonical JSON of `signed`. */
  readonly message: Buffer;
}

const RFC3339 = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?(?:Z|[+-]\d{2}:\d{2})$/;

/** Reads a metadata file of the type; a file of another type is refused, whoever signed it. */
export function parseSignedDocument(bytes: Uint8Array, type: MetadataType, limits: Limits): SignedDocument {
  if (bytes.length > limits.maxTrustMaterialBytes) {
    throw new SignatureRejected("LIMIT_EXCEEDED", `${bytes.length} bytes, more than ${limits.maxTrustMaterialBytes}`);
  }
  const document = parseMetadataJson(bytes, limits.maxJsonDepth);
  const signed = toObject(readField(document, "signed"), "signed");
  const found = toText(readField(signed, "type"), "_type");
  if (found.toLowerCase() !== type) {
    throw new SignatureRejected("MALFORMED", `expected metadata of type ${type}, found ${quote(found)}`);
  }
  return {
    signed,
    signatures: toArray(readField(document, "signatures"), "signatures"),
    version: toInteger(readField(signed, "version"), "version", 1),
    expires: readTime(readField(signed, "expires")),
    message: toMessage(signed),
  };
}

function readTime(value: unknown): number {
  const text = toText(value, "expires");
  const time = RFC3339.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(time)) {
    throw new SignatureRejected("MALFORMED", `expected an RFC 3339 time for expires, found ${quote(text)}`);
  }
  return time;
}

function toMessage(signed: JsonObject): Buffer {
  try {
    return Buffer.from(canonicalize(signed));
  } catch (error) {
    throw new SignatureRejected("MALFORMED", "signed part has no canonical form", { cause: error });
  }
}
