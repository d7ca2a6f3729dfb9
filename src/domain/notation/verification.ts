// SPDX-License-Identifier: Apache-2.0
import { SignatureRejected, type VerificationSubject } from "#signatures";
import type { Envelope } from "./envelope/envelope.ts";
import type { RevocationSource } from "./revocation/revocation-source.ts";
import type { Enforcement, TrustPolicyStatement } from "./trust-policy/trust-policy.ts";
import type { CertificateChain, ChainCache } from "./x509/certificate-chain.ts";
import type { TrustStores } from "./x509/trust-stores.ts";

/** What a candidate is verified against. */
export interface VerificationContext {
  readonly statement: TrustPolicyStatement;
  readonly stores: TrustStores;
  readonly chains: { readonly codeSigning: ChainCache; readonly timeStamping: ChainCache };
  readonly subject: VerificationSubject;
  readonly revocation: RevocationSource;
}

/** One candidate while it is being verified. */
export interface Verification {
  readonly context: VerificationContext;
  readonly envelope: Envelope;
  readonly chain: CertificateChain;
  /** What was checked and held. */
  readonly checks: string[];
  /** Problems that the level only logs. */
  readonly warnings: SignatureRejected[];
  readonly ends: number[];
}

/** Whether the check held; one that failed ends the verification or becomes a warning, as the level has it. */
export function enforceOrLog(
  verification: Verification,
  kind: keyof Enforcement,
  check: (verification: Verification) => void,
): boolean {
  try {
    check(verification);
    return true;
  } catch (error) {
    if (error instanceof SignatureRejected && verification.context.statement.enforcement[kind] === "log") {
      verification.warnings.push(error);
      return false;
    }
    throw error;
  }
}
