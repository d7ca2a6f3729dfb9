// SPDX-License-Identifier: Apache-2.0
import { createHash } from "node:crypto";
import type { Digest } from "#base";
import { renderImageReference } from "#oci";
import {
  combineAlternatives,
  concludeResult,
  requirementId,
  type SignatureResult,
  type SignatureVerifier,
  type SignedImage,
  type TrustRequirement,
} from "#signatures";
import { ImageCandidates } from "./candidates/image-candidates.ts";
import { findSignatures, kindOf, type Look } from "./requirement-findings.ts";
import { ResultCache } from "./result-cache.ts";
import {
  DEFAULT_DEADLINE_MS,
  DEFAULT_LIFETIMES,
  DEFAULT_MAX_RESULTS,
  type SignatureVerifierOptions,
} from "./signature-verifier-options.ts";
import { trustMaterial } from "./trust-material.ts";
import { Verifiers } from "./verifiers.ts";

/**
 * Collects and verifies signatures of every kind. One for a process: it keeps parsed keys and trust roots, results by
 * (digest, repository, requirement, trust material) for the lifetimes of their states, and does one search at a time for
 * each. Nothing is loaded of a kind that nobody asks for.
 */
export function createSignatureVerifier(options: SignatureVerifierOptions): SignatureVerifier & AsyncDisposable {
  const verifiers = new Verifiers();
  const cache = new ResultCache(
    { ...DEFAULT_LIFETIMES, ...options.lifetimesMs },
    options.maxResults ?? DEFAULT_MAX_RESULTS,
  );
  const closing = new AbortController();
  const openNotary = once(async () => {
    const { createNotaryClient } = await import("./notary/notary-client.ts");
    return createNotaryClient({ ...options, servers: options.notaryServers ?? {} });
  });
  const openRevocation = once(async () => {
    const { createRevocationAnswers } = await import("./revocation/revocation-answers.ts");
    return createRevocationAnswers(options.http);
  });
  function deadline(): AbortSignal {
    return AbortSignal.any([closing.signal, AbortSignal.timeout(options.deadlineMs ?? DEFAULT_DEADLINE_MS)]);
  }

  async function verifyOne(requirement: TrustRequirement, look: Look): Promise<SignatureResult> {
    const id = requirementId(requirement);
    const { digest } = look.image;
    const material = await trustMaterial(requirement, look);
    return await cache.get(cacheKey(look.image, id, material), digest, look.subject.now, async () => {
      if (requirement.kind === "any-of") {
        const results = await Promise.all(requirement.of.map((each) => verifyOne(each, look)));
        return combineAlternatives({ requirement: id, digest, atLeast: requirement.atLeast }, results);
      }
      return concludeResult({ requirement: id, digest, ...(await findSignatures(requirement, look)) });
    });
  }

  return {
    verify: async (image, requirements, { now, signal }) => {
      const subject = { digest: image.digest, reference: image.reference, now };
      const expires = deadline();
      const candidates = new ImageCandidates(image, expires);
      const look: Look = {
        options,
        verifiers,
        notary: openNotary,
        revocation: openRevocation,
        image,
        subject,
        candidates,
        signal: expires,
      };
      return await Promise.all(
        requirements.map((requirement) =>
          orGivenUp(verifyOne(requirement, look), signal, () => givenUp(requirement, image.digest)),
        ),
      );
    },
    discover: async (image, signal) => {
      const expires = signal === undefined ? deadline() : AbortSignal.any([deadline(), signal]);
      return await new ImageCandidates(image, expires).discover();
    },
    forget: (digest) => cache.forget(digest),
    [Symbol.asyncDispose]: () => {
      closing.abort(new Error("the verifier was closed"));
      return Promise.resolve();
    },
  };
}

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => {
    made ??= make();
    return made;
  };
}

/** Everything on which a result rests besides the requirement. Names count: some kinds sign them, and signatures lie beside the name. */
function cacheKey(image: SignedImage, requirement: string, material: string): string {
  const who = image.credentials === undefined ? null : [image.credentials.username, image.credentials.password];
  const parts = [renderImageReference(image.reference), image.digest, requirement, material, who];
  return createHash("sha256").update(JSON.stringify(parts)).digest("base64url");
}

/** The search goes on for others who wait for it; whoever gave up learns that nobody can tell. */
async function orGivenUp(
  result: Promise<SignatureResult>,
  signal: AbortSignal | undefined,
  fallback: () => SignatureResult,
): Promise<SignatureResult> {
  if (signal === undefined) {
    return await result;
  }
  const { promise, resolve } = Promise.withResolvers<SignatureResult>();
  function giveUp(): void {
    resolve(fallback());
  }
  signal.addEventListener("abort", giveUp, { once: true });
  if (signal.aborted) {
    giveUp();
  }
  try {
    return await Promise.race([result, promise]);
  } finally {
    signal.removeEventListener("abort", giveUp);
  }
}

function givenUp(requirement: TrustRequirement, digest: Digest): SignatureResult {
  return concludeResult({
    requirement: requirementId(requirement),
    digest,
    signatures: [],
    problems: [
      {
        kind: kindOf(requirement),
        code: "SOURCE_UNAVAILABLE",
        effect: "unknown",
        location: "repository",
        message: "the request ended before signatures were looked at",
      },
    ],
    isComplete: false,
  });
}
