// SPDX-License-Identifier: Apache-2.0
import type { Digest } from "#base";
import type { NeededFacts } from "#policy";
import { requirementId, type SignatureResult, type TrustRequirement } from "#signatures";
import type { CommandContext, Invocation } from "../command.ts";
import { type LocatedImage, openImageTrust } from "./open-image-trust.ts";

/** Which manifests are looked at, and for what. */
export interface TrustQuestion extends LocatedImage {
  /** What the location names. */
  readonly root: Digest;
  /** Children of the index `root`; empty or `root` itself where it is no index. */
  readonly children: readonly Digest[];
  readonly needed: Pick<NeededFacts, "trust" | "childTrust">;
  /** A child is judged by itself as well, as a gate judges it when it is pulled by its digest. */
  readonly isEachJudged: boolean;
}

/**
 * What the signatures of each manifest come to, as the server collects it. Nothing is verified twice. Throws when the
 * image cannot be opened; what the verifier cannot reach is `unknown`.
 */
export async function collectTrust(
  question: TrustQuestion,
  invocation: Invocation,
  context: CommandContext,
): Promise<ReadonlyMap<Digest, readonly SignatureResult[]>> {
  const { location, root, children, needed, isEachJudged } = question;
  const asked = new Map<Digest, readonly TrustRequirement[]>([
    ...children.map((digest) => [digest, isEachJudged ? needed.trust : needed.childTrust] as const),
    [root, needed.trust],
  ]);
  const results = new Map<Digest, readonly SignatureResult[]>();
  if (location.startsWith("docker-archive:")) {
    // the manifest in it was made by who wrote the archive: nobody has ever signed its digest
    for (const [digest, requirements] of asked) {
      results.set(
        digest,
        requirements.map((requirement) => leftBehind(requirement, digest)),
      );
    }
    return results;
  }
  await using trust = await openImageTrust(question, invocation, context);
  const options = { now: context.now(), signal: context.signal };
  for (const [digest, requirements] of asked) {
    // the digest that was scanned, wherever a tag leads by now
    const verified = await trust.verifier.verify({ ...trust.signed, digest }, requirements, options);
    results.set(
      digest,
      location.startsWith("oci-archive:")
        ? requirements.map((requirement, at) => orLeftBehind(requirement, digest, verified[at]))
        : verified,
    );
  }
  return results;
}

/** What tools attach to an archive counts; that there is nothing says nothing about the registry that the image is of. */
function orLeftBehind(
  requirement: TrustRequirement,
  digest: Digest,
  result: SignatureResult | undefined,
): SignatureResult {
  return result === undefined || result.state === "none" ? leftBehind(requirement, digest) : result;
}

function leftBehind(requirement: TrustRequirement, digest: Digest): SignatureResult {
  const { kind } = requirement;
  return {
    requirement: requirementId(requirement),
    digest,
    state: "unknown",
    signatures: [],
    problems: [
      {
        kind: kind === "notation" || kind === "notary" || kind === "gpg" ? kind : "cosign",
        code: "SOURCE_UNAVAILABLE",
        effect: "unknown",
        location: "archive",
        message: "an archive carries no signatures; name the image in its registry, or an OCI layout that holds them",
      },
    ],
  };
}
