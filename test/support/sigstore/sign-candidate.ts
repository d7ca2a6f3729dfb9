// SPDX-License-Identifier: Apache-2.0
import { createHash, createPublicKey, generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import type { Digest } from "#base";
import type { BundleCandidate, LegacyCandidate } from "#cosign";
import type { CertificateOrder } from "./certificate-authority.ts";
import type { PrivateSigstore } from "./private-sigstore.ts";
import type { LogEntry } from "./transparency-log.ts";

/** Who signs: a key, or an identity whose certificate the private Fulcio issues for a key of its own. */
export type Signer =
  | { readonly key: KeyObject; readonly hash?: string }
  | { readonly certificate: Omit<CertificateOrder, "publicKey"> };

/** A signature as cosign would make it, step by step, so that each step can be left out or done wrong. */
export interface SigningOrder {
  readonly signer: Signer;
  /** Default: none for a key, Rekor v1 for a certificate. */
  readonly log?: "v1" | "v2" | "none";
  /** A timestamp of the authority; default: only where the log gives no time. */
  readonly timestamp?: boolean;
  /** What is logged instead of this signature. */
  readonly logged?: { readonly signature?: Buffer; readonly payload?: Buffer; readonly verifier?: Verifier };
  /** What is stamped instead of this signature. */
  readonly stamped?: Buffer;
  readonly mediaType?: string;
  /** Changes the finished bundle. */
  readonly tamper?: (bundle: never) => void;
}

export interface Verifier {
  readonly type: "certificate" | "key";
  readonly der: Buffer;
}

const IN_TOTO = "application/vnd.in-toto+json";

/** The statement that cosign 3 signs for an image. */
export function signStatement(digest: Digest, changes: Record<string, unknown> = {}): Buffer {
  const [algorithm, hex] = digest.split(":");
  return Buffer.from(
    JSON.stringify({
      _type: "https://in-toto.io/Statement/v1",
      subject: [{ name: "", digest: { [algorithm ?? ""]: hex } }],
      predicateType: "https://sigstore.dev/cosign/sign/v1",
      predicate: {},
      ...changes,
    }),
  );
}

/** The payload of a `.sig` layer. */
export function simpleSigningPayload(digest: string, critical: Record<string, unknown> = {}): Buffer {
  return Buffer.from(
    JSON.stringify({
      critical: {
        identity: { "docker-reference": "registry.test/app" },
        image: { "docker-manifest-digest": digest },
        type: "cosign container image signature",
        ...critical,
      },
      optional: null,
    }),
  );
}

/** A bundle with a DSSE envelope around the payload. */
export async function signEnvelope(
  sigstore: PrivateSigstore,
  payload: Buffer,
  order: SigningOrder,
  payloadType: string = IN_TOTO,
): Promise<BundleCandidate> {
  const encoded = preAuthEncoding(payloadType, payload);
  const made = await signWithProofs(sigstore, { payload, signed: encoded, isEnvelope: true }, order);
  const bundle = {
    mediaType: order.mediaType ?? "application/vnd.dev.sigstore.bundle.v0.3+json",
    verificationMaterial: made.material,
    dsseEnvelope: {
      payload: payload.toString("base64"),
      payloadType,
      signatures: [{ sig: made.signature.toString("base64") }],
    },
  };
  order.tamper?.(bundle as never);
  return { kind: "bundle", location: "test", bytes: Buffer.from(JSON.stringify(bundle)) };
}

/** A bundle with a message signature over the artifact, as `cosign sign-blob` makes it. */
export async function signMessage(
  sigstore: PrivateSigstore,
  artifact: Buffer,
  order: SigningOrder,
): Promise<BundleCandidate> {
  const made = await signWithProofs(sigstore, { payload: artifact, signed: artifact, isEnvelope: false }, order);
  const bundle = {
    mediaType: order.mediaType ?? "application/vnd.dev.sigstore.bundle.v0.3+json",
    verificationMaterial: made.material,
    messageSignature: {
      messageDigest: { algorithm: "SHA2_256", digest: sha256(artifact).toString("base64") },
      signature: made.signature.toString("base64"),
    },
  };
  order.tamper?.(bundle as never);
  return { kind: "bundle", location: "test", bytes: Buffer.from(JSON.stringify(bundle)), artifact };
}

/** A layer of a `.sig` tag. `tamper` gets the annotations. */
export async function signLegacy(
  sigstore: PrivateSigstore,
  payload: Buffer,
  order: SigningOrder,
): Promise<LegacyCandidate> {
  const made = await signWithProofs(sigstore, { payload, signed: payload, isEnvelope: false }, order);
  const annotations = {
    "dev.cosignproject.cosign/signature": made.signature.toString("base64"),
    ...legacyProofs(sigstore, made),
  };
  order.tamper?.(annotations as never);
  const mediaType = "application/vnd.dev.cosign.simplesigning.v1+json";
  return { kind: "legacy", location: "test", mediaType, payload, annotations };
}

/** A layer of an `.att` tag: an envelope whose proofs are in annotations. */
export async function signLegacyAttestation(
  sigstore: PrivateSigstore,
  payload: Buffer,
  order: SigningOrder,
): Promise<LegacyCandidate> {
  const encoded = preAuthEncoding(IN_TOTO, payload);
  const made = await signWithProofs(sigstore, { payload, signed: encoded, isEnvelope: true }, order);
  const annotations = { "dev.cosignproject.cosign/signature": "", ...legacyProofs(sigstore, made) };
  order.tamper?.(annotations as never);
  const envelope = {
    payloadType: IN_TOTO,
    payload: payload.toString("base64"),
    signatures: [{ keyid: "", sig: made.signature.toString("base64") }],
  };
  return {
    kind: "legacy",
    location: "test",
    mediaType: "application/vnd.dsse.envelope.v1+json",
    payload: Buffer.from(JSON.stringify(envelope)),
    annotations,
  };
}

interface MadeSignature {
  readonly signature: Buffer;
  readonly certificate: Buffer | undefined;
  readonly entry: LogEntry | undefined;
  readonly timestamp: Buffer | undefined;
  readonly material: Record<string, unknown>;
}

async function signWithProofs(
  sigstore: PrivateSigstore,
  content: { readonly payload: Buffer; readonly signed: Buffer; readonly isEnvelope: boolean },
  order: SigningOrder,
): Promise<MadeSignature> {
  const keys =
    "key" in order.signer
      ? { privateKey: order.signer.key, hash: order.signer.hash }
      : { ...generateKeyPairSync("ec", { namedCurve: "P-256" }), hash: undefined };
  const spki = publicSpki(keys.privateKey);
  const certificate =
    "certificate" in order.signer
      ? await sigstore.authority.issue({ ...order.signer.certificate, publicKey: spki })
      : undefined;
  const signature = sign(keys.hash ?? defaultHash(keys.privateKey), content.signed, keys.privateKey);
  const log = order.log ?? (certificate === undefined ? "none" : "v1");
  const verifier: Verifier =
    order.logged?.verifier ??
    (certificate === undefined ? { type: "key", der: spki } : { type: "certificate", der: certificate });
  const logged = {
    signature: order.logged?.signature ?? signature,
    payload: order.logged?.payload ?? content.payload,
    verifier,
    isEnvelope: content.isEnvelope,
  };
  const entry =
    log === "none" ? undefined : (log === "v1" ? sigstore.rekorV1 : sigstore.rekorV2).append(toEntry(logged, log));
  const timestamp =
    (order.timestamp ?? log === "v2") ? await sigstore.timestamps.stamp(sha256(order.stamped ?? signature)) : undefined;
  const material = {
    ...(certificate === undefined
      ? { publicKey: { hint: sha256(spki).toString("base64") } }
      : { certificate: { rawBytes: certificate.toString("base64") } }),
    tlogEntries: entry === undefined ? [] : [entry],
    timestampVerificationData: {
      rfc3161Timestamps: timestamp === undefined ? [] : [{ signedTimestamp: timestamp.toString("base64") }],
    },
  };
  return { signature, certificate, entry, timestamp, material };
}

/** The entry that Rekor makes of it: `dsse` or `hashedrekord`, in the form of its version. */
export function toEntry(
  logged: {
    readonly signature: Buffer;
    readonly payload: Buffer;
    readonly verifier: Verifier;
    readonly isEnvelope: boolean;
  },
  version: "v1" | "v2",
): { readonly kind: string; readonly apiVersion: string; readonly spec: unknown } {
  const signature = logged.signature.toString("base64");
  const hash = sha256(logged.payload);
  const kind = logged.isEnvelope ? "dsse" : "hashedrekord";
  if (version === "v1") {
    const label = logged.verifier.type === "key" ? "PUBLIC KEY" : "CERTIFICATE";
    const verifier = Buffer.from(toPem(logged.verifier.der, label)).toString("base64");
    const digest = { algorithm: "sha256", value: hash.toString("hex") };
    const spec = logged.isEnvelope
      ? { envelopeHash: digest, payloadHash: digest, signatures: [{ signature, verifier }] }
      : { data: { hash: digest }, signature: { content: signature, publicKey: { content: verifier } } };
    return { kind, apiVersion: "0.0.1", spec };
  }
  const rawBytes = { rawBytes: logged.verifier.der.toString("base64") };
  const verifier = {
    ...(logged.verifier.type === "key" ? { publicKey: rawBytes } : { x509Certificate: rawBytes }),
    keyDetails: "PKIX_ECDSA_P256_SHA_256",
  };
  const data = { algorithm: "SHA2_256", digest: hash.toString("base64") };
  const spec = logged.isEnvelope
    ? { dsseV002: { payloadHash: data, signatures: [{ content: signature, verifier }] } }
    : { hashedRekordV002: { data, signature: { content: signature, verifier } } };
  return { kind, apiVersion: "0.0.2", spec };
}

function legacyProofs(sigstore: PrivateSigstore, made: MadeSignature): Record<string, string> {
  const { entry } = made;
  return {
    ...(made.certificate === undefined
      ? {}
      : {
          "dev.sigstore.cosign/certificate": toPem(made.certificate, "CERTIFICATE"),
          "dev.sigstore.cosign/chain": sigstore.authority.chain.map((der) => toPem(der, "CERTIFICATE")).join(""),
        }),
    ...(entry?.inclusionPromise === undefined
      ? {}
      : {
          "dev.sigstore.cosign/bundle": JSON.stringify({
            SignedEntryTimestamp: entry.inclusionPromise.signedEntryTimestamp,
            Payload: {
              body: entry.canonicalizedBody,
              integratedTime: Number(entry.integratedTime),
              logIndex: Number(entry.logIndex),
              logID: Buffer.from(entry.logId.keyId, "base64").toString("hex"),
            },
          }),
        }),
    ...(made.timestamp === undefined
      ? {}
      : {
          "dev.sigstore.cosign/rfc3161timestamp": JSON.stringify({
            SignedRFC3161Timestamp: made.timestamp.toString("base64"),
          }),
        }),
  };
}

function preAuthEncoding(payloadType: string, payload: Buffer): Buffer {
  const head = `DSSEv1 ${Buffer.byteLength(payloadType)} ${payloadType} ${payload.length} `;
  return Buffer.concat([Buffer.from(head), payload]);
}

export function toPem(der: Buffer, label: string): string {
  const lines = der.toString("base64").match(/.{1,64}/g) ?? [];
  return [`-----BEGIN ${label}-----`, ...lines, `-----END ${label}-----`, ""].join("\n");
}

function publicSpki(privateKey: KeyObject): Buffer {
  return createPublicKey(privateKey.export({ type: "pkcs8", format: "pem" })).export({ type: "spki", format: "der" });
}

function defaultHash(key: KeyObject): string | null {
  switch (key.asymmetricKeyDetails?.namedCurve) {
    case "secp384r1":
      return "sha384";
    case "secp521r1":
      return "sha512";
    default:
      return key.asymmetricKeyType === "ed25519" ? null : "sha256";
  }
}

function sha256(bytes: Uint8Array): Buffer {
  return createHash("sha256").update(bytes).digest();
}
