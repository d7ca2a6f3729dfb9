// SPDX-License-Identifier: Apache-2.0
import type { ImageFacts, NeededFacts, TrustFacts } from "#policy";

/** SLSA provenance of any version, and the older in-toto link that builders wrote before it. */
const PROVENANCE = /^https:\/\/slsa\.dev\/provenance\/v[0-9]/;

/**
 * The facts, with the time of signed provenance in the place of a weaker word for when the image was made: the signature
 * is no older than the build that it describes. Only a time that somebody other than the signer vouches for counts.
 */
export function withProvenance(facts: ImageFacts, needed: Pick<NeededFacts, "created">): ImageFacts {
  if (!needed.created || facts.kind === "unknown") {
    return facts;
  }
  const own = provenanceOf(facts);
  const created = own === undefined ? {} : { created: own };
  if (facts.kind === "image") {
    return { ...facts, ...created };
  }
  const children = facts.children.map((child) => {
    const ofChild = provenanceOf(child) ?? own;
    return ofChild === undefined ? child : { ...child, created: ofChild };
  });
  return { ...facts, ...created, children };
}

function provenanceOf({ trust }: TrustFacts): { readonly at: string; readonly from: "provenance" } | undefined {
  const times = (trust ?? [])
    .flatMap((result) => (result.state === "verified" ? result.signatures : []))
    .filter(({ predicateType, timeSource }) => PROVENANCE.test(predicateType ?? "") && isVouchedFor(timeSource))
    .flatMap(({ signedAt }) => signedAt ?? [])
    .toSorted();
  // signed again later, it is no younger
  return times[0] === undefined ? undefined : { at: times[0], from: "provenance" };
}

function isVouchedFor(source: string | undefined): boolean {
  return source === "timestamp-authority" || source === "transparency-log";
}
