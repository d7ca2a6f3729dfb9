// SPDX-License-Identifier: Apache-2.0
import { Buffer } from "node:buffer";
import { createHash, type KeyObject } from "node:crypto";
import { TrustedRoot } from "@sigstore/protobuf-specs";
import { type TrustMaterial, toTrustMaterial } from "@sigstore/verify";
import { LIMITS, messageOf } from "#base";
import { assertPlainDocument } from "./assert-plain-document.ts";
import { authorityFault, CODE_SIGNING, extensionFault, TIME_STAMPING } from "./certificate-extensions.ts";
import { CosignError } from "./errors.ts";
import { isSupportedKey } from "./verification-key.ts";
import { WarmCertificate } from "./warm-certificate.ts";

/** A parsed and validated `trusted_root.json`; made once and shared by verifiers. */
export interface SigstoreTrustRoot {
  /** What `@sigstore/verify` works with. */
  readonly material: Omit<TrustMaterial, "publicKey">;
}

type CertificateAuthority = TrustMaterial["certificateAuthorities"][number];
type Log = TrustMaterial["tlogs"][number];

const MEDIA_TYPE = /^application\/vnd\.dev\.sigstore\.trustedroot(?:\+json;version=0\.[12]|\.v0\.[12]\+json)$/;
const MAX_AUTHORITIES = 64;
const MAX_CHAIN = 8;

/**
 * The trust root in the JSON of a `trusted_root.json` (protobuf `dev.sigstore.trustroot.v1.TrustedRoot`). Throws
 * `CosignError` `TRUST_ROOT_INVALID` for more than `LIMITS.maxTrustMaterialBytes`, for anything that does not parse, and
 * for a root that could not be what it says: chains that do not hold together, windows that end before they begin, log
 * ids that are not of their key. The library takes all of that as it comes.
 */
export function parseTrustedRoot(json: string | Uint8Array): SigstoreTrustRoot {
  try {
    return { material: readMaterial(json) };
  } catch (error) {
    throw error instanceof CosignError
      ? error
      : new CosignError("TRUST_ROOT_INVALID", `trusted root cannot be read: ${messageOf(error).slice(0, 200)}`, {
          cause: error,
        });
  }
}

function readMaterial(json: string | Uint8Array): SigstoreTrustRoot["material"] {
  const size = typeof json === "string" ? Buffer.byteLength(json) : json.length;
  if (size > LIMITS.maxTrustMaterialBytes) {
    throw invalid(`expected at most ${LIMITS.maxTrustMaterialBytes} bytes, found ${size}`);
  }
  const text = typeof json === "string" ? json : new TextDecoder("utf-8", { fatal: true }).decode(json);
  const document: unknown = JSON.parse(text);
  assertPlainDocument(document);
  const root = TrustedRoot.fromJSON(document);
  if (!MEDIA_TYPE.test(root.mediaType)) {
    throw invalid(`expected the media type of a trusted root, found ${JSON.stringify(root.mediaType.slice(0, 100))}`);
  }
  for (const list of [root.certificateAuthorities, root.timestampAuthorities, root.tlogs, root.ctlogs]) {
    if (list.length > MAX_AUTHORITIES) {
      throw invalid(`expected at most ${MAX_AUTHORITIES} authorities of a kind, found ${list.length}`);
    }
  }
  const chains = [...root.certificateAuthorities, ...root.timestampAuthorities].map(
    (each) => each.certChain?.certificates.length ?? 0,
  );
  if (chains.some((length) => length === 0 || length > MAX_CHAIN)) {
    throw invalid(`expected chains of one to ${MAX_CHAIN} certificates`);
  }
  for (const log of [...root.tlogs, ...root.ctlogs]) {
    if (log.publicKey?.rawBytes === undefined || (log.logId ?? log.checkpointKeyId) === undefined) {
      throw invalid("expected a public key and an id of each log");
    }
  }
  const { certificateAuthorities, timestampAuthorities, tlogs, ctlogs } = toTrustMaterial(root);
  return {
    certificateAuthorities: certificateAuthorities.map((each) => readSigningAuthority(each)),
    timestampAuthorities: timestampAuthorities.map((each) => readTimestampAuthority(each)),
    tlogs: readLogs(tlogs, isTransparencyLogId),
    ctlogs: readLogs(ctlogs, isKeyHash),
  };
}

function readSigningAuthority(authority: CertificateAuthority): CertificateAuthority {
  const chain = readChain(authority);
  for (const certificate of chain) {
    assertNoFault(authorityFault(certificate, CODE_SIGNING));
  }
  return { certChain: chain, validFor: readWindow(authority.validFor) };
}

function readTimestampAuthority(authority: CertificateAuthority): CertificateAuthority {
  const chain = readChain(authority);
  const [leaf, ...authorities] = chain;
  if (leaf === undefined || authorities.length === 0) {
    throw invalid("expected the chain of a timestamp authority from its own certificate to its root");
  }
  assertNoFault(extensionFault(leaf, "timestamper"));
  for (const certificate of authorities) {
    assertNoFault(authorityFault(certificate, TIME_STAMPING));
  }
  return { certChain: chain, validFor: readWindow(authority.validFor) };
}

/** Each certificate is signed by the next, the last by itself; `trust root` proto: "the last certificate is the trust anchor". */
function readChain(authority: CertificateAuthority): WarmCertificate[] {
  const chain = authority.certChain.map((each) => WarmCertificate.read(each.root.toDER()));
  chain.forEach((certificate, index) => {
    const issuer = chain[index + 1] ?? certificate;
    if (!certificate.issuer.equals(issuer.subject) || !certificate.verify(issuer)) {
      throw invalid("expected certificates in the order of their chain, the last one signed by itself");
    }
    if (!isSupportedKey(certificate.key)) {
      throw invalid("expected RSA, ECDSA or Ed25519 keys in certificates");
    }
    if (!(certificate.notBefore.getTime() <= certificate.notAfter.getTime())) {
      throw invalid("expected certificates that end after they begin");
    }
  });
  return chain;
}

function readLogs(logs: readonly Log[], isIdOf: (id: Buffer, key: KeyObject) => boolean): Log[] {
  const keys = new Map<string, KeyObject>();
  return logs.map((log) => {
    if (!isSupportedKey(log.publicKey)) {
      throw invalid("expected RSA, ECDSA or Ed25519 keys of logs");
    }
    const id = Buffer.from(log.logID);
    if (!isIdOf(id, log.publicKey)) {
      throw invalid(`expected the id of a log to belong to its key, found ${id.toString("hex").slice(0, 64)}`);
    }
    const other = keys.get(id.toString("hex"));
    if (other !== undefined && !other.equals(log.publicKey)) {
      throw invalid("expected different ids of logs with different keys");
    }
    keys.set(id.toString("hex"), log.publicKey);
    // an empty name would be part of every text that is compared with it
    if (log.baseURL === "") {
      throw invalid("expected a base URL of each log");
    }
    return { ...log, logID: id, validFor: readWindow(log.validFor) };
  });
}

/** RFC 6962 3.2: the id of a CT log is the SHA-256 of its key. */
function isKeyHash(id: Buffer, key: KeyObject): boolean {
  return createHash("sha256")
    .update(key.export({ type: "spki", format: "der" }))
    .digest()
    .equals(id);
}

/** Rekor v1 uses the hash of the key, v2 the key id of its signed notes (which also hashes a name), in full or its first four bytes. */
function isTransparencyLogId(id: Buffer): boolean {
  return id.length === 32 || id.length === 4;
}

function readWindow(window: Log["validFor"]): Log["validFor"] {
  if (!(window.start.getTime() <= window.end.getTime())) {
    throw invalid("expected a validity that ends after it begins");
  }
  return window;
}

function assertNoFault(fault: string | undefined): void {
  if (fault !== undefined) {
    throw invalid(`a certificate ${fault}`);
  }
}

function invalid(message: string): CosignError {
  return new CosignError("TRUST_ROOT_INVALID", message);
}
