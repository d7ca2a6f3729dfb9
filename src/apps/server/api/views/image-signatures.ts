// SPDX-License-Identifier: Apache-2.0
import { createTranslate, type Language } from "#messages";
import type { DecidingPolicy } from "#policy";
import type { FoundSignature, SignatureKind } from "#signatures";
import type { Judgement, ServerContext } from "../../context.ts";
import type { ImageSignatures, ShownSignatureState, SignatureSummary } from "../schemas/signatures.ts";
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
  const { trust } = judgement.verdict;
  if (trust !== undefined) {
    return { state: trust.state, signers: [...new Set(trust.signers.map(({ identity }) => identity))], found: [] };
  }
  return toSummary(await discover(context, image));
}

/** Every signature that counts, every one that does not and why; `platforms` names the children of an index. */
export async function describeSignatures(
  context: ServerContext,
  { image, judgement }: Judged,
  options: { readonly platforms: ReadonlyMap<string, string>; readonly language: Language },
): Promise<ImageSignatures> {
  const { trust, policy, mandatory = [] } = judgement.verdict;
  if (trust === undefined) {
    const found = await discover(context, image);
    const summary = toSummary(found);
    return { ...summary, verified: [], problems: [], unverified: (found ?? []).slice(0, MAX_SHOWN), policies: [] };
  }
  const translate = createTranslate(options.language);
  const results = judgement.signatures ?? [];
  const verified = results.flatMap(({ digest, signatures }) =>
    signatures.map((signature) => ({ ...signature, ...placeOf(digest, options.platforms) })),
  );
  const problems = results.flatMap(({ digest, problems: found }) =>
    found.map(({ message, ...problem }) => ({
      ...problem,
      ...placeOf(digest, options.platforms),
      text: translate(`signature.${problem.code}`),
      detail: message,
    })),
  );
  return {
    ...(await summarizeSignatures(context, { image, judgement })),
    verified: distinct(verified).slice(0, MAX_SHOWN),
    problems: distinct(problems).slice(0, MAX_SHOWN),
    unverified: [],
    policies: [...(policy === undefined ? [] : [policy]), ...mandatory].filter((each) => asks(context, each)),
  };
}

/** Whether the entry that was applied asks for any signature; others are in force beside it. */
function asks(context: ServerContext, { kind, namespace, name, repository }: DecidingPolicy): boolean {
  return context.judge.policies.registry.documents
    .filter((each) => each.kind === kind && each.namespace === namespace && each.name === name)
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
  const counts = new Map<SignatureKind, number>();
  for (const { kind } of found ?? []) {
    counts.set(kind, (counts.get(kind) ?? 0) + 1);
  }
  const state: ShownSignatureState = found === undefined ? "unknown" : found.length === 0 ? "none" : "not-asked";
  return { state, signers: [], found: [...counts].map(([kind, count]) => ({ kind, count })) };
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
