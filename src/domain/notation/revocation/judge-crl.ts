// SPDX-License-Identifier: Apache-2.0
import { SignatureRejected } from "#signatures";
import type { Certificate } from "../x509/certificate.ts";
import { bitStringBytes, DER, DerReader, derBoolean, readDerSequence, timeMs } from "../x509/der-reader.ts";
import { type Extension, readExtensionList } from "../x509/extensions.ts";
import { isSigned } from "../x509/verify-signed.ts";
import { MAX_CLOCK_SKEW_MS, type RevocationStatus, unknownStatus } from "./revocation-status.ts";

/** A base CRL whose signature holds. */
interface RevocationList {
  readonly thisUpdate: number;
  readonly nextUpdate: number | undefined;
  /** Content of `revokedCertificates`. */
  readonly entries: Uint8Array;
  readonly extensions: ReadonlyMap<string, Extension>;
  /**
   * What was looked up, by serial number. Lists have no index, and one trusted signature can be attached many times: each
   * copy would read all of a list of megabytes again.
   */
  readonly lookedUp: Map<string, RevokedEntry | undefined>;
}

interface RevokedEntry {
  readonly invalidFrom: number | undefined;
}

/** Serial numbers remembered for a list; an attacker who has that many certificates of one authority gains a slow look-up. */
const MAX_LOOKED_UP = 1_000;

const OID = {
  invalidityDate: "2.5.29.24",
  issuingDistributionPoint: "2.5.29.28",
  freshestCrl: "2.5.29.46",
} as const;
const CRL_SIGN = 6;
const URI = 0x86;

/** Lists that were read, by the very bytes: a source that keeps a list saves reading it again. */
const readLists = new WeakMap<Uint8Array, { readonly issuer: string; readonly list: RevocationList }>();

/**
 * What the list says of the certificate (RFC 5280 section 6.3, without delta and indirect lists). The signature is
 * checked before an entry is looked at. `signedAt` is trusted time: a revocation whose invalidity date lies after it
 * does not concern the signature. Never throws for the bytes.
 */
export function judgeCrl(
  bytes: Uint8Array,
  asked: {
    readonly certificate: Certificate;
    readonly issuer: Certificate;
    readonly now: number;
    readonly signedAt?: number | undefined;
  },
): RevocationStatus {
  const { certificate, issuer, now } = asked;
  try {
    const list = readList(bytes, issuer);
    const scope = outOfScope(list, certificate);
    if (scope !== undefined) {
      return unknownStatus(scope);
    }
    if (list.thisUpdate > now + MAX_CLOCK_SKEW_MS || list.nextUpdate === undefined) {
      return unknownStatus("the revocation list is from the future or does not say until when it holds");
    }
    const isRevoked = isListed(list, certificate, asked.signedAt);
    // A list that has ended still proves what is in it, but not what is not.
    if (!isRevoked && list.nextUpdate < now) {
      return unknownStatus("the revocation list has ended");
    }
    return { state: isRevoked ? "revoked" : "good", ...(list.nextUpdate < now ? {} : { until: list.nextUpdate }) };
  } catch (error) {
    if (error instanceof SignatureRejected) {
      return unknownStatus(`the revocation list cannot be used: ${error.message}`);
    }
    throw error;
  }
}

function readList(bytes: Uint8Array, issuer: Certificate): RevocationList {
  const known = readLists.get(bytes);
  if (known !== undefined && known.issuer === issuer.fingerprint) {
    return known.list;
  }
  const outer = readDerSequence(bytes);
  const tbs = outer.read(DER.sequence);
  const algorithm = outer.read(DER.sequence).content;
  const signature = bitStringBytes(outer.read(DER.bitString));
  outer.end();
  const reader = new DerReader(tbs.content);
  reader.readOptional(DER.integer);
  reader.read(DER.sequence);
  const name = reader.read(DER.sequence).bytes;
  const isByIssuer = Buffer.compare(name, issuer.subject.bytes) === 0 && issuer.keyUsage?.bits.has(CRL_SIGN) === true;
  if (!isByIssuer || !isSigned({ data: tbs.bytes, algorithm, signature }, issuer.publicKey)) {
    throw new SignatureRejected("SIGNATURE_INVALID", "it is not signed by the issuer of the certificate");
  }
  const list = readFields(reader);
  readLists.set(bytes, { issuer: issuer.fingerprint, list });
  return list;
}

function readFields(reader: DerReader): RevocationList {
  const thisUpdate = timeMs(reader.read(DER.utcTime, DER.generalizedTime));
  const isNextThere = reader.peek() === DER.utcTime || reader.peek() === DER.generalizedTime;
  const nextUpdate = isNextThere ? timeMs(reader.read()) : undefined;
  const entries = reader.readOptional(DER.sequence)?.content ?? new Uint8Array();
  const extensions = readExtensionList(reader.enterOptional(0xa0));
  reader.end();
  return { thisUpdate, nextUpdate, entries, extensions, lookedUp: new Map() };
}

/** Why the list does not speak about the certificate, or not fully. */
function outOfScope(list: RevocationList, certificate: Certificate): string | undefined {
  for (const [oid, extension] of list.extensions) {
    if (extension.isCritical && oid !== OID.issuingDistributionPoint) {
      return `the revocation list has the critical extension ${oid}, which is not supported`;
    }
  }
  if (list.extensions.has(OID.freshestCrl)) {
    return "the revocation list is completed by delta lists, which are not supported";
  }
  const point = list.extensions.get(OID.issuingDistributionPoint);
  return point === undefined || isPointFor(point.value, certificate)
    ? undefined
    : "the revocation list is for other certificates (issuing distribution point)";
}

/**
 * RFC 5280 section 5.2.5. Authorities split their lists; without this check whoever is on the way could hand out
 * another part of it, in which the certificate is not listed.
 */
function isPointFor(value: Uint8Array, certificate: Certificate): boolean {
  const reader = readDerSequence(value);
  const names = reader.enterOptional(0xa0);
  const isUserOnly = readFlag(reader, 0x81);
  const isAuthorityOnly = readFlag(reader, 0x82);
  const someReasons = reader.readOptional(0x83);
  const isIndirect = readFlag(reader, 0x84);
  const isAttributeOnly = readFlag(reader, 0x85);
  reader.end();
  const isAuthority = certificate.basicConstraints?.isAuthority === true;
  const isWrongKind = isAuthority ? isUserOnly : isAuthorityOnly;
  if (isWrongKind || isIndirect || isAttributeOnly || someReasons !== undefined) {
    return false;
  }
  if (names === undefined) {
    return true;
  }
  const urls = names.enterOptional(0xa0);
  while (urls?.isAtEnd === false) {
    const name = urls.read();
    if (name.tag === URI && certificate.crlUrls.includes(Buffer.from(name.content).toString("latin1"))) {
      return true;
    }
  }
  return false;
}

function readFlag(reader: DerReader, tag: number): boolean {
  const flag = reader.readOptional(tag);
  return flag !== undefined && derBoolean(flag);
}

function isListed(list: RevocationList, certificate: Certificate, signedAt: number | undefined): boolean {
  const serial = Buffer.from(certificate.serialNumber).toString("hex");
  if (!list.lookedUp.has(serial)) {
    if (list.lookedUp.size >= MAX_LOOKED_UP) {
      list.lookedUp.clear();
    }
    list.lookedUp.set(serial, findEntry(list.entries, certificate.serialNumber));
  }
  const entry = list.lookedUp.get(serial);
  const isLater = entry?.invalidFrom !== undefined && signedAt !== undefined && signedAt < entry.invalidFrom;
  return entry !== undefined && !isLater;
}

function findEntry(bytes: Uint8Array, serialNumber: Uint8Array): RevokedEntry | undefined {
  const entries = new DerReader(bytes);
  while (!entries.isAtEnd) {
    const entry = entries.enter(DER.sequence);
    if (Buffer.compare(entry.read(DER.integer).content, serialNumber) === 0) {
      entry.read(DER.utcTime, DER.generalizedTime);
      return { invalidFrom: entry.isAtEnd ? undefined : readInvalidityDate(entry) };
    }
  }
  return undefined;
}

function readInvalidityDate(entry: DerReader): number | undefined {
  const list = new DerReader(entry.read(DER.sequence).bytes);
  for (const [oid, extension] of readExtensionList(list)) {
    if (oid === OID.invalidityDate) {
      return timeMs(new DerReader(extension.value).read(DER.generalizedTime));
    }
    if (extension.isCritical) {
      throw new SignatureRejected("UNSUPPORTED", `an entry has the critical extension ${oid}`);
    }
  }
  return undefined;
}
