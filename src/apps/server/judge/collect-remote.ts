// SPDX-License-Identifier: Apache-2.0
import type { ImageReference } from "#oci";
import type { ImageFacts, NeededFacts, PlatformFacts } from "#policy";
import type { SignatureVerifier } from "#signatures";
import type { RemotePlace } from "../context.ts";
import { problemOf, type RemoteFacts, RemoteImageError, type RemoteImages } from "../images/index.ts";
import { addTrust } from "./collect-trust.ts";
import type { ChildSelector } from "./judged-children.ts";

export interface RemoteQuestion extends RemotePlace {
  /** As it was asked for. */
  readonly reference: ImageReference;
  readonly digest: PlatformFacts["digest"];
  readonly needed: NeededFacts;
  readonly select: ChildSelector;
  /** Signatures are not looked at any more. */
  readonly isLate: boolean;
  readonly now: Date;
  readonly signal: AbortSignal;
}

/** The facts about an image of another registry, signatures included. What keeps it from being read is in the facts. */
export async function collectRemote(
  parts: { readonly images: RemoteImages; readonly verifier: SignatureVerifier },
  question: RemoteQuestion,
): Promise<RemoteFacts> {
  const { images, verifier } = parts;
  const { registry, access, reference, digest, needed, select, now, signal } = question;
  const image = { registry, repository: reference.repository, digest };
  try {
    const collected = await images.collect(
      image,
      { scan: needed.scan, config: needed.config || needed.created, select },
      access,
    );
    if (needed.trust.length === 0 || question.isLate || access === undefined || collected.facts.kind === "unknown") {
      return collected;
    }
    const trust = await images.openTrust(image, access);
    const facts = await addTrust(verifier, collected.facts, {
      reference,
      ...trust,
      needed,
      isWanted: wantedBy(collected.facts, select),
      now,
      signal,
    });
    return { ...collected, facts };
  } catch (error) {
    if (error instanceof RemoteImageError) {
      return { facts: { kind: "unknown", problem: problemOf(error) }, digests: [digest] };
    }
    throw error;
  }
}

function wantedBy(facts: ImageFacts, select: ChildSelector): (child: PlatformFacts) => boolean {
  const wanted = new Set(facts.kind === "index" ? select(facts.children) : []);
  return (child) => wanted.has(child) || child.platform === "";
}
