// SPDX-License-Identifier: Apache-2.0
import { readKeys } from "openpgp";
import { messageOf } from "#base";
import { SimpleSigningError } from "./errors.ts";
import type { Issuer } from "./parse-signature.ts";
import { PACKET, readPackets } from "./read-packets.ts";
import { type SigningKey, toSigningKeys } from "./signing-key.ts";
import { splitKeyRing } from "./split-key-ring.ts";

/** The keys of a requirement, parsed once. */
export interface KeyRing {
  /** Keys that may have made a signature with that issuer. */
  find(issuer: Issuer): readonly SigningKey[];
  /** Why a part of the ring is not in it. */
  readonly problems: readonly string[];
}

const MAX_KEY_RING_PACKETS = 100_000;

/** The keys in armoured or base64 texts. Never throws: a text that cannot be read is a problem, and the others count. */
export async function readKeyRing(texts: readonly string[]): Promise<KeyRing> {
  const byKeyId = new Map<string, SigningKey[]>();
  const problems: string[] = texts.length === 0 ? ["the requirement has no keys"] : [];
  for (const [index, text] of texts.entries()) {
    try {
      const parts = await Promise.all(splitKeyRing(text).map(readBinaryRing));
      for (const key of parts.flat()) {
        const keyId = key.fingerprint.slice(-16);
        byKeyId.set(keyId, [...(byKeyId.get(keyId) ?? []), key]);
      }
    } catch (error) {
      problems.push(`key ring ${index + 1} cannot be read: ${messageOf(error)}`);
    }
  }
  return {
    problems,
    find({ keyId, fingerprint }): readonly SigningKey[] {
      const keys = byKeyId.get(keyId) ?? [];
      return fingerprint === undefined ? keys : keys.filter((key) => key.fingerprint === fingerprint);
    },
  };
}

/** `openpgp` leaves out keys of a form that it does not know, without a word: whoever lists a key must learn of that. */
async function readBinaryRing(binary: Uint8Array): Promise<readonly SigningKey[]> {
  const packets = readPackets(binary, MAX_KEY_RING_PACKETS);
  if (packets.some(({ tag }) => tag === PACKET.secretKey || tag === PACKET.secretSubkey)) {
    throw new SimpleSigningError("TRUST_MATERIAL_INVALID", "a private key does not belong into a policy");
  }
  const primaries = packets.filter(({ tag }) => tag === PACKET.publicKey);
  const keys = await readKeys({ binaryKeys: binary });
  if (primaries.length === 0 || keys.length !== primaries.length) {
    throw new SimpleSigningError(
      "TRUST_MATERIAL_INVALID",
      `expected ${Math.max(1, primaries.length)} keys of version 4, could read ${keys.length}`,
    );
  }
  return keys.flatMap(toSigningKeys);
}
