// SPDX-License-Identifier: Apache-2.0
import { digestOf, messageOf, redactText } from "#base";
import type {
  AttestationRequirement,
  AttestationSigner,
  GpgRequirement,
  NotaryRequirement,
  NotationRequirement,
  RejectRequirement,
  SignatureFindings,
  SignatureKind,
  SignatureProblem,
  SignedImage,
  TrustRequirement,
  TrustRoot,
  VerificationSubject,
} from "#signatures";
import type { ImageCandidates } from "./candidates/image-candidates.ts";
import { TrustSourceError } from "./errors.ts";
import type { NotaryClient } from "./notary/notary-client.ts";
import type { RevocationAnswers } from "./revocation/revocation-answers.ts";
import type { SignatureVerifierOptions } from "./signature-verifier-options.ts";
import type { ResolvedTrustRoot } from "./trust-roots/trust-roots.ts";
import type { Verifiers } from "./verifiers.ts";

/** What was found under one requirement, before it becomes a state. */
export type RequirementFindings = Omit<SignatureFindings, "requirement" | "digest">;

/** Requirements that are not made of others. */
export type PlainRequirement = Exclude<TrustRequirement, { kind: "any-of" }>;

/** What all requirements of one look at one image share. */
export interface Look {
  readonly options: SignatureVerifierOptions;
  readonly verifiers: Verifiers;
  readonly notary: () => Promise<NotaryClient>;
  readonly revocation: () => Promise<RevocationAnswers>;
  readonly image: SignedImage;
  readonly subject: VerificationSubject;
  readonly candidates: ImageCandidates;
  readonly signal: AbortSignal;
}

/** Collects candidates and verifies them. Never throws: what goes wrong makes the findings incomplete. */
export async function findSignatures(requirement: PlainRequirement, look: Look): Promise<RequirementFindings> {
  try {
    switch (requirement.kind) {
      case "cosign-key":
      case "cosign-keyless":
        return await findCosign(requirement, look);
      case "attestation":
        return await findAttestations(requirement, look);
      case "notation":
        return await findNotation(requirement, look);
      case "notary":
        return await findNotary(requirement, look);
      case "gpg":
        return await findGpg(requirement, look);
      case "reject":
        return rejected(requirement);
    }
  } catch (error) {
    return failed(requirement, error);
  }
}

async function findCosign(requirement: AttestationSigner, look: Look): Promise<RequirementFindings> {
  const [collected, root] = await Promise.all([
    look.candidates.cosignSignatures(),
    resolveTrustRoot(requirement.trustRoot, look),
  ]);
  const verifier = await look.verifiers.cosign(requirement, root);
  const findings = verifier.verifySignatures(collected.candidates, look.subject);
  return joined(collected, findings, [root?.validUntil]);
}

async function findAttestations(requirement: AttestationRequirement, look: Look): Promise<RequirementFindings> {
  const [collected, roots] = await Promise.all([
    look.candidates.attestations(),
    Promise.all(requirement.by.map((signer) => resolveTrustRoot(signer.trustRoot, look))),
  ]);
  const verifier = await look.verifiers.attestation(requirement, roots);
  const findings = verifier.verify(collected.candidates, look.subject);
  return joined(
    collected,
    findings,
    roots.map((root) => root?.validUntil),
  );
}

async function findNotation(requirement: NotationRequirement, look: Look): Promise<RequirementFindings> {
  const collected = await look.candidates.notationSignatures();
  const [verifier, revocation] = await Promise.all([look.verifiers.notation(requirement), look.revocation()]);
  const source = revocation.source({ now: look.subject.now, signal: look.signal });
  return joined(collected, await verifier.verify(collected.candidates, look.subject, source), []);
}

async function findNotary(requirement: NotaryRequirement, look: Look): Promise<RequirementFindings> {
  const client = await look.notary();
  const { credentials } = look.image;
  return await client.verify(requirement, { ...look.subject, credentials, signal: look.signal });
}

async function findGpg(requirement: GpgRequirement, look: Look): Promise<RequirementFindings> {
  const { collectSimpleSignatures } = await import("./lookaside/collect-simple-signatures.ts");
  const { options, image, signal } = look;
  const [collected, verifier] = await Promise.all([
    collectSimpleSignatures({
      http: options.http,
      image,
      requirement,
      origin: options.requirementsBy === "operator" ? "operator" : requirement.addressBy,
      // of a gate it is whoever starts the workload, also where the administrator wrote the policy
      registryBy: options.requirementsBy,
      registryUrl: image.registryUrl,
      signal,
    }),
    look.verifiers.gpg(requirement),
  ]);
  return joined(collected, await verifier.verify(collected.candidates, look.subject), []);
}

function rejected(_requirement: RejectRequirement): RequirementFindings {
  return {
    signatures: [],
    problems: [
      { kind: "gpg", code: "REJECTED", effect: "bad", location: "policy", message: "the policy accepts no signature" },
    ],
    isComplete: true,
  };
}

function joined(
  collected: { readonly problems: readonly SignatureProblem[]; readonly isComplete: boolean },
  findings: Pick<SignatureFindings, "signatures" | "problems" | "validUntil">,
  ends: readonly (string | undefined)[],
): RequirementFindings {
  const validUntil = [findings.validUntil, ...ends]
    .flatMap((end) => end ?? [])
    .toSorted((left, right) => Date.parse(left) - Date.parse(right))[0];
  return {
    signatures: findings.signatures,
    problems: [...collected.problems, ...findings.problems],
    isComplete: collected.isComplete,
    ...(validUntil === undefined ? {} : { validUntil }),
  };
}

/** The material of a trust root that a requirement names or holds. */
export async function resolveTrustRoot(
  root: TrustRoot | undefined,
  look: Pick<Look, "options" | "subject" | "signal">,
): Promise<ResolvedTrustRoot | undefined> {
  if (root === undefined) {
    return undefined;
  }
  if (root.json !== undefined) {
    return { name: "inline", json: root.json, digest: digestOf(Buffer.from(root.json)), source: "policy" };
  }
  return await look.options.trustRoots.resolve(root.name, { now: look.subject.now, signal: look.signal });
}

/**
 * Trust material, keys or conditions that cannot be used or fetched: nobody can tell what a signature would be worth.
 */
function failed(requirement: PlainRequirement, error: unknown): RequirementFindings {
  return {
    signatures: [],
    problems: [
      {
        kind: kindOf(requirement),
        code: isUnreachable(error) ? "SOURCE_UNAVAILABLE" : "TRUST_MATERIAL_INVALID",
        effect: "unknown",
        location: "policy",
        message: redactText(messageOf(error)).slice(0, 500),
      },
    ],
    isComplete: false,
  };
}

function isUnreachable(error: unknown): boolean {
  return error instanceof TrustSourceError && error.code === "TRUST_ROOT_UNREACHABLE";
}

export function kindOf(requirement: TrustRequirement): SignatureKind {
  switch (requirement.kind) {
    case "notation":
    case "notary":
    case "gpg":
      return requirement.kind;
    case "reject":
      return "gpg";
    case "any-of":
      return requirement.of[0] === undefined ? "cosign" : kindOf(requirement.of[0]);
    default:
      return "cosign";
  }
}
