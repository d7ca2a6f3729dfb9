// SPDX-License-Identifier: Apache-2.0
import { z } from "zod";
import { type Digest, isDigest, LIMITS } from "#base";
import { AttestationError } from "../errors.ts";

/** A reason of a verdict as it stands in an attestation; `code` is one of `ReasonCode` of the version that judged. */
export interface VerdictReason {
  readonly code: string;
  readonly effect: "deny" | "undecided" | "warn" | "exempt";
  readonly platform?: string | undefined;
  readonly params: Readonly<Record<string, string | number>>;
}

/** What `VERDICT_PREDICATE_TYPE` says: how one image was judged, by which policy and with which advisories. */
export interface VerdictPredicate {
  /** The image or index that was judged; the same digest as the statement's subject. */
  readonly image: { readonly digest: Digest; readonly reference: string };
  readonly outcome: "allow" | "deny" | "undecided";
  readonly mode: "enforce" | "warn" | "audit";
  readonly reasons: readonly VerdictReason[];
  readonly policy: {
    /** Of the policy documents that were in force, in the canonical form of `policyDigest`. */
    readonly digest: Digest;
    /** The document and entry that decided. */
    readonly kind?: string | undefined;
    readonly namespace?: string | undefined;
    readonly name?: string | undefined;
    readonly repository?: string | undefined;
  };
  readonly advisories: {
    /** Content digest of the advisory database. */
    readonly digest: Digest;
    /** The newest change in it, RFC 3339; absent when it is empty. */
    readonly date?: string | undefined;
  };
  /** When it was judged, RFC 3339, as the signer says; a trusted time is in the signature. */
  readonly evaluatedAt: string;
  /** Whether every platform was scanned to its end. */
  readonly isComplete: boolean;
  readonly scanner: { readonly name: string; readonly version: string };
}

const text = z.string().min(1).max(LIMITS.maxFieldLength);
const digest = z.string().refine(isDigest, { message: "expected a digest" });
const instant = z.iso.datetime({ offset: true });

const verdictSchema: z.ZodType<VerdictPredicate> = z.strictObject({
  image: z.strictObject({ digest, reference: text }),
  outcome: z.enum(["allow", "deny", "undecided"]),
  mode: z.enum(["enforce", "warn", "audit"]),
  reasons: z
    .array(
      z.strictObject({
        code: z.string().regex(/^[A-Z][A-Z0-9_]{0,63}$/),
        effect: z.enum(["deny", "undecided", "warn", "exempt"]),
        platform: text.optional(),
        params: z.record(z.string().max(64), z.union([z.string().max(4096), z.number()])),
      }),
    )
    .max(LIMITS.maxProblems),
  policy: z.strictObject({
    digest,
    kind: text.optional(),
    namespace: text.optional(),
    name: text.optional(),
    repository: text.optional(),
  }),
  advisories: z.strictObject({ digest, date: instant.optional() }),
  evaluatedAt: instant,
  isComplete: z.boolean(),
  scanner: z.strictObject({ name: text, version: text }),
});

/**
 * The verdict in the predicate of a verified statement about `subject`. Throws `PREDICATE_INVALID` for anything that is
 * not exactly of this form, for a verdict on another digest, and for an allow that carries a reason against it: who signs
 * such a thing has a fault that must not pass as an allow.
 */
export function parseVerdictPredicate(predicate: unknown, subject: Digest): VerdictPredicate {
  const parsed = verdictSchema.safeParse(predicate);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const place = issue?.path.map(String).join(".").slice(0, 100) ?? "";
    throw new AttestationError("PREDICATE_INVALID", `verdict is malformed at "${place}"`);
  }
  const verdict = parsed.data;
  if (verdict.image.digest !== subject) {
    throw new AttestationError("PREDICATE_INVALID", `verdict is on ${verdict.image.digest}, expected ${subject}`);
  }
  if (
    verdict.outcome === "allow" &&
    verdict.reasons.some(({ effect }) => effect === "deny" || effect === "undecided")
  ) {
    throw new AttestationError("PREDICATE_INVALID", "verdict allows and gives a reason not to");
  }
  return verdict;
}

/** The predicate as it is signed: keys in a fixed order, nothing that is undefined. Throws `PREDICATE_INVALID` for what `parseVerdictPredicate` would refuse. */
export function toVerdictPredicate(verdict: VerdictPredicate): object {
  const { image, policy, advisories, scanner } = verdict;
  const predicate: object = JSON.parse(
    JSON.stringify({
      image: { digest: image.digest, reference: image.reference },
      outcome: verdict.outcome,
      mode: verdict.mode,
      reasons: verdict.reasons.map((reason) => ({
        code: reason.code,
        effect: reason.effect,
        platform: reason.platform,
        params: reason.params,
      })),
      policy: {
        digest: policy.digest,
        kind: policy.kind,
        namespace: policy.namespace,
        name: policy.name,
        repository: policy.repository,
      },
      advisories: { digest: advisories.digest, date: advisories.date },
      evaluatedAt: verdict.evaluatedAt,
      isComplete: verdict.isComplete,
      scanner: { name: scanner.name, version: scanner.version },
    }),
  );
  parseVerdictPredicate(predicate, image.digest);
  return predicate;
}
