// SPDX-License-Identifier: Apache-2.0
import type { Digest } from "#base";
import { registryNamesOf } from "#configuration";
import { createTranslate } from "#messages";
import { type EvaluationInput, evaluate, factsNeeded, type ImageFacts, type ReasonCode, renderReason } from "#policy";
import type { VerifiedSubject } from "#report";
import type { TrustRequirement } from "#signatures";
import type { CommandContext } from "../command.ts";
import { readPolicies } from "../read-policies.ts";
import { isRefusal, stateByPolicy } from "./state-by-policy.ts";
import type { VerifiedImage } from "./verified-image.ts";

/** Reasons that are about signatures, or for which nothing is verified; a scan is not this command's business. */
const TRUST_REASONS: ReadonlySet<ReasonCode> = new Set<ReasonCode>([
  "NO_POLICY",
  "NO_MATCHING_REPOSITORY",
  "SIGNATURE_INVALID",
  "SIGNATURE_MISSING",
  "SIGNATURE_UNDECIDED",
  "SIGNATURE_REJECTED",
  "TRUST_NOT_SUPPORTED",
  "ATTESTATION_INVALID",
  "ATTESTATION_MISSING",
  "ATTESTATION_UNDECIDED",
  "SECRET_MISSING",
  "MORE_REASONS",
]);

/**
 * Verifies what the policy entry asks for that judges the image; its reasons and its requirements decide. `undefined` where no file
 * was named and what is configured asks for no signature of the image.
 */
export async function verifyByPolicy(question: {
  readonly reference: string;
  readonly digest: Digest;
  readonly isIndex: boolean;
  /** Files that were named; none: what is configured. */
  readonly policyFiles: readonly string[];
  readonly namespace: string | undefined;
  readonly context: CommandContext;
  readonly verify: (
    requirements: readonly TrustRequirement[],
    childRequirements: readonly TrustRequirement[],
  ) => Promise<readonly VerifiedSubject[]>;
}): Promise<VerifiedImage | undefined> {
  const { reference, digest, isIndex, policyFiles, namespace, context } = question;
  const isNamed = policyFiles.length > 0;
  const files = isNamed ? policyFiles : context.configuration().policyFiles;
  const { documents, secrets } = await readPolicies(files, context);
  const image: Omit<EvaluationInput, "facts" | "now"> = {
    reference,
    ...(namespace === undefined ? {} : { namespace }),
    policies: documents,
    secrets,
    hostAliases: registryNamesOf(context.configuration()),
  };
  const needed = factsNeeded(image);
  const subjects = await question.verify(needed.trust, isIndex ? needed.childTrust : []);
  const verdict = evaluate({ ...image, facts: factsOf(subjects, digest, isIndex), now: context.now() });
  const reasons = verdict.reasons.filter((reason) => TRUST_REASONS.has(reason.code));
  if (!isNamed && needed.trust.length === 0 && !reasons.some(isRefusal)) {
    return undefined;
  }
  const name = verdict.policy === undefined ? "-" : `${verdict.policy.name} (${verdict.policy.repository})`;
  return {
    outcome: {
      reference,
      digest,
      isIndex,
      askedBy: "policy",
      subjects,
      policy: { name, reasons },
      ...(isIndex ? { children: needed.childTrust.length > 0 ? "required" : "covered" } : {}),
      state: stateByPolicy(reasons, subjects),
    },
    // the program may have come with the plain translator, which does not know plurals
    reasonLines: reasons.map((reason) => renderReason(reason, createTranslate(context.language))),
  };
}

function factsOf(subjects: readonly VerifiedSubject[], digest: Digest, isIndex: boolean): ImageFacts {
  const [root, ...children] = subjects.map((subject) => ({
    digest: subject.digest,
    platform: subject.platform ?? "",
    scan: { state: "missing" as const },
    trust: subject.requirements.map(({ result }) => result),
  }));
  if (root === undefined) {
    return { kind: "unknown" };
  }
  return isIndex ? { kind: "index", digest, trust: root.trust, children } : { kind: "image", ...root };
}
