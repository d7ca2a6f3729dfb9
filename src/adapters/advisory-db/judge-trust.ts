// SPDX-License-Identifier: Apache-2.0
import type { Digest } from "#base";
import type { ImageSource } from "#oci";
import type { SignatureVerifier, SignedImage, TrustRequirement } from "#signatures";
import { AdvisoryDatabaseError } from "./errors.ts";

/** Why a fetched database may be believed: it has this digest, or it is signed as required. */
export type DatabaseTrust =
  | { readonly pinned: Digest }
  | {
      readonly verifier: Pick<SignatureVerifier, "verify">;
      readonly image: SignedImage;
      /** One of them is enough; none: nothing is trusted. */
      readonly requirements: readonly TrustRequirement[];
    };

/** Who vouches for a database. */
export interface TrustedDatabase {
  readonly trustedBy: "digest" | "signature";
  readonly signers: readonly string[];
}

/**
 * Finds out whether the artifact may be used. Throws `ADVISORY_DATABASE_UNTRUSTED` when nobody trusted has signed it,
 * or when it cannot be told.
 */
export async function judgeTrust(
  source: Pick<ImageSource, "root" | "location">,
  trust: DatabaseTrust,
  options: { readonly now: Date; readonly signal?: AbortSignal | undefined },
): Promise<TrustedDatabase> {
  const { digest } = source.root;
  if ("pinned" in trust) {
    if (digest !== trust.pinned) {
      throw new AdvisoryDatabaseError(
        "ADVISORY_DATABASE_UNTRUSTED",
        `${source.location} has the digest ${digest}, and ${trust.pinned} was asked for`,
      );
    }
    return { trustedBy: "digest", signers: [] };
  }
  if (trust.requirements.length === 0) {
    throw new AdvisoryDatabaseError(
      "ADVISORY_DATABASE_UNTRUSTED",
      `nobody is trusted to sign ${source.location}: name keys in advisories.trustedKeys (or with --key), or name the database by its digest, @${digest}, if you know that it is the right one`,
    );
  }
  const results = await trust.verifier.verify({ ...trust.image, digest }, trust.requirements, options);
  // an answer about other bytes is none
  const verified = results.filter((result) => result.state === "verified" && result.digest === digest);
  if (verified.length === 0) {
    const why = results.flatMap((result) => result.problems.map((problem) => problem.message))[0];
    const states = [...new Set(results.map((result) => result.state))].join(", ");
    throw new AdvisoryDatabaseError(
      "ADVISORY_DATABASE_UNTRUSTED",
      `${source.location} (${digest}) is not signed by anybody whom advisories.trustedKeys or --key names (${states}${why === undefined ? "" : `: ${why}`}); nothing was changed. Have it signed with “haechi sign”, or name it by its digest if you know that it is the right one`,
    );
  }
  const signers = verified.flatMap((result) => result.signatures.map((signature) => signature.identity));
  return { trustedBy: "signature", signers: [...new Set(signers)].sort() };
}
