// SPDX-License-Identifier: Apache-2.0
import { LIMITS } from "#base";
import {
  type NotationRequirement,
  type SignatureFindings,
  type SignatureProblem,
  SignatureRejected,
  type VerificationSubject,
} from "#signatures";
import type { RevocationSource } from "./revocation/revocation-source.ts";
import { parseNotationTrustPolicy } from "./trust-policy/parse-trust-policy.ts";
import { selectStatement } from "./trust-policy/select-statement.ts";
import type { NotationTrustPolicy, TrustPolicyStatement } from "./trust-policy/trust-policy.ts";
import { type NotationCandidate, verifyCandidate } from "./verify-candidate.ts";
import { createChainCache } from "./x509/certificate-chain.ts";
import { parseTrustStores, type TrustStores } from "./x509/trust-stores.ts";

/** What was found out about the candidates of one image. */
export type NotationFindings = Pick<SignatureFindings, "signatures" | "problems" | "validUntil">;

/** Verifies signatures of the Notary Project under one requirement. */
export interface NotationVerifier {
  /**
   * The signatures that count under the statement of the trust policy for the repository of `subject.reference`, and
   * a problem for everything else; a check that the level only logs is a problem with the effect `warning` beside a
   * signature that counts. At most `LIMITS.maxSignatures` candidates are looked at. Never throws for their bytes.
   */
  verify(
    candidates: readonly NotationCandidate[],
    subject: VerificationSubject,
    revocation: RevocationSource,
  ): Promise<NotationFindings>;
}

interface TrustMaterial {
  readonly policy: NotationTrustPolicy;
  readonly stores: TrustStores;
}

/**
 * A verifier for one requirement; the trust policy and the trust stores are parsed here, once, and certificate chains
 * are remembered by their content. Does not throw: with a trust policy or store that cannot be used every result is
 * `unknown` (TRUST_MATERIAL_INVALID), since nobody can say what the operator meant.
 */
export function createNotationVerifier(requirement: NotationRequirement): NotationVerifier {
  const material = readTrustMaterial(requirement);
  const chains = { codeSigning: createChainCache("codeSigning"), timeStamping: createChainCache("timeStamping") };
  return {
    async verify(candidates, subject, revocation) {
      if (material instanceof SignatureRejected) {
        return onlyProblem(material.code, "unknown", material.message);
      }
      const repository = `${subject.reference.registry}/${subject.reference.repository}`;
      const statement = selectStatement(material.policy, repository);
      const refusal = refuseStatement(statement, repository);
      if (statement === undefined || refusal !== undefined) {
        return onlyProblem("POLICY_MISMATCH", "bad", refusal ?? "");
      }
      const context = { statement, stores: material.stores, chains, subject, revocation };
      const outcomes = await Promise.all(
        candidates.slice(0, LIMITS.maxSignatures).map(async (each) => await verifyCandidate(each, context)),
      );
      const ends = outcomes.flatMap((outcome) => outcome.validUntil ?? []);
      return {
        signatures: outcomes.flatMap((outcome) => outcome.signature ?? []),
        problems: [...outcomes.flatMap((outcome) => outcome.problems), ...tooMany(candidates.length)],
        ...(ends.length === 0 ? {} : { validUntil: new Date(Math.min(...ends)).toISOString() }),
      };
    },
  };
}

/**
 * Throws `SignatureRejected` (TRUST_MATERIAL_INVALID) when the trust policy or a trust store that it names cannot be
 * used, so that who typed it learns of it before anything is fetched.
 */
export function assertNotationMaterial(requirement: NotationRequirement): void {
  const material = readTrustMaterial(requirement);
  if (material instanceof SignatureRejected) {
    throw material;
  }
}

function readTrustMaterial(requirement: NotationRequirement): TrustMaterial | SignatureRejected {
  const parsed = parseNotationTrustPolicy(requirement.trustPolicy);
  if (!parsed.ok) {
    const [first] = parsed.problems;
    return new SignatureRejected(
      "TRUST_MATERIAL_INVALID",
      `the trust policy cannot be used: ${first?.path ?? ""}: ${first?.message ?? ""} (${parsed.problems.length} problems)`,
    );
  }
  const names = new Set(parsed.policy.statements.flatMap((statement) => statement.trustStores));
  try {
    return { policy: parsed.policy, stores: parseTrustStores(names, requirement.trustStores) };
  } catch (error) {
    if (error instanceof SignatureRejected) {
      return error;
    }
    throw error;
  }
}

/**
 * Why the statement verifies nothing. notation itself calls level `skip` a success; here somebody asks for a signature,
 * and an answer of "verified" that nothing was verified for would let any image in. Who wants no verification for a
 * repository asks for no signature there. Level `audit` does check that there is a signature and that it is whole.
 */
function refuseStatement(statement: TrustPolicyStatement | undefined, repository: string): string | undefined {
  if (statement === undefined) {
    return `no trust policy is for ${repository}, so nothing there is trusted`;
  }
  return statement.level === "skip"
    ? `trust policy ${JSON.stringify(statement.name)} has level skip for ${repository}, which verifies nothing`
    : undefined;
}

function tooMany(count: number): readonly SignatureProblem[] {
  return count <= LIMITS.maxSignatures
    ? []
    : onlyProblem(
        "LIMIT_EXCEEDED",
        "unknown",
        `${count} signatures are there, of which the first ${LIMITS.maxSignatures} were looked at`,
        "image",
      ).problems;
}

function onlyProblem(
  code: SignatureProblem["code"],
  effect: SignatureProblem["effect"],
  message: string,
  location: string = "trust policy",
): NotationFindings {
  return { signatures: [], problems: [{ kind: "notation", code, effect, location, message }] };
}
