// SPDX-License-Identifier: Apache-2.0
import { quote } from "#base";
import { SignatureRejected } from "#signatures";
import type { SignedAttributes } from "./envelope.ts";

/** Names that both envelope formats use. */
export const ATTRIBUTE = {
  scheme: "io.cncf.notary.signingScheme",
  signingTime: "io.cncf.notary.signingTime",
  authenticSigningTime: "io.cncf.notary.authenticSigningTime",
  expiry: "io.cncf.notary.expiry",
  timestamp: "io.cncf.notary.timestampSignature",
} as const;

/** The protected headers beside algorithm and content type, with times already in milliseconds. */
export interface RawAttributes {
  /** Every protected header's name. */
  readonly names: readonly string[];
  /** Names in `crit`; `undefined` when there is no such list. */
  readonly critical: readonly string[] | undefined;
  readonly scheme: unknown;
  readonly signingTime: number | undefined;
  readonly authenticSigningTime: number | undefined;
  readonly expiry: number | undefined;
}

/**
 * The attributes, where each is where the scheme wants it and nowhere else, and everything that must be critical is in
 * `crit`: a signer's client that did not mark it would let an older verifier pass over an expiry. Throws
 * `SignatureRejected` (MALFORMED).
 */
export function readSignedAttributes(raw: RawAttributes): SignedAttributes {
  const { scheme, critical = [] } = raw;
  if (scheme !== "notary.x509" && scheme !== "notary.x509.signingAuthority") {
    throw malformed(`signing scheme ${typeof scheme === "string" ? quote(scheme) : "of no text"} is not defined`);
  }
  const isAuthority = scheme === "notary.x509.signingAuthority";
  const signingTime = isAuthority ? raw.authenticSigningTime : raw.signingTime;
  const misplaced = isAuthority ? raw.signingTime : raw.authenticSigningTime;
  if (signingTime === undefined || misplaced !== undefined) {
    throw malformed(`the signing time is missing or is not the one of scheme ${scheme}`);
  }
  const known = [
    ATTRIBUTE.scheme,
    ...(isAuthority ? [ATTRIBUTE.authenticSigningTime] : []),
    ...(raw.expiry === undefined ? [] : [ATTRIBUTE.expiry]),
  ];
  for (const name of known) {
    if (!critical.includes(name)) {
      throw malformed(`${name} must be listed as critical`);
    }
  }
  for (const name of critical) {
    if (!raw.names.includes(name) || critical.indexOf(name) !== critical.lastIndexOf(name)) {
      throw malformed(`${quote(name)} is listed as critical and is not there, or is listed twice`);
    }
  }
  return {
    scheme,
    signingTime,
    ...(raw.expiry === undefined ? {} : { expiry: raw.expiry }),
    unknownCritical: critical.filter((name) => !(known as readonly string[]).includes(name)),
  };
}

export function malformed(message: string): SignatureRejected {
  return new SignatureRejected("MALFORMED", `not a signature envelope of the Notary Project: ${message}`);
}
