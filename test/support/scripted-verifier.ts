// SPDX-License-Identifier: Apache-2.0
import type { Digest } from "#base";
import { createPolicySet, type PolicyDocument, type PolicyException, type PolicySecret } from "#policy";
import {
  type FoundSignature,
  requirementId,
  type SignatureProblemCode,
  type SignatureResult,
  type SignatureVerifier,
  type SignedImage,
  type TrustRequirement,
  type VerifiedSignature,
} from "#signatures";
import type { PolicySource } from "../../src/apps/server/context.ts";
import { fixedPolicies } from "../../src/apps/server/read-gate-policies.ts";

/** The same documents at every gate, as where policy files are configured. */
export function gatePolicies(
  documents: readonly PolicyDocument[],
  secrets: readonly PolicySecret[] = [],
  exceptions: readonly PolicyException[] = [],
): PolicySource {
  const set = createPolicySet({ documents, secrets, exceptions });
  return fixedPolicies({ registry: set, admission: set });
}

/** A signature that holds. */
const SIGNATURE: VerifiedSignature = {
  kind: "cosign",
  identity: "sha256:1234",
  keyId: "sha256:1234",
  location: "referrer sha256:5678",
  checks: ["signature", "digest"],
};

/** A verifier that says what the test told it: nothing is signed, unless the digest was given another state. */
export class ScriptedVerifier implements SignatureVerifier {
  readonly states: Map<Digest, SignatureResult["state"]> = new Map();
  /** Why a signature is bad; by default its key is another one. */
  readonly badBecause: Map<Digest, SignatureProblemCode> = new Map();
  readonly found: Map<Digest, readonly FoundSignature[]> = new Map();
  /** What was asked, in order: digest and reference. */
  readonly asked: { readonly digest: Digest; readonly reference: string; readonly kinds: readonly string[] }[] = [];
  readonly forgotten: Digest[] = [];
  /** What every verification waits for. */
  hold: Promise<void> = Promise.resolve();

  async verify(
    { digest, reference }: SignedImage,
    requirements: readonly TrustRequirement[],
  ): Promise<readonly SignatureResult[]> {
    this.asked.push({ digest, reference: reference.raw, kinds: requirements.map(({ kind }) => kind) });
    const results = requirements.map((requirement) => this.#result(digest, requirement));
    await this.hold;
    return results;
  }

  discover({ digest }: SignedImage): Promise<readonly FoundSignature[]> {
    return Promise.resolve(this.found.get(digest) ?? []);
  }

  forget(digest: Digest): void {
    this.forgotten.push(digest);
  }

  #result(digest: Digest, requirement: TrustRequirement): SignatureResult {
    const state = this.states.get(digest) ?? "none";
    return {
      requirement: requirementId(requirement),
      digest,
      state,
      signatures: state === "verified" ? [SIGNATURE] : [],
      problems:
        state === "bad" || state === "unknown"
          ? [
              {
                kind: "cosign",
                code: state === "bad" ? (this.badBecause.get(digest) ?? "KEY_MISMATCH") : "SOURCE_UNAVAILABLE",
                effect: state,
                location: "referrer sha256:5678",
                message: "expected another key",
              },
            ]
          : [],
    };
  }
}
