// SPDX-License-Identifier: Apache-2.0
import { constants, verify } from "node:crypto";
import type { TufKey } from "./tuf-key.ts";

/** Bytes of r and s together, by curve. */
const RAW_SIGNATURE_BYTES: Readonly<Record<string, number>> = { prime256v1: 64, secp384r1: 96, secp521r1: 132 };

/**
 * Whether the signature of this method is one of the key over the message. A method that is unknown or does not belong to
 * the type of the key is `false`: it never counts.
 */
export function verifySignature(key: TufKey, method: string, signature: Uint8Array, message: Uint8Array): boolean {
  switch (method) {
    case "ecdsa":
      return (key.type === "ecdsa" || key.type === "ecdsa-x509") && verifyEcdsa(key, signature, message);
    case "rsapss":
      return isRsa(key) && verifyPss(key, signature, message);
    case "rsapkcs1v15":
      return (
        isRsa(key) && verify("sha256", message, { key: key.publicKey, padding: constants.RSA_PKCS1_PADDING }, signature)
      );
    case "eddsa":
      return key.type === "ed25519" && verify(null, message, key.publicKey, signature);
    default:
      return false;
  }
}

function isRsa(key: TufKey): boolean {
  return key.type === "rsa" || key.type === "rsa-x509";
}

/** Notary signs r and s side by side; signers with hardware tokens send the DER form, which Notary reads too. */
function verifyEcdsa(key: TufKey, signature: Uint8Array, message: Uint8Array): boolean {
  const rawLength = RAW_SIGNATURE_BYTES[key.curve ?? ""];
  const dsaEncoding = signature.length === rawLength ? "ieee-p1363" : "der";
  return verify("sha256", message, { key: key.publicKey, dsaEncoding }, signature);
}

function verifyPss(key: TufKey, signature: Uint8Array, message: Uint8Array): boolean {
  const padding = constants.RSA_PKCS1_PSS_PADDING;
  return verify("sha256", message, { key: key.publicKey, padding, saltLength: 32 }, signature);
}
