// SPDX-License-Identifier: Apache-2.0
import { constants, type KeyObject, sign } from "node:crypto";
import { encode, Tag } from "cbor2";
import type { TestCertificate } from "./test-certificate.ts";

/** What is signed, and everything about the envelope that a test may want to be otherwise. */
export interface TestEnvelopeOptions {
  readonly format?: "jws" | "cose";
  readonly digest: string;
  readonly signer: TestCertificate;
  /** Default: the chain of the signer. */
  readonly chain?: readonly Uint8Array[];
  readonly scheme?: string;
  readonly signingTime?: Date;
  readonly expiry?: Date;
  readonly algorithm?: string;
  readonly contentType?: string;
  readonly payload?: Uint8Array | string;
  /** More protected headers; `undefined` removes one. */
  readonly headers?: Readonly<Record<string, unknown>>;
  readonly critical?: readonly string[];
  /** Signs with another key than the certificate's. */
  readonly key?: KeyObject;
  /** Makes the timestamp over the signature. */
  readonly timestamp?: (signature: Uint8Array) => Promise<Uint8Array>;
}

export const JWS_TYPE = "application/jose+json";
export const COSE_TYPE = "application/cose";
const PAYLOAD_TYPE = "application/vnd.cncf.notary.payload.v1+json";

const ALGORITHMS: Readonly<Record<string, { readonly name: string; readonly cose: number; readonly hash: string }>> = {
  "rsa-2048": { name: "PS256", cose: -37, hash: "sha256" },
  "rsa-3072": { name: "PS384", cose: -38, hash: "sha384" },
  "rsa-4096": { name: "PS512", cose: -39, hash: "sha512" },
  "ec-256": { name: "ES256", cose: -7, hash: "sha256" },
  "ec-384": { name: "ES384", cose: -35, hash: "sha384" },
  "ec-521": { name: "ES512", cose: -36, hash: "sha512" },
};

/** An envelope as notation would make it, with the deviations asked for. */
export async function signTestEnvelope(
  options: TestEnvelopeOptions,
): Promise<{ readonly mediaType: string; readonly bytes: Buffer }> {
  return options.format === "cose" ? await signCose(options) : await signJws(options);
}

async function signJws(options: TestEnvelopeOptions): Promise<{ readonly mediaType: string; readonly bytes: Buffer }> {
  const attributes = attributesOf(options, (time) => `${time.toISOString().slice(0, 19)}Z`);
  const header = {
    alg: options.algorithm ?? algorithmOf(options.signer).name,
    cty: options.contentType ?? PAYLOAD_TYPE,
    ...attributes.headers,
    crit: attributes.critical,
    ...options.headers,
  };
  const protectedText = Buffer.from(JSON.stringify(header)).toString("base64url");
  const payload = payloadOf(options).toString("base64url");
  const signature = signBytes(options, Buffer.from(`${protectedText}.${payload}`));
  const timestamp = await options.timestamp?.(signature);
  const envelope = {
    payload,
    protected: protectedText,
    header: {
      x5c: chainOf(options).map((each) => Buffer.from(each).toString("base64")),
      "io.cncf.notary.signingAgent": "haechi test",
      ...(timestamp === undefined
        ? {}
        : { "io.cncf.notary.timestampSignature": Buffer.from(timestamp).toString("base64") }),
    },
    signature: signature.toString("base64url"),
  };
  return { mediaType: JWS_TYPE, bytes: Buffer.from(JSON.stringify(envelope)) };
}

async function signCose(options: TestEnvelopeOptions): Promise<{ readonly mediaType: string; readonly bytes: Buffer }> {
  const attributes = attributesOf(options, (time) => new Tag(1, Math.trunc(time.getTime() / 1_000)));
  const header = new Map<unknown, unknown>([
    [1, options.algorithm === undefined ? algorithmOf(options.signer).cose : Number(options.algorithm)],
    [2, attributes.critical],
    [3, options.contentType ?? PAYLOAD_TYPE],
    ...Object.entries(attributes.headers),
  ]);
  for (const [name, value] of Object.entries(options.headers ?? {})) {
    const label = /^#-?\d+$/.test(name) ? Number(name.slice(1)) : name;
    if (value === undefined) {
      header.delete(label);
    } else {
      header.set(label, value);
    }
  }
  const protectedBytes = encode(header);
  const payload = new Uint8Array(payloadOf(options));
  const signature = signBytes(options, encode(["Signature1", protectedBytes, new Uint8Array(), payload]));
  const timestamp = await options.timestamp?.(signature);
  const unprotected = new Map<unknown, unknown>([
    [33, chainOf(options).map((each) => new Uint8Array(each))],
    ["io.cncf.notary.signingAgent", "haechi test"],
    ...(timestamp === undefined
      ? []
      : [["io.cncf.notary.timestampSignature", new Uint8Array(timestamp)] as [unknown, unknown]]),
  ]);
  const message = new Tag(18, [protectedBytes, unprotected, payload, new Uint8Array(signature)]);
  return { mediaType: COSE_TYPE, bytes: Buffer.from(encode(message)) };
}

function attributesOf(
  options: TestEnvelopeOptions,
  time: (time: Date) => unknown,
): { readonly headers: Readonly<Record<string, unknown>>; readonly critical: readonly string[] } {
  const scheme = options.scheme ?? "notary.x509";
  const isAuthority = scheme === "notary.x509.signingAuthority";
  const timeName = isAuthority ? "io.cncf.notary.authenticSigningTime" : "io.cncf.notary.signingTime";
  const expiry = options.expiry === undefined ? {} : { "io.cncf.notary.expiry": time(options.expiry) };
  const critical = ["io.cncf.notary.signingScheme", ...(isAuthority ? [timeName] : []), ...Object.keys(expiry)];
  return {
    headers: {
      "io.cncf.notary.signingScheme": scheme,
      [timeName]: time(options.signingTime ?? new Date()),
      ...expiry,
    },
    critical: options.critical ?? critical,
  };
}

function payloadOf(options: TestEnvelopeOptions): Buffer {
  const target = { mediaType: "application/vnd.oci.image.manifest.v1+json", digest: options.digest, size: 528 };
  return Buffer.from(options.payload ?? JSON.stringify({ targetArtifact: target }));
}

function chainOf(options: TestEnvelopeOptions): readonly Uint8Array[] {
  return options.chain ?? options.signer.chain.map((each) => each.der);
}

function algorithmOf(signer: TestCertificate): { readonly name: string; readonly cose: number; readonly hash: string } {
  return ALGORITHMS[signer.kind] ?? { name: "none", cose: 0, hash: "sha256" };
}

function signBytes(options: TestEnvelopeOptions, bytes: Uint8Array): Buffer {
  const key = options.key ?? options.signer.privateKey;
  const { hash } = algorithmOf(options.signer);
  if (key.asymmetricKeyType === "ed25519") {
    return sign(null, bytes, key);
  }
  return sign(
    hash,
    bytes,
    key.asymmetricKeyType === "rsa"
      ? { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST }
      : { key, dsaEncoding: "ieee-p1363" },
  );
}
