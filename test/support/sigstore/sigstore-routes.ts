// SPDX-License-Identifier: Apache-2.0
import { createHash, createPublicKey } from "node:crypto";
import { Pkcs10CertificateRequest } from "@peculiar/x509";
import { X509Certificate } from "@sigstore/core";
import { decodeJwt } from "jose";
import * as pkijs from "pkijs";
import type { CertificateOrder } from "./certificate-authority.ts";
import type { PrivateSigstore } from "./private-sigstore.ts";
import { toEntry, toPem, type Verifier } from "./sign-candidate.ts";
import type { LogEntry } from "./transparency-log.ts";

export interface Answer {
  readonly status: number;
  readonly type: string;
  readonly body: string | Buffer;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface Request {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Buffer;
}

/** What the services do wrong on demand; changed while they run. */
export interface Faults {
  /** Merged into each order of a certificate. */
  certificate?: Partial<Omit<CertificateOrder, "publicKey">>;
  /** SPKI (DER): Fulcio issues for this key, whichever was asked for. */
  certificateKey?: Buffer;
  /** Fulcio refuses with this text. */
  refusal?: string;
  /** Rekor v1 logs this, whatever was proposed. */
  logged?: ProposedEntry;
}

/** Fulcio: `POST /api/v2/signingCert`, and version 1 of the API, which cosign uses for its older format. */
export async function answerFulcio(sigstore: PrivateSigstore, request: Request, faults: Faults): Promise<Answer> {
  if (faults.refusal !== undefined) {
    return json(400, { code: 3, message: faults.refusal });
  }
  const body = JSON.parse(String(request.body)) as FulcioRequest;
  const isV1 = request.path.startsWith("/api/v1/");
  // cosign sends the token in the header, other clients of version 2 in the body
  const header = /^Bearer (\S+)$/.exec(String(request.headers["authorization"]))?.[1];
  const token = body.credentials?.oidcIdentityToken ?? header;
  const claims = decodeJwt(String(token));
  const certificate = await sigstore.authority.issue({
    subject: typeof claims["email"] === "string" ? claims["email"] : String(claims.sub),
    issuer: String(claims.iss),
    ...faults.certificate,
    publicKey: faults.certificateKey ?? requestedKey(body),
  });
  const certificates = [certificate, ...sigstore.authority.chain].map((der) => toPem(der, "CERTIFICATE"));
  return isV1
    ? { status: 201, type: "application/pem-certificate-chain", body: certificates.join("") }
    : json(200, { signedCertificateEmbeddedSct: { chain: { certificates } } });
}

interface FulcioRequest {
  readonly credentials?: { readonly oidcIdentityToken: string };
  readonly publicKeyRequest?: { readonly publicKey: { readonly content: string } };
  readonly certificateSigningRequest?: string;
  readonly publicKey?: { readonly content: string };
}

function requestedKey(body: FulcioRequest): Buffer {
  const pem = body.publicKeyRequest?.publicKey.content;
  if (pem !== undefined) {
    return createPublicKey(pem).export({ type: "spki", format: "der" });
  }
  if (body.publicKey !== undefined) {
    return Buffer.from(body.publicKey.content, "base64");
  }
  const text = Buffer.from(body.certificateSigningRequest ?? "", "base64").toString("utf8");
  return Buffer.from(new Pkcs10CertificateRequest(text).publicKey.rawData);
}

/** Rekor v1: `POST /api/v1/log/entries` with a proposed entry, which the log brings into its canonical form. */
export function answerRekorV1(sigstore: PrivateSigstore, request: Request, faults: Faults = {}): Answer {
  const log = sigstore.rekorV1;
  if (request.path === "/api/v1/log/publicKey") {
    return {
      status: 200,
      type: "application/x-pem-file",
      body: String(log.publicKey.export({ type: "spki", format: "pem" })),
    };
  }
  const entry = log.append(faults.logged ?? toCanonicalEntry(JSON.parse(String(request.body)) as ProposedEntry));
  const id = createHash("sha256").update(entry.canonicalizedBody).digest("hex");
  return {
    ...json(201, { [id]: toRekorV1Answer(entry) }),
    headers: { location: `/api/v1/log/entries/${id}`, etag: id },
  };
}

export interface ProposedEntry {
  readonly kind: string;
  readonly apiVersion: string;
  readonly spec: {
    readonly proposedContent?: { readonly envelope: string; readonly verifiers: readonly string[] };
    readonly payloadHash?: unknown;
    readonly signatures?: readonly unknown[];
  };
}

function toCanonicalEntry(proposed: ProposedEntry): ProposedEntry {
  if (proposed.kind !== "dsse") {
    return proposed;
  }
  const { envelope = "{}", verifiers = [] } = proposed.spec.proposedContent ?? {};
  const parsed = JSON.parse(envelope) as { payload: string; signatures: { sig: string }[] };
  const spec = {
    envelopeHash: { algorithm: "sha256", value: sha256Hex(envelope) },
    payloadHash: { algorithm: "sha256", value: sha256Hex(Buffer.from(parsed.payload, "base64")) },
    signatures: parsed.signatures.map(({ sig }) => ({ signature: sig, verifier: verifiers[0] })),
  };
  return { ...proposed, spec: spec as ProposedEntry["spec"] };
}

function toRekorV1Answer(entry: LogEntry): unknown {
  const { inclusionProof } = entry;
  return {
    body: entry.canonicalizedBody,
    integratedTime: Number(entry.integratedTime),
    logID: Buffer.from(entry.logId.keyId, "base64").toString("hex"),
    logIndex: Number(entry.logIndex),
    verification: {
      signedEntryTimestamp: entry.inclusionPromise?.signedEntryTimestamp,
      inclusionProof: {
        logIndex: Number(inclusionProof.logIndex),
        treeSize: Number(inclusionProof.treeSize),
        rootHash: Buffer.from(inclusionProof.rootHash, "base64").toString("hex"),
        hashes: inclusionProof.hashes.map((hash) => Buffer.from(hash, "base64").toString("hex")),
        checkpoint: inclusionProof.checkpoint.envelope,
      },
    },
  };
}

/** Rekor v2: `POST /api/v2/log/entries`, answered with the entry as bundles keep it. */
export function answerRekorV2(sigstore: PrivateSigstore, request: Request): Answer {
  const body = JSON.parse(String(request.body)) as RekorV2Request;
  const { dsseRequestV002: dsse, hashedRekordRequestV002: hashed } = body;
  if (dsse !== undefined) {
    const payload = Buffer.from(dsse.envelope.payload, "base64");
    const signature = Buffer.from(dsse.envelope.signatures[0]?.sig ?? "", "base64");
    const verifier = toVerifier(dsse.verifiers[0]);
    return json(201, sigstore.rekorV2.append(toEntry({ signature, payload, verifier, isEnvelope: true }, "v2")));
  }
  const spec = {
    hashedRekordV002: {
      data: { algorithm: "SHA2_256", digest: hashed?.digest },
      signature: hashed?.signature,
    },
  };
  return json(201, sigstore.rekorV2.append({ kind: "hashedrekord", apiVersion: "0.0.2", spec }));
}

interface RekorV2Request {
  readonly dsseRequestV002?: {
    readonly envelope: { readonly payload: string; readonly signatures: readonly { readonly sig: string }[] };
    readonly verifiers: readonly RekorV2Verifier[];
  };
  readonly hashedRekordRequestV002?: { readonly digest: string; readonly signature: unknown };
}

interface RekorV2Verifier {
  readonly x509Certificate?: { readonly rawBytes: string };
  readonly publicKey?: { readonly rawBytes: string };
}

function toVerifier(verifier: RekorV2Verifier | undefined): Verifier {
  const certificate = verifier?.x509Certificate?.rawBytes;
  return certificate === undefined
    ? { type: "key", der: Buffer.from(verifier?.publicKey?.rawBytes ?? "", "base64") }
    : { type: "certificate", der: X509Certificate.parse(Buffer.from(certificate, "base64")).root.toDER() };
}

/** RFC 3161 3.4: a TimeStampReq in, a TimeStampResp out. */
export async function answerTimestamp(sigstore: PrivateSigstore, request: Request): Promise<Answer> {
  const query = pkijs.TimeStampReq.fromBER(new Uint8Array(request.body).buffer);
  const nonce = query.nonce?.valueBlock.valueHexView;
  const body = await sigstore.timestamps.stamp(
    Buffer.from(query.messageImprint.hashedMessage.valueBlock.valueHexView),
    {
      withCertificates: query.certReq ?? false,
      ...(nonce === undefined ? {} : { nonce: Number(BigInt(`0x${Buffer.from(nonce).toString("hex")}`)) }),
    },
  );
  return { status: 201, type: "application/timestamp-reply", body };
}

export function json(status: number, value: unknown): Answer {
  return { status, type: "application/json", body: JSON.stringify(value) };
}

function sha256Hex(bytes: string | Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}
