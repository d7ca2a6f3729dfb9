// SPDX-License-Identifier: Apache-2.0
import { createPrivateKey, type KeyObject } from "node:crypto";
import { type AnyKeyPacket, enums, generateKey, type PrivateKey } from "openpgp";

/** What a test key is of. `eddsa` is the form that gpg 2.2 writes, `ed25519` and `ed448` that of RFC 9580. */
export type OpenPgpKeyType = "rsa" | "eddsa" | "ecdsa" | "ed25519" | "ed448";

export interface OpenPgpKeyOptions {
  readonly type?: OpenPgpKeyType;
  readonly rsaBits?: number;
  readonly userId?: string;
  readonly createdAt?: Date;
  /** Seconds after its creation. */
  readonly lifetime?: number;
  /** Subkeys that may sign, beside the primary key. */
  readonly subkeys?: number;
}

/** A key that signs in tests: its ring as `openpgp` wrote it, its private part for `node:crypto`. */
export interface OpenPgpTestKey {
  readonly privateKey: PrivateKey;
  /** Armoured public key. */
  readonly armored: string;
  readonly primary: OpenPgpSigner;
  readonly subkeys: readonly OpenPgpSigner[];
}

/** A key packet with the means to sign with it. */
export interface OpenPgpSigner {
  /** Upper-case hexadecimal. */
  readonly fingerprint: string;
  readonly algorithm: number;
  readonly key: KeyObject;
}

const DAY_SECONDS = 86_400;

/** A new key of the wanted kind, created yesterday unless said otherwise. */
export async function createOpenPgpKey(options: OpenPgpKeyOptions = {}): Promise<OpenPgpTestKey> {
  const date = options.createdAt ?? new Date(Date.now() - DAY_SECONDS * 1000);
  const name = options.userId ?? "Test <test@example.test>";
  const { privateKey } = await generateKey({
    ...kindOf(options),
    userIDs: [{ name }],
    date,
    ...(options.lifetime === undefined ? {} : { keyExpirationTime: options.lifetime }),
    subkeys: Array.from({ length: options.subkeys ?? 0 }, () => ({ sign: true })),
    format: "object",
    config: { minRSABits: 512 },
  });
  const [primary, ...subkeys] = [privateKey, ...privateKey.subkeys].map(({ keyPacket }) => toSigner(keyPacket));
  if (primary === undefined) {
    throw new Error("openpgp made no key");
  }
  return { privateKey, armored: privateKey.toPublic().armor(), primary, subkeys };
}

function kindOf({ type = "eddsa", rsaBits = 2048 }: OpenPgpKeyOptions): object {
  switch (type) {
    case "rsa":
      return { type: "rsa", rsaBits };
    case "ecdsa":
      return { type: "ecc", curve: "nistP256" };
    case "eddsa":
      return { type: "ecc", curve: "ed25519Legacy" };
    case "ed25519":
      return { type: "curve25519" };
    case "ed448":
      return { type: "curve448" };
  }
}

interface KeyMaterial {
  readonly algorithm: number;
  readonly publicParams: Readonly<Record<"n" | "e" | "Q" | "A", Uint8Array>>;
  readonly privateParams: Readonly<Record<"d" | "p" | "q" | "seed", Uint8Array>>;
}

/** An unprotected key packet as something that signs. */
export function toSigner(keyPacket: AnyKeyPacket): OpenPgpSigner {
  return {
    fingerprint: keyPacket.getFingerprint().toUpperCase(),
    algorithm: keyPacket.algorithm,
    key: toKeyObject(keyPacket as unknown as KeyMaterial),
  };
}

function toKeyObject({ algorithm, publicParams, privateParams }: KeyMaterial): KeyObject {
  switch (algorithm) {
    case enums.publicKey.rsaEncryptSign:
      return importRsa(publicParams, privateParams);
    case enums.publicKey.ecdsa: {
      const [x, y] = [publicParams.Q.subarray(1, 33), publicParams.Q.subarray(33)];
      return importJwk({ kty: "EC", crv: "P-256", x: base64Url(x), y: base64Url(y), d: base64Url(privateParams.d) });
    }
    case enums.publicKey.eddsaLegacy:
      return importEdwards("Ed25519", publicParams.Q.subarray(1), privateParams.seed);
    case enums.publicKey.ed25519:
      return importEdwards("Ed25519", publicParams.A, privateParams.seed);
    case enums.publicKey.ed448:
      return importEdwards("Ed448", publicParams.A, privateParams.seed);
    default:
      throw new Error(`no test signs with algorithm ${algorithm}`);
  }
}

function importEdwards(crv: string, x: Uint8Array, d: Uint8Array): KeyObject {
  return importJwk({ kty: "OKP", crv, x: base64Url(x), d: base64Url(d) });
}

function importRsa({ n, e }: KeyMaterial["publicParams"], params: KeyMaterial["privateParams"]): KeyObject {
  const [d, p, q] = [params.d, params.p, params.q].map((number) => BigInt(`0x${Buffer.from(number).toString("hex")}`));
  if (d === undefined || p === undefined || q === undefined) {
    throw new Error("the RSA key lacks numbers");
  }
  return importJwk({
    kty: "RSA",
    n: base64Url(n),
    e: base64Url(e),
    d: base64Url(params.d),
    p: base64Url(params.p),
    q: base64Url(params.q),
    dp: base64Url(toBytes(d % (p - 1n))),
    dq: base64Url(toBytes(d % (q - 1n))),
    qi: base64Url(toBytes(inverse(q, p))),
  });
}

/** q⁻¹ mod p by Fermat, since p is prime. */
function inverse(value: bigint, prime: bigint): bigint {
  let [result, base, exponent] = [1n, value % prime, prime - 2n];
  while (exponent > 0n) {
    result = (exponent & 1n) === 1n ? (result * base) % prime : result;
    base = (base * base) % prime;
    exponent >>= 1n;
  }
  return result;
}

function toBytes(value: bigint): Uint8Array {
  const hex = value.toString(16);
  return Buffer.from(hex.padStart(hex.length + (hex.length % 2), "0"), "hex");
}

function importJwk(jwk: Readonly<Record<string, string>>): KeyObject {
  return createPrivateKey({ key: { ...jwk }, format: "jwk" });
}

function base64Url(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("base64url");
}
