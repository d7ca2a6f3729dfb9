// SPDX-License-Identifier: Apache-2.0
import {
  DER,
  type DerElement,
  DerReader,
  derBoolean,
  malformed,
  oidText,
  readDerSequence,
  smallInteger,
} from "./der-reader.ts";

/** The extensions that count (RFC 5280 section 4.2.1, RFC 6960 section 4.2.2.2.1); the Notary Project has all others ignored. */
export interface CertificateExtensions {
  readonly basicConstraints?: {
    readonly isCritical: boolean;
    readonly isAuthority: boolean;
    readonly pathLength?: number;
  };
  /** Bits by their number in RFC 5280 section 4.2.1.3, e.g. 0 for digitalSignature. */
  readonly keyUsage?: { readonly isCritical: boolean; readonly bits: ReadonlySet<number> };
  readonly extendedKeyUsage?: { readonly isCritical: boolean; readonly oids: readonly string[] };
  readonly crlUrls: readonly string[];
  readonly ocspUrls: readonly string[];
  /** The responder says that it need not be checked itself (`id-pkix-ocsp-nocheck`). */
  readonly isOcspNoCheck: boolean;
}

const MAX_EXTENSIONS = 64;
const MAX_URLS = 16;
const URI = 0x86;
const OCSP_ACCESS = "1.3.6.1.5.5.7.48.1";

/** The extensions of a certificate; `reader` is over the content of `[3]`, or `undefined` when there are none. */
export function readExtensions(reader: DerReader | undefined): CertificateExtensions {
  const byOid = readExtensionList(reader);
  const constraints = byOid.get("2.5.29.19");
  const usage = byOid.get("2.5.29.15");
  const extended = byOid.get("2.5.29.37");
  const points = byOid.get("2.5.29.31");
  const access = byOid.get("1.3.6.1.5.5.7.1.1");
  return {
    ...(constraints === undefined ? {} : { basicConstraints: readBasicConstraints(constraints) }),
    ...(usage === undefined ? {} : { keyUsage: { isCritical: usage.isCritical, bits: readBits(usage.value) } }),
    ...(extended === undefined
      ? {}
      : { extendedKeyUsage: { isCritical: extended.isCritical, oids: readOids(extended.value) } }),
    crlUrls: points === undefined ? [] : readDistributionPoints(points.value),
    ocspUrls: access === undefined ? [] : readOcspUrls(access.value),
    isOcspNoCheck: byOid.has("1.3.6.1.5.5.7.48.1.5"),
  };
}

/** One extension: DER of its value. */
export interface Extension {
  readonly isCritical: boolean;
  readonly value: Uint8Array;
}

/** Extensions by OID; one that is there twice makes all of them malformed (RFC 5280 section 4.2). */
export function readExtensionList(reader: DerReader | undefined): ReadonlyMap<string, Extension> {
  const byOid = new Map<string, Extension>();
  const list = reader?.enter(DER.sequence);
  reader?.end();
  while (list?.isAtEnd === false) {
    const extension = list.enter(DER.sequence);
    const oid = oidText(extension.read(DER.oid));
    const critical = extension.readOptional(DER.boolean);
    const value = extension.read(DER.octetString).content;
    extension.end();
    if (byOid.has(oid) || byOid.size >= MAX_EXTENSIONS) {
      throw malformed(`extension ${oid} is there twice, or there are more than ${MAX_EXTENSIONS}`);
    }
    byOid.set(oid, { isCritical: critical !== undefined && derBoolean(critical), value });
  }
  return byOid;
}

function readBasicConstraints(extension: Extension): NonNullable<CertificateExtensions["basicConstraints"]> {
  const reader = readDerSequence(extension.value);
  const authority = reader.readOptional(DER.boolean);
  const pathLength = reader.readOptional(DER.integer);
  reader.end();
  return {
    isCritical: extension.isCritical,
    isAuthority: authority !== undefined && derBoolean(authority),
    ...(pathLength === undefined ? {} : { pathLength: smallInteger(pathLength) }),
  };
}

function readBits(value: Uint8Array): ReadonlySet<number> {
  const reader = new DerReader(value);
  const [unused = 8, ...octets] = reader.read(DER.bitString).content;
  reader.end();
  if (unused > 7 || octets.length > 2) {
    throw malformed("a key usage has bits that do not exist");
  }
  const bits = new Set<number>();
  for (let bit = 0; bit < octets.length * 8; bit++) {
    if (((octets[bit >> 3] ?? 0) & (0x80 >> (bit & 7))) !== 0) {
      bits.add(bit);
    }
  }
  return bits;
}

function readOids(value: Uint8Array): readonly string[] {
  const reader = readDerSequence(value);
  const oids: string[] = [];
  while (!reader.isAtEnd && oids.length < MAX_EXTENSIONS) {
    oids.push(oidText(reader.read(DER.oid)));
  }
  reader.end();
  return oids;
}

/** The URIs of the full names of all distribution points; a point without one cannot be asked. */
function readDistributionPoints(value: Uint8Array): readonly string[] {
  const points = readDerSequence(value);
  const urls: string[] = [];
  while (!points.isAtEnd && urls.length < MAX_URLS) {
    const names = points.enter(DER.sequence).enterOptional(0xa0)?.enterOptional(0xa0);
    while (names?.isAtEnd === false) {
      urls.push(...uriOf(names.read()));
    }
  }
  return urls.slice(0, MAX_URLS);
}

function readOcspUrls(value: Uint8Array): readonly string[] {
  const descriptions = readDerSequence(value);
  const urls: string[] = [];
  while (!descriptions.isAtEnd && urls.length < MAX_URLS) {
    const description = descriptions.enter(DER.sequence);
    const method = oidText(description.read(DER.oid));
    const location = description.read();
    urls.push(...(method === OCSP_ACCESS ? uriOf(location) : []));
  }
  return urls;
}

function uriOf(name: DerElement): readonly string[] {
  return name.tag === URI ? [Buffer.from(name.content).toString("latin1")] : [];
}
