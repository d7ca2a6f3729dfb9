// SPDX-License-Identifier: Apache-2.0

import type { Limits } from "#base";
import { SignatureRejected } from "#signatures";
import type { KeyRing } from "./key-ring.ts";
import {
  type JsonObject,
  readEntry,
  readField,
  toArray,
  toBytes,
  toInteger,
  toObject,
  toText,
} from "./metadata-json.ts";
import type { SignedDocument } from "./signed-document.ts";
import type { TufKey } from "./tuf-key.ts";
import { verifySignature } from "./verify-signature.ts";

/** What reading of metadata needs besides the bytes. */
export interface Reading {
  readonly limits: Limits;
  readonly keyRing: KeyRing;
}

/** Who may sign a file, as its parent says. */
export interface RoleKeys {
  readonly name: string;
  readonly keyIds: readonly string[];
  readonly threshold: number;
  /** The parent's `keys`, by id; read when a signature names one. */
  readonly keys: JsonObject;
  readonly keyRing: KeyRing;
  /** What a key must fulfil beyond being listed. */
  readonly accepts?: (key: TufKey) => boolean;
}

/** Reads `keyids` and `threshold` of a role. */
export function parseRoleKeys(
  name: string,
  role: JsonObject,
  { keys, limits, keyRing }: Reading & { readonly keys: JsonObject },
): RoleKeys {
  const keyIds = toArray(readField(role, "keyids"), "keyids").map((id) => toText(id, "keyids"));
  if (keyIds.length > limits.maxSignatures) {
    throw new SignatureRejected("LIMIT_EXCEEDED", `${name} has more than ${limits.maxSignatures} keys`);
  }
  return { name, keyIds, threshold: toInteger(readField(role, "threshold"), "threshold", 1), keys, keyRing };
}

/** The key of the id, if the role has it and it can sign at all. */
function keyOfRole(role: RoleKeys, keyId: string): TufKey | undefined {
  const value = role.keyIds.includes(keyId) ? readEntry(role.keys, keyId) : undefined;
  const key = value === undefined ? undefined : role.keyRing.parse(keyId, value);
  return key !== undefined && role.accepts?.(key) !== false ? key : undefined;
}

/** All keys of the role that can sign. */
export function keysOfRole(role: RoleKeys): readonly TufKey[] {
  return role.keyIds.flatMap((id) => keyOfRole(role, id) ?? []);
}

/**
 * The keys of the role that signed the document. Each key counts once, however often it signed and under however many ids
 * it is listed: keys are compared, not ids. Throws `THRESHOLD_NOT_MET` for too few, `LIMIT_EXCEEDED` for more signatures by
 * known keys than are looked at.
 */
export function verifyThreshold(document: SignedDocument, role: RoleKeys, limits: Limits): readonly TufKey[] {
  const signers: TufKey[] = [];
  let tried = 0;
  for (const value of document.signatures) {
    const signature = toObject(value, "signature");
    const keyId = toText(readField(signature, "keyid"), "keyid");
    const key = signers.some((each) => each.id === keyId) ? undefined : keyOfRole(role, keyId);
    if (key === undefined) {
      continue;
    }
    tried += 1;
    if (tried > limits.maxSignatures) {
      throw new SignatureRejected("LIMIT_EXCEEDED", `${role.name} has more than ${limits.maxSignatures} signatures`);
    }
    if (holds(key, signature, document.message) && !signers.some((each) => each.publicKey.equals(key.publicKey))) {
      signers.push(key);
    }
  }
  if (signers.length < role.threshold) {
    throw new SignatureRejected(
      "THRESHOLD_NOT_MET",
      `${role.name} needs signatures by ${role.threshold} different keys, found ${signers.length}`,
    );
  }
  return signers;
}

function holds(key: TufKey, signature: JsonObject, message: Uint8Array): boolean {
  const method = toText(readField(signature, "method"), "method").toLowerCase();
  return verifySignature(key, method, toBytes(readField(signature, "sig"), "sig"), message);
}
