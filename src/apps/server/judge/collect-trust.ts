// SPDX-License-Identifier: Apache-2.0
import { setImmediate as nextTurn } from "node:timers/promises";
import type { Digest } from "#base";
import type { ImageReference } from "#oci";
import type { ImageFacts, NeededFacts, PlatformFacts, TrustFacts } from "#policy";
import type { ReferrerSource, SignatureResult, SignatureVerifier, TrustRequirement } from "#signatures";

/** Manifests of one question that are looked at together: cryptography must leave room for other requests. */
const BATCH = 4;

export interface TrustQuestion {
  /** As it was asked for. */
  readonly reference: ImageReference;
  /** Of the repository in which everything lies. */
  readonly referrers: ReferrerSource;
  /** Base URL of another registry, and whom its trust services are asked as. */
  readonly registryUrl?: URL;
  readonly credentials?: { readonly username: string; readonly password: string };
  /** Which children of an index matter; default: all. */
  readonly isWanted?: (child: PlatformFacts) => boolean;
  readonly needed: Pick<NeededFacts, "trust" | "childTrust">;
  readonly now: Date;
  readonly signal: AbortSignal;
}

type Verify = Pick<SignatureVerifier, "verify">;

/**
 * The facts with what the signatures of each manifest in them come to. Nothing is verified twice: a child that an index
 * names several times counts once. Never throws for what the verifier finds or cannot reach.
 */
export async function addTrust(verifier: Verify, facts: ImageFacts, question: TrustQuestion): Promise<ImageFacts> {
  const { trust: all, childTrust } = question.needed;
  switch (facts.kind) {
    case "unknown":
      return facts;
    case "image": {
      const trust = await verifyAll(verifier, facts.digest, question, all);
      return { ...facts, trust, ...(await withParents(verifier, facts.parents ?? [], trust, question)) };
    }
    case "index": {
      const trust = await verifyAll(verifier, facts.digest, question, all);
      const children = await inBatches(facts.children, async (child) => ({
        ...child,
        ...(question.isWanted?.(child) === false
          ? {}
          : { trust: await verifyAll(verifier, child.digest, question, childTrust) }),
      }));
      return { ...facts, trust, children };
    }
    default:
      return facts;
  }
}

/** An index covers a child where the policy says so, and only matters where the child's own signatures do not suffice. */
async function withParents(
  verifier: Verify,
  parents: readonly TrustFacts[],
  own: readonly SignatureResult[],
  question: TrustQuestion,
): Promise<{ readonly parents: readonly TrustFacts[] }> {
  const { trust, childTrust } = question.needed;
  const covered = trust.filter((requirement) => !childTrust.includes(requirement));
  if (covered.length === 0 || own.every((result) => result.state === "verified")) {
    return { parents: [] };
  }
  const { registry, repository } = question.reference;
  const verified = await inBatches(parents, async ({ digest }) => {
    const reference = { raw: `${registry}/${repository}@${digest}`, registry, repository, digest, isTagImplied: false };
    return { digest, trust: await verifyAll(verifier, digest, { ...question, reference }, covered) };
  });
  return { parents: verified };
}

async function verifyAll(
  verifier: Verify,
  digest: Digest,
  question: TrustQuestion,
  requirements: readonly TrustRequirement[],
): Promise<readonly SignatureResult[]> {
  if (requirements.length === 0) {
    return [];
  }
  const { reference, referrers, registryUrl, credentials, now, signal } = question;
  return await verifier.verify({ reference, digest, referrers, registryUrl, credentials }, requirements, {
    now,
    signal,
  });
}

async function inBatches<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<readonly R[]> {
  const results: R[] = [];
  for (let at = 0; at < items.length; at += BATCH) {
    results.push(...(await Promise.all(items.slice(at, at + BATCH).map((item) => work(item)))));
    await nextTurn();
  }
  return results;
}
