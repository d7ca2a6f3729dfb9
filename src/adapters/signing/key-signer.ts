// SPDX-License-Identifier: Apache-2.0
import { createHash, createPublicKey, type KeyObject, sign } from "node:crypto";
import type { Signer } from "@sigstore/sign";

/** Names a key as cosign does in a bundle: the SHA-256 of the SPKI in base64. */
export function keyHint(key: KeyObject): string {
  return createHash("sha256")
    .update(createPublicKey(key).export({ type: "spki", format: "der" }))
    .digest("base64");
}

/**
 * Signs with a key at hand. Without a hint, which the library would also write as `keyid` into the envelope, where
 * cosign compares it with a name of another form and refuses the signature.
 */
export function createKeySigner(key: KeyObject): Signer {
  const pem = createPublicKey(key).export({ type: "spki", format: "pem" }).toString();
  const digest = key.asymmetricKeyType === "ed25519" ? null : "sha256";
  return {
    sign: (data) => {
      const signature = sign(digest, data, key);
      return Promise.resolve({ signature, key: { $case: "publicKey", publicKey: pem } });
    },
  };
}
