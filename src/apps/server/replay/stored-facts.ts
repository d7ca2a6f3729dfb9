// SPDX-License-Identifier: Apache-2.0
import type { Digest } from "#base";
import { registryNamesOf } from "#configuration";
import { type ImageReference, parseImageReference } from "#oci";
import type { ImageFacts, NeededFacts } from "#policy";
import { requirementId, type SignatureResult, type TrustRequirement } from "#signatures";
import type { ServerContext } from "../context.ts";
import { collectFacts, createChildSelector } from "../judge/index.ts";

/** What is stored about an image; nothing is fetched. Without a digest, or of an image that was never looked at: unknown. */
export async function storedFacts(
  context: Pick<ServerContext, "configuration" | "database" | "blobs" | "judge" | "cluster">,
  image: { readonly reference: string; readonly digest?: Digest },
  needed: Pick<NeededFacts, "platforms" | "config" | "created">,
): Promise<ImageFacts> {
  const { digest } = image;
  const reference = parseReference(image.reference);
  if (digest === undefined || reference === undefined) {
    return { kind: "unknown" };
  }
  const { registry, repository } = reference;
  if (registryNamesOf(context.configuration).includes(registry)) {
    const { database, blobs } = context;
    const sources = { registry: database.registry, scans: database.scans, blobs };
    const options = { withParents: false, config: needed.config, created: needed.created };
    return (await collectFacts(sources, { repository, digest }, options)).facts;
  }
  const nodes = context.cluster?.nodePlatforms ?? [];
  const { images } = context.judge;
  if (images === undefined) {
    return { kind: "unknown" };
  }
  const select = createChildSelector(needed, nodes);
  const collected = await images.collect(
    { registry, repository, digest },
    { scan: true, config: needed.config || needed.created, select },
    undefined,
  );
  return collected.facts;
}

/** A reference that is none is denied by every policy; nothing is stored about it. */
function parseReference(text: string): ImageReference | undefined {
  try {
    return parseImageReference(text);
  } catch {
    return undefined;
  }
}

/**
 * The facts with what is known about signatures: what held when the image was admitted under the policies in force. What
 * else changed policies ask for nobody has looked up, and stays undecided.
 */
export function withRecordedTrust(facts: ImageFacts, held: readonly TrustRequirement[]): ImageFacts {
  if (facts.kind === "unknown" || held.length === 0) {
    return facts;
  }
  function trustOf(digest: Digest): readonly SignatureResult[] {
    return held.map((requirement) => heldResult(requirement, digest));
  }
  return facts.kind === "index"
    ? {
        ...facts,
        trust: trustOf(facts.digest),
        children: facts.children.map((child) => ({ ...child, trust: trustOf(child.digest) })),
      }
    : { ...facts, trust: trustOf(facts.digest) };
}

function heldResult(requirement: TrustRequirement, digest: Digest): SignatureResult {
  const { kind } = requirement;
  const signature = {
    kind: kind === "notation" || kind === "notary" || kind === "gpg" ? kind : ("cosign" as const),
    identity: "recorded at admission",
    keyId: "",
    location: "record",
    checks: [],
  };
  return { requirement: requirementId(requirement), digest, state: "verified", signatures: [signature], problems: [] };
}
