// SPDX-License-Identifier: Apache-2.0
import { z } from "zod";
import type { DecidingPolicy } from "#policy";
import type { FoundSignature, SignatureKind, SignatureProblem, SignatureState, VerifiedSignature } from "#signatures";
import { decidingPolicySchema } from "./verdict.ts";

/** `not-asked`: signatures lie there, and no policy asks for one. */
export type ShownSignatureState = SignatureState | "not-asked";

/**
 * What a state does not say: the registry has no such signatures at all, or none for this tag (both `bad`, for a policy
 * that insists); what lies there is of a kind that nobody asked for (`none`).
 */
export type SignatureNote = "not-supported" | "not-signed" | "other-kind";

/** The signatures of an image in one line. */
export interface SignatureSummary {
  readonly state: ShownSignatureState;
  readonly note?: SignatureNote;
  /** Whose signatures count, each once. */
  readonly signers: readonly string[];
  /** What lies there unverified, by kind; only where nobody asked for it. */
  readonly found: readonly { readonly kind: SignatureKind; readonly count: number }[];
}

/** A signature that counts, and for which manifest. */
export type VerifiedSignatureBody = VerifiedSignature & { readonly digest: string; readonly platform?: string };

export interface SignatureProblemBody extends Omit<SignatureProblem, "message"> {
  readonly digest: string;
  readonly platform?: string;
  /** A sentence in the asked language. */
  readonly text: string;
  /** English, for whoever looks into it. */
  readonly detail: string;
}

/** Everything about the signatures of an image. */
export interface ImageSignatures extends SignatureSummary {
  readonly verified: readonly VerifiedSignatureBody[];
  readonly problems: readonly SignatureProblemBody[];
  /** What lies there, unverified; only where nobody asked for it. */
  readonly unverified: readonly FoundSignature[];
  /** The policies by which signatures are judged; empty where none asks for any. */
  readonly policies: readonly DecidingPolicy[];
}

const kindSchema: z.ZodType<SignatureKind> = z.enum(["cosign", "notation", "notary", "gpg"]);

const summaryFields = {
  state: z
    .enum(["verified", "bad", "unknown", "none", "not-asked"])
    .describe("bad: a signature is there and does not count; not-asked: no policy asks for one, and some lie there"),
  note: z
    .exactOptional(z.enum(["not-supported", "not-signed", "other-kind"]))
    .describe("of bad: there is nothing of that kind; of none: something of another kind lies there"),
  signers: z.array(z.string()).describe("whose signatures count"),
  found: z.array(z.strictObject({ kind: kindSchema, count: z.int().min(1) })).describe("unverified, by kind"),
};

export const signatureSummarySchema: z.ZodType<SignatureSummary> = z.strictObject(summaryFields);

const certificateSchema = z.strictObject({
  subject: z.string(),
  issuer: z.string(),
  serialNumber: z.string(),
  fingerprint: z.string().describe("SHA-256 of the DER"),
  notBefore: z.string(),
  notAfter: z.string(),
});

const placeFields = {
  digest: z.string().describe("the manifest or index that is signed"),
  platform: z.exactOptional(z.string()).describe("of a child of an index"),
};

const verifiedSchema: z.ZodType<VerifiedSignatureBody> = z.strictObject({
  ...placeFields,
  kind: kindSchema,
  identity: z.string(),
  issuer: z.exactOptional(z.string()),
  keyId: z.string(),
  certificate: z.exactOptional(certificateSchema),
  signedAt: z.exactOptional(z.string()),
  timeSource: z.exactOptional(z.enum(["timestamp-authority", "transparency-log", "signer"])),
  transparency: z.exactOptional(z.strictObject({ logIndex: z.string(), logId: z.string() })),
  location: z.string(),
  checks: z.array(z.string()).describe("what was checked, in order"),
  predicateType: z.exactOptional(z.string()).describe("of an attestation"),
});

const problemSchema: z.ZodType<SignatureProblemBody> = z.strictObject({
  ...placeFields,
  kind: kindSchema,
  code: z.string() as unknown as z.ZodType<SignatureProblem["code"]>,
  effect: z.enum(["bad", "unknown", "warning"]),
  location: z.string(),
  claimedIdentity: z.exactOptional(z.string()).describe("what the signature says of itself; not verified"),
  text: z.string().describe("a sentence in the asked language"),
  detail: z.string().describe("English, what was expected and what was found"),
});

const foundSchema: z.ZodType<FoundSignature> = z.strictObject({
  kind: kindSchema,
  location: z.string(),
  predicateType: z.exactOptional(z.string()),
});

export const imageSignaturesSchema: z.ZodType<ImageSignatures> = z.strictObject({
  ...summaryFields,
  verified: z.array(verifiedSchema),
  problems: z.array(problemSchema),
  unverified: z.array(foundSchema),
  policies: z.array(decidingPolicySchema),
});

z.globalRegistry.add(signatureSummarySchema, { id: "SignatureSummary" });
z.globalRegistry.add(verifiedSchema, { id: "VerifiedSignature" });
z.globalRegistry.add(problemSchema, { id: "SignatureProblem" });
z.globalRegistry.add(imageSignaturesSchema, { id: "ImageSignatures" });
