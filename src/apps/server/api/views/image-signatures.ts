// SPDX-License-Identifier: Apache-2.0
import { createTranslate, type Language } from "#messages";
import type { DecidingPolicy } from "#policy";
import type { FoundSignature, SignatureKind } from "#signatures";
import type { Judgement, ServerContext } from "../../context.ts";
import type { ImageSignatures, ShownSignatureState, SignatureNote, SignatureSummary } from "../schemas/signatures.ts";
import { type NamedImage, referenceOf } from "./find-image.ts";

/** Lists stay short: what is cut is in the log of the verification, and nobody reads on. */
const MAX_SHOWN = 100;

interface Judged {
  readonly image: NamedImage;
  readonly judgement: Judgement;
}

/** What the image's signatures come to, in one line. */
export async function summarizeSignatures(
  context: ServerContext,
  { image, judgement }: Judged,
): Promise<SignatureSummary> {
  return judgement.verdict.trust === undefined || judgement.verdict.trust.state === "none"
    ? summarize(judgement, await discover(context, image))
    : summarize(judgement, []);
}

function summarize(judgement: Judgement, found: readonly FoundSignature[] | undefined): SignatureSummary {
  const { trust } = judgement.verdict;
  if (trust === undefined) {
    return toSummary(found);
  }
  const others = trust.state === "none" ? withoutJudged(found ?? [], judgement) : [];
  const note = others.length > 0 ? "other-kind" : noteOf(trust.state, judgement);
  return {
    state: trust.state,
    ...(note === undefined ? {} : { note }),
    signers: [...new Set(trust.signers.map(({ identity }) => identity))],
    found: countKinds(others),
  };
}

/** Nothing is wrong with a signature where there is none: the state is that of the policy, and the words are not. */
function noteOf(state: ShownSignatureState, { signatures = [] }: Judgement): SignatureNote | undefined {
  const problems = signatures.flatMap((each) => (each.state === "bad" ? each.problems : []));
  const codes = problems.filter(({ effect }) => effect === "bad").map(({ code }) => code);
  if (state !== "bad" || codes.length === 0) {
    return undefined;
  }
  if (codes.every((code) => code === "NOT_SUPPORTED")) {
    return "not-supported";
  }
  return codes.every((code) => code === "NOT_SUPPORTED" || code === "TARGET_MISSING") ? "not-signed" : undefined;
}

/** What no result speaks of. */
function withoutJudged(found: readonly FoundSignature[], { signatures = [] }: Judgement): readonly FoundSignature[] {
  const judged = new Set(
    signatures.flatMap((each) => [...each.signatures, ...each.problems]).map(({ location }) => location),
  );
  return found.filter(({ location }) => !judged.has(location));
}

/** Every signature that counts, every one that does not and why; `platforms` names the children of an index. */
export async function describeSignatures(
  context: ServerContext,
  { image, judgement }: Judged,
  options: { readonly platforms: ReadonlyMap<string, string>; readonly language: Language },
): Promise<ImageSignatures> {
  const { trust, policy, mandatory = [] } = judgement.verdict;
  const found = trust === undefined || trust.state === "none" ? await discover(context, image) : [];
  if (trust === undefined) {
    const summary = toSummary(found);
    return { ...summary, verified: [], problems: [], unverified: (found ?? []).slice(0, MAX_SHOWN), policies: [] };
  }
  const translate = createTranslate(options.language);
  const results = judgement.signatures ?? [];
  const verified = results.flatMap(({ digest, signatures }) =>
    signatures.map((signature) => ({ ...signature, ...placeOf(digest, options.platforms) })),
  );
  const problems = results.flatMap(({ digest, problems: existing }) =>
    existing.map(({ message, missingSigner: _, ...problem }) => ({
      ...problem,
      ...placeOf(digest, options.platforms),
      text: translate(`signature.${problem.code}`),
      detail: message,
    })),
  );
  return {
    ...summarize(judgement, found),
    verified: distinct(verified).slice(0, MAX_SHOWN),
    problems: distinct(problems).slice(0, MAX_SHOWN),
    unverified: withoutJudged(found ?? [], judgement).slice(0, MAX_SHOWN),
    policies: [...(policy === undefined ? [] : [policy]), ...mandatory].filter((each) => asks(context, each)),
  };
}

/** Whether the entry that was applied asks for any signature; others are in force beside it. */
function asks(context: ServerContext, { kind, namespace, name, repository }: DecidingPolicy): boolean {
  return context.judge.policies
    .current()
    .registry.documents.filter((each) => each.kind === kind && each.namespace === namespace && each.name === name)
    .flatMap((each) => each.repositories)
    .filter((entry) => entry.name === repository)
    .some(
      ({ policy }) =>
        policy?.trust?.enabled === true ||
        policy?.simple !== undefined ||
        policy?.signatures !== undefined ||
        policy?.attestations !== undefined,
    );
}

/** `undefined` when it cannot be told. */
async function discover(context: ServerContext, image: NamedImage): Promise<readonly FoundSignature[] | undefined> {
  const { repository, digest } = image;
  try {
    return await context.judge.discover({ reference: referenceOf(context, image), repository, digest });
  } catch (error) {
    context.telemetry.log.warn({ err: error, repository, digest }, "cannot list the signatures of an image");
    return undefined;
  }
}

function toSummary(found: readonly FoundSignature[] | undefined): SignatureSummary {
  const state: ShownSignatureState = found === undefined ? "unknown" : found.length === 0 ? "none" : "not-asked";
  return { state, signers: [], found: countKinds(found ?? []) };
}

function countKinds(found: readonly FoundSignature[]): SignatureSummary["found"] {
  const counts = new Map<SignatureKind, number>();
  for (const { kind } of found) {
    counts.set(kind, (counts.get(kind) ?? 0) + 1);
  }
  return [...counts].map(([kind, count]) => ({ kind, count }));
}

function placeOf(
  digest: string,
  platforms: ReadonlyMap<string, string>,
): { readonly digest: string; readonly platform?: string } {
  const platform = platforms.get(digest);
  return platform === undefined ? { digest } : { digest, platform };
}

/** Several requirements look at the same signature. */
function distinct<T>(items: readonly T[]): readonly T[] {
  return [...new Map(items.map((item) => [JSON.stringify(item), item])).values()];
}
