// SPDX-License-Identifier: Apache-2.0
import { Buffer } from "node:buffer";
import { LIMITS } from "#base";
import { SimpleSigningError } from "./errors.ts";
import { decodeArmor } from "./remove-armor.ts";

const BEGIN = "-----BEGIN ";
const BASE64 = /^[A-Za-z0-9+/]{4,}={0,2}$/;

/**
 * The binary key rings in a text: one for each armoured block, of which a file may have several one behind the other, or
 * one in base64. Text around the blocks is ignored, as gpg does. Throws `SimpleSigningError`.
 */
export function splitKeyRing(text: string): readonly Uint8Array[] {
  if (text.length > 2 * LIMITS.maxTrustMaterialBytes) {
    throw invalid(`a key ring has more than ${2 * LIMITS.maxTrustMaterialBytes} characters`);
  }
  const [, ...blocks] = text.split(BEGIN);
  return blocks.length === 0 ? [decodeBase64(text)] : blocks.map(decodeBlock);
}

function decodeBlock(block: string): Uint8Array {
  const lines = block.split("\n").map((line) => line.trim());
  if (lines[0] !== "PGP PUBLIC KEY BLOCK-----") {
    throw invalid(`expected a PGP PUBLIC KEY BLOCK, found ${JSON.stringify(lines[0]?.slice(0, 40))}`);
  }
  const end = lines.indexOf("-----END PGP PUBLIC KEY BLOCK-----");
  if (end < 0) {
    throw invalid("a PGP PUBLIC KEY BLOCK has no end");
  }
  return decodeArmor(lines.slice(1, end));
}

function decodeBase64(text: string): Uint8Array {
  const compact = text.replaceAll(/\s/g, "");
  if (!BASE64.test(compact)) {
    throw invalid("expected an armoured key ring, or a binary one in base64");
  }
  return Buffer.from(compact, "base64");
}

function invalid(message: string): SimpleSigningError {
  return new SimpleSigningError("TRUST_MATERIAL_INVALID", message);
}
