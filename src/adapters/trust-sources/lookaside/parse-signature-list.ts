// SPDX-License-Identifier: Apache-2.0
import { LIMITS } from "#base";
import { parseJsonDocument } from "#oci";

const VERSION = 2;
const ATOMIC = "atomic";
const BASE64 = /^[A-Za-z0-9+/]*={0,2}$/;

/**
 * The simple signatures in an answer of the signature extension: `{ signatures: [{ schemaVersion: 2, name, type:
 * "atomic", content: <base64> }] }`. Entries of another version or type are other kinds of signatures and left out.
 * Throws for bytes that are not such an answer.
 */
export function parseSignatureList(bytes: Uint8Array): readonly Uint8Array[] {
  const document = parseJsonDocument(bytes, {
    maxBytes: LIMITS.maxManifestBytes,
    maxDepth: LIMITS.maxJsonDepth,
    code: "MANIFEST_INVALID",
  });
  const list = isRecord(document) ? document["signatures"] : undefined;
  // an empty list of Go is null
  if (list === null) {
    return [];
  }
  if (!Array.isArray(list)) {
    throw new Error("expected a list of signatures");
  }
  return list.flatMap((entry: unknown) => {
    if (!isRecord(entry)) {
      throw new Error("expected a list of objects");
    }
    const { schemaVersion, type, content } = entry;
    if (schemaVersion !== VERSION || type !== ATOMIC) {
      return [];
    }
    if (typeof content !== "string" || !BASE64.test(content)) {
      throw new Error("expected the content of a signature in base64");
    }
    return [Buffer.from(content, "base64")];
  });
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
