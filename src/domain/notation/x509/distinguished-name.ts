// SPDX-License-Identifier: Apache-2.0
import { ATTRIBUTE_NAMES } from "../trust-policy/subject-pattern.ts";
import { DER, DerReader, malformed, oidText } from "./der-reader.ts";

/** A subject or issuer. */
export interface DistinguishedName {
  /** DER; names are the same when their bytes are. */
  readonly bytes: Uint8Array;
  /** Type (`CN`, … or OID) and value, in the order of the certificate; `undefined` for a value that is not text. */
  readonly attributes: readonly (readonly [type: string, value: string | undefined])[];
}

const MAX_ATTRIBUTES = 64;
const PRINTABLE_STRING = 0x13;
const IA5_STRING = 0x16;
const BMP_STRING = 0x1e;

/** The name in the DER of an RDNSequence. */
export function readDistinguishedName(bytes: Uint8Array, content: Uint8Array): DistinguishedName {
  const attributes: (readonly [string, string | undefined])[] = [];
  const names = new DerReader(content);
  while (!names.isAtEnd) {
    const parts = names.enter(DER.set);
    while (!parts.isAtEnd) {
      const attribute = parts.enter(DER.sequence);
      const oid = oidText(attribute.read(DER.oid));
      const value = attribute.read();
      attribute.end();
      attributes.push([ATTRIBUTE_NAMES[oid] ?? oid, textOf(value.tag, value.content)]);
      if (attributes.length > MAX_ATTRIBUTES) {
        throw malformed(`a name has more than ${MAX_ATTRIBUTES} attributes`);
      }
    }
  }
  return { bytes, attributes };
}

/**
 * Attributes by type, or `undefined` when a type is there twice or a value is not text: then it is not certain what a
 * pattern of the trust policy would be compared with, and notation refuses such a subject too.
 */
export function attributesByType(name: DistinguishedName): ReadonlyMap<string, string> | undefined {
  const byType = new Map<string, string>();
  for (const [type, value] of name.attributes) {
    if (value === undefined || byType.has(type)) {
      return undefined;
    }
    byType.set(type, value);
  }
  return byType;
}

/** `C=US, ST=WA, O=acme` as a trust policy would write it. */
export function renderDistinguishedName(name: DistinguishedName): string {
  return name.attributes.map(([type, value]) => `${type}=${escapeValue(value ?? "?")}`).join(", ");
}

function escapeValue(value: string): string {
  const escaped = value.replaceAll(/["+,;<>\\]/g, "\\$&").replaceAll(/\p{Cc}/gu, "�");
  return escaped.replace(/^[ #]/, "\\$&").replace(/ $/, "\\ ");
}

function textOf(tag: number, content: Uint8Array): string | undefined {
  const bytes = Buffer.from(content.buffer, content.byteOffset, content.length);
  switch (tag) {
    case DER.utf8String: {
      const text = bytes.toString("utf8");
      return Buffer.from(text, "utf8").equals(bytes) ? text : undefined;
    }
    case PRINTABLE_STRING:
    case IA5_STRING: {
      return content.every((octet) => octet < 0x80) ? bytes.toString("latin1") : undefined;
    }
    case BMP_STRING: {
      return content.length % 2 === 0 ? Buffer.from(bytes).swap16().toString("utf16le") : undefined;
    }
    default: {
      return undefined;
    }
  }
}
