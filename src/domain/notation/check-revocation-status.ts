// SPDX-License-Identifier: Apache-2.0
import { SignatureRejected } from "#signatures";
import { type ChainRevocation, checkRevocation } from "./revocation/check-revocation.ts";
import { enforceOrLog, type Verification } from "./verification.ts";
import type { CertificateChain } from "./x509/certificate-chain.ts";

/** The signer's chain is not revoked; `signedAt` is trusted time, in milliseconds. */
export async function checkRevocationOfSigner(
  verification: Verification,
  isTrusted: boolean,
  signedAt: number | undefined,
): Promise<void> {
  const { context, chain, checks, ends } = verification;
  const action = context.statement.enforcement.revocation;
  if (action === "skip") {
    return;
  }
  const revocation = isTrusted ? await revocationOf(verification, chain, signedAt) : undefined;
  const isGood = enforceOrLog(verification, "revocation", () => {
    if (revocation === undefined) {
      // Levels that only log authenticity go on with any certificate. Whoever made it would choose which hosts we connect to.
      throw new SignatureRejected(
        action === "enforce" ? "CERTIFICATE_UNTRUSTED" : "REVOCATION_UNKNOWN",
        "revocation is not looked up for a certificate that is not trusted",
      );
    }
    checkNotRevoked(revocation, ends);
  });
  if (isGood) {
    checks.push("revocation");
  }
}

/** What is known of the chain, unless the policy skips that. */
export async function revocationOf(
  { context }: Verification,
  chain: CertificateChain,
  signedAt: number | undefined,
): Promise<ChainRevocation> {
  const { statement, subject, revocation } = context;
  return statement.enforcement.revocation === "skip"
    ? { state: "good" }
    : await checkRevocation(chain, { source: revocation, now: subject.now.getTime(), signedAt });
}

/** Throws `SignatureRejected` unless the chain is good. */
export function checkNotRevoked(revocation: ChainRevocation, ends: number[]): void {
  if (revocation.state !== "good") {
    throw new SignatureRejected(revocation.state === "revoked" ? "REVOKED" : "REVOCATION_UNKNOWN", revocation.message);
  }
  if (revocation.until !== undefined) {
    ends.push(revocation.until);
  }
}
