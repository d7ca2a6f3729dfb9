// SPDX-License-Identifier: Apache-2.0
import { createPrivateKey, type KeyObject } from "node:crypto";
import { decryptCosignKey, isCosignKey } from "./cosign-key-file.ts";
import { SigningError } from "./errors.ts";

const MAX_PEM_LENGTH = 65_536;

/**
 * The private key in a PEM text: PKCS #8, plain or encrypted, SEC 1 and PKCS #1 as OpenSSL writes them, or cosign's own
 * encrypted form. Throws `KEY_INVALID`, or `KEY_PASSWORD_WRONG` also when a password is needed and none is given.
 */
export async function parsePrivateKey(pem: string, password: string | undefined): Promise<KeyObject> {
  if (pem.length > MAX_PEM_LENGTH) {
    throw new SigningError("KEY_INVALID", `expected a key of at most ${MAX_PEM_LENGTH} characters`);
  }
  if (isCosignKey(pem)) {
    if (password === undefined) {
      throw new SigningError("KEY_PASSWORD_WRONG", "the key is encrypted; expected a password in COSIGN_PASSWORD");
    }
    const der = await decryptCosignKey(pem, password);
    return assertUsable(readKey(() => createPrivateKey({ key: Buffer.from(der), format: "der", type: "pkcs8" })));
  }
  if (/^-----BEGIN ENCRYPTED PRIVATE KEY-----/m.test(pem)) {
    if (password === undefined) {
      throw new SigningError("KEY_PASSWORD_WRONG", "the key is encrypted; expected a password in COSIGN_PASSWORD");
    }
    return assertUsable(decryptPem(pem, password));
  }
  return assertUsable(readKey(() => createPrivateKey({ key: pem, format: "pem" })));
}

function decryptPem(pem: string, password: string): KeyObject {
  try {
    return createPrivateKey({ key: pem, format: "pem", passphrase: password });
  } catch (error) {
    // OpenSSL does not tell a wrong password from a broken key
    throw new SigningError("KEY_PASSWORD_WRONG", "the password of the key is wrong", { cause: error });
  }
}

function readKey(read: () => KeyObject): KeyObject {
  try {
    return read();
  } catch (error) {
    throw new SigningError("KEY_INVALID", "expected a private key in PEM (PKCS #8, or as cosign writes it)", {
      cause: error,
    });
  }
}

/** What cosign can verify by a key. */
function assertUsable(key: KeyObject): KeyObject {
  const { asymmetricKeyType: type, asymmetricKeyDetails: details } = key;
  const isUsable =
    (type === "ec" && ["prime256v1", "secp384r1", "secp521r1"].includes(details?.namedCurve ?? "")) ||
    (type === "rsa" && (details?.modulusLength ?? 0) >= 2048) ||
    type === "ed25519";
  if (!isUsable) {
    const found = `${type ?? "unknown"} ${details?.namedCurve ?? details?.modulusLength ?? ""}`.trim();
    throw new SigningError(
      "KEY_INVALID",
      `expected ECDSA on a NIST curve, RSA from 2048 bits or Ed25519, found ${found}`,
    );
  }
  return key;
}
