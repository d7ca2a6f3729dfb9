// SPDX-License-Identifier: Apache-2.0
import { createPublicKey } from "node:crypto";

/** A delegation role is `targets/<name>`: a name with a slash would be another role. */
export function isSignerName(name: string): boolean {
  return /^[\x21-\x7e]{1,255}$/.test(name.trim()) && !name.includes("/");
}

/** Armoured, or base64 of a binary key ring. */
export function isKeyRing(text: string): boolean {
  return text.includes("-----BEGIN PGP PUBLIC KEY BLOCK-----") || /^[A-Za-z0-9+/]{40,}={0,2}$/.test(text);
}

/** PEM `PUBLIC KEY`, or a certificate, whose key counts. */
export function isPublicKey(pem: string): boolean {
  if (pem.length > 65_536 || pem.includes("PRIVATE KEY")) {
    return false;
  }
  try {
    createPublicKey(pem);
    return true;
  } catch {
    return false;
  }
}
