// SPDX-License-Identifier: Apache-2.0
import { SignatureRejected } from "#signatures";
import { checkNotRevoked, revocationOf } from "./check-revocation-status.ts";
import { type VerifiedTimestamp, verifyTimestamp } from "./timestamp/verify-timestamp.ts";
import { enforceOrLog, type Verification } from "./verification.ts";
import type { Certificate } from "./x509/certificate.ts";
import { type CertificateChain, endOfChain, findInvalidAt } from "./x509/certificate-chain.ts";
import { renderDistinguishedName } from "./x509/distinguished-name.ts";

/** The signature has not ended by its own word ("best by use"). */
export function checkExpiry({ context, envelope, checks, ends }: Verification): void {
  const { expiry } = envelope.attributes;
  if (expiry === undefined) {
    return;
  }
  if (context.subject.now.getTime() >= expiry) {
    throw new SignatureRejected("EXPIRED", `the signature ended on ${new Date(expiry).toISOString()}`);
  }
  ends.push(expiry);
  checks.push("expiry");
}

/** When it was signed. `trusted` is the latest moment that somebody else than the signer vouches for, in milliseconds. */
export interface SigningTime {
  readonly timestamp?: VerifiedTimestamp;
  readonly trusted?: number;
}

/** The chain held when the signature was made, by a trusted time, or holds now. */
export async function checkTime(verification: Verification): Promise<SigningTime> {
  const { context, envelope, chain, checks, ends } = verification;
  const { scheme, signingTime } = envelope.attributes;
  if (scheme === "notary.x509.signingAuthority") {
    // That the chain held at this time was checked with the integrity; the authority vouches for it.
    return { trusted: signingTime };
  }
  let found: VerifiedTimestamp | undefined;
  const isTimely = enforceOrLog(verification, "authenticTimestamp", () => {
    const roots = timestampRoots(verification);
    if (roots === undefined) {
      assertValidAt(chain, context.subject.now.getTime());
      ends.push(endOfChain(chain));
      return;
    }
    if (envelope.timestamp === undefined) {
      throw new SignatureRejected("TIMESTAMP_INVALID", "the trust policy asks for a timestamp, and there is none");
    }
    found = verifyTimestamp(envelope.timestamp, envelope.signature, { roots, chains: context.chains.timeStamping });
    assertValidAt(chain, found.from, found.to);
  });
  if (found === undefined || !isTimely) {
    return {};
  }
  // Without its own time: whoever has the key of a revoked authority writes any time into a timestamp.
  const revocation = await revocationOf(verification, found.chain, undefined);
  if (enforceOrLog(verification, "authenticTimestamp", () => checkNotRevoked(revocation, ends))) {
    checks.push("timestamp");
    return { timestamp: found, trusted: found.to };
  }
  return {};
}

/** The roots that a timestamp must lead to; `undefined` when the policy wants none here, and the chain must hold now. */
function timestampRoots({ context, chain }: Verification): readonly Certificate[] | undefined {
  const { statement, stores, subject } = context;
  const names = statement.trustStores.filter((name) => name.startsWith("tsa:"));
  const isExpired = endOfChain(chain) < subject.now.getTime();
  if (names.length === 0 || (statement.verifyTimestamp === "afterCertExpiry" && !isExpired)) {
    return undefined;
  }
  return names.flatMap((name) => stores.get(name) ?? []);
}

function assertValidAt(chain: CertificateChain, from: number, to: number = from): void {
  const outside = findInvalidAt(chain, from, to);
  if (outside !== undefined) {
    throw new SignatureRejected(
      "EXPIRED",
      `the certificate of ${renderDistinguishedName(outside.subject)} holds from ${new Date(outside.notBefore).toISOString()} to ${new Date(outside.notAfter).toISOString()}, and not on ${new Date(to).toISOString()}`,
    );
  }
}
