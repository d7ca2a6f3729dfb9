// SPDX-License-Identifier: Apache-2.0
import type { VerificationSubject } from "#signatures";
import { SimpleSigningError } from "./errors.ts";
import { holdsSignature } from "./holds-signature.ts";
import { assertAnnounced, type ParsedSignature, parseSignature } from "./parse-signature.ts";
import type { EnclosedSignature } from "./parse-signed-message.ts";
import type { KeyRing } from "./read-key-ring.ts";
import type { SigningKey } from "./signing-key.ts";

/** Whether one signature of a message holds; what the message says is not looked at. */
export type SigningCheck =
  | {
      readonly isGood: true;
      readonly key: SigningKey;
      /** Of the primary user, without control characters. */
      readonly userId: string;
      readonly createdAt: Date;
      /** When the key or the signature ends. */
      readonly validUntil?: Date | undefined;
    }
  | { readonly isGood: false; readonly error: unknown; readonly claimedIdentity?: string | undefined };

/** Clocks of builders and clusters differ; a signature from later than this is of another time. */
const MAX_CLOCK_SKEW_SECONDS = 300;

/**
 * Checks one signature: made over the content by a key of the ring that may sign now, in the time of the key, and not
 * ended. Never throws: what was wrong is in the answer.
 */
export async function checkSignature(
  enclosed: EnclosedSignature,
  content: Uint8Array,
  ring: KeyRing,
  { now }: Pick<VerificationSubject, "now">,
): Promise<SigningCheck> {
  let claimedIdentity: string | undefined;
  try {
    const signature = parseSignature(enclosed.packet);
    claimedIdentity = signature.issuer.fingerprint ?? signature.issuer.keyId;
    if (enclosed.onePass !== undefined) {
      assertAnnounced(signature, enclosed.onePass);
    }
    const key = findSigner(signature, content, ring);
    const judgement = await key.judge(now);
    if (!judgement.maySign) {
      throw new SimpleSigningError(judgement.code, judgement.reason);
    }
    assertTimely(signature, key, now);
    const ends = [judgement.validUntil, toDate(signature.expiresAt)].filter((end) => end !== undefined);
    return {
      isGood: true,
      key,
      userId: judgement.userId.replaceAll(/\p{Cc}/gu, " "),
      createdAt: new Date(signature.createdAt * 1000),
      validUntil: ends.toSorted((a, b) => a.getTime() - b.getTime())[0],
    };
  } catch (error) {
    return { isGood: false, error, claimedIdentity };
  }
}

/** Key ids are short enough to collide on purpose, so the one that fits is the one whose signature holds. */
function findSigner(signature: ParsedSignature, content: Uint8Array, ring: KeyRing): SigningKey {
  const keys = ring.find(signature.issuer);
  if (keys.length === 0) {
    throw new SimpleSigningError("KEY_MISMATCH", "the key that is said to have signed is not in the key ring");
  }
  const signer = keys.find((key) => holdsSignature(signature, content, key.verificationKey()));
  if (signer === undefined) {
    throw new SimpleSigningError("SIGNATURE_INVALID", "the signature does not fit the content and the key");
  }
  return signer;
}

/** The time in a signature is its maker's word, so a key that has ended by now is refused whatever it says. */
function assertTimely(signature: ParsedSignature, key: SigningKey, now: Date): void {
  const seconds = now.getTime() / 1000;
  if (signature.createdAt < key.createdAt) {
    throw new SimpleSigningError("EXPIRED", "the signature is older than its key");
  }
  if (signature.createdAt > seconds + MAX_CLOCK_SKEW_SECONDS) {
    throw new SimpleSigningError("EXPIRED", `the signature is from the future, ${iso(signature.createdAt)}`);
  }
  if (signature.expiresAt !== undefined && signature.expiresAt <= seconds) {
    throw new SimpleSigningError("EXPIRED", `the signature ended at ${iso(signature.expiresAt)}`);
  }
}

function toDate(seconds: number | undefined): Date | undefined {
  return seconds === undefined ? undefined : new Date(seconds * 1000);
}

function iso(seconds: number): string {
  return new Date(seconds * 1000).toISOString();
}
