// SPDX-License-Identifier: Apache-2.0
import type { Digest } from "#base";
import type { ImageRepository } from "#image-source";
import { isRunnablePlatform, parseImageReference, parseManifest, renderPlatform } from "#oci";
import { stateOfAll, type VerifiedSubject } from "#report";
import {
  requirementId,
  type SignatureResult,
  type SignatureVerifier,
  type SignedImage,
  type TrustRequirement,
} from "#signatures";
import type { CommandContext, Invocation } from "../command.ts";
import { UsageError } from "../errors.ts";
import { registryAccess } from "../registry-access.ts";
import { openImageTrust } from "./open-image-trust.ts";
import { requirementsFromFlags } from "./requirements-from-flags.ts";
import type { VerifiedImage } from "./verified-image.ts";

/**
 * Verifies what flags or a policy ask for; without either, what is configured asks of the image, as a gate does. Where
 * nothing does, lists what is attached. Throws `CodedError`s.
 */
export async function verifyImage(
  image: string,
  invocation: Invocation,
  context: CommandContext,
): Promise<VerifiedImage> {
  const location = toLocation(image);
  const asked = await requirementsFromFlags(invocation);
  const policyFiles = invocation.list("policy");
  if (policyFiles.length > 0 && asked.length > 0) {
    throw new UsageError("OPTION_INVALID", "--policy and flags that say what to verify exclude each other");
  }
  const judgedAs = invocation.text("as");
  const named = judgedAs === undefined ? undefined : parseImageReference(judgedAs);
  const access = await registryAccess(location, invocation, context);
  await using trust = await openImageTrust({ location, named, access }, invocation, context);
  const { image: opened, signed, verifier } = trust;
  const isIndex = parseManifest(opened.root.bytes, opened.root.mediaType).kind === "index";
  const base = {
    reference: judgedAs ?? location.replace(/^docker:\/\//, ""),
    digest: opened.root.digest,
    isIndex,
  };
  if (asked.length > 0) {
    const children = invocation.text("children") === "covered" ? [] : asked.filter(isOfEachManifest);
    const subjects = await verifySubjects(verifier, { image: opened, signed, asked, children }, context);
    const rule = children.length > 0 ? ("required" as const) : ("covered" as const);
    const state = stateOfAll(subjects.flatMap((each) => each.requirements.map(({ result }) => result)));
    return {
      outcome: { ...base, ...(isIndex ? { children: rule } : {}), askedBy: "flags", subjects, state },
      reasonLines: [],
    };
  }
  const { verifyByPolicy } = await import("./verify-by-policy.ts");
  const judged = await verifyByPolicy({
    ...base,
    policyFiles,
    namespace: invocation.text("namespace"),
    context,
    verify: (requirements, childRequirements) =>
      verifySubjects(verifier, { image: opened, signed, asked: requirements, children: childRequirements }, context),
  });
  if (judged !== undefined) {
    return judged;
  }
  const found = await verifier.discover(signed, context.signal);
  return { outcome: { ...base, askedBy: "nothing", subjects: [], found, state: "unknown" }, reasonLines: [] };
}

/** As `sign` and `attest` take it: a reference by itself is one of a registry. */
function toLocation(image: string): string {
  if (/^(?:docker:\/\/|oci:|oci-archive:)/.test(image)) {
    return image;
  }
  if (image.startsWith("docker-archive:") || /^[./~]/.test(image)) {
    throw new UsageError(
      "ARGUMENT_INVALID",
      `"${image.slice(0, 200)}" is nothing that signatures can be looked up for: write REFERENCE or docker://REFERENCE for a registry, oci:FOLDER[:TAG] or oci-archive:FILE[:TAG]`,
    );
  }
  return `docker://${image}`;
}

/** A question without an answer must never pass for one that was answered well. */
function withoutResult(requirement: TrustRequirement, digest: Digest): SignatureResult {
  return { requirement: requirementId(requirement), digest, state: "unknown", signatures: [], problems: [] };
}

/** Notary and simple signing sign the name that was asked for; everything else is attached to each manifest. */
function isOfEachManifest(requirement: TrustRequirement): boolean {
  return requirement.kind !== "notary" && requirement.kind !== "gpg" && requirement.kind !== "reject";
}

interface Question {
  readonly image: ImageRepository;
  readonly signed: SignedImage;
  readonly asked: readonly TrustRequirement[];
  /** What each child of an index that can run must fulfil. */
  readonly children: readonly TrustRequirement[];
}

async function verifySubjects(
  verifier: SignatureVerifier,
  { image, signed, asked, children }: Question,
  context: CommandContext,
): Promise<readonly VerifiedSubject[]> {
  const now = context.now();
  const root = parseManifest(image.root.bytes, image.root.mediaType);
  const runnable = root.kind === "index" && children.length > 0 ? root.manifests.filter(isRunnablePlatform) : [];
  const questions = [
    { digest: image.root.digest, platform: undefined, requirements: asked },
    ...runnable.map(({ digest, platform }) => ({
      digest,
      platform: platform === undefined ? "?" : renderPlatform(platform),
      requirements: children,
    })),
  ];
  const subjects: VerifiedSubject[] = [];
  for (const { digest, platform, requirements } of questions) {
    const results = await verifier.verify({ ...signed, digest }, requirements, { now, signal: context.signal });
    subjects.push({
      digest,
      ...(platform === undefined ? {} : { platform }),
      requirements: requirements.map((requirement, index) => ({
        requirement,
        result: results[index] ?? withoutResult(requirement, digest),
      })),
    });
  }
  return subjects;
}
