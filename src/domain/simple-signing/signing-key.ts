// SPDX-License-Identifier: Apache-2.0
import { type Key, SignaturePacket, type Subkey } from "openpgp";
import { messageOf } from "#base";
import type { SimpleSigningErrorCode } from "./errors.ts";
import { toVerificationKey, type VerificationKey } from "./verification-key.ts";

/** A primary key or subkey of a ring that may have signed. */
export interface SigningKey {
  /** Upper-case hexadecimal, 40 digits. */
  readonly fingerprint: string;
  readonly primaryFingerprint: string;
  /** Seconds since 1970. */
  readonly createdAt: number;
  /** Throws `UNSUPPORTED` where we cannot verify by this key. */
  verificationKey(): VerificationKey;
  /** Whether it may sign at that time: certified by its primary key, not ended, not revoked, not too weak. */
  judge(now: Date): Promise<KeyJudgement>;
}

export type KeyJudgement =
  | {
      readonly maySign: true;
      /** The primary user id at that time. */
      readonly userId: string;
      /** When the key ends. */
      readonly validUntil?: Date | undefined;
    }
  | { readonly maySign: false; readonly code: SimpleSigningErrorCode; readonly reason: string };

const RSA = /^rsa/;
const MIN_RSA_BITS = 2048;

/** One signing key for each key packet of the key. */
export function toSigningKeys(key: Key): readonly SigningKey[] {
  const judgeAt = rememberPerSpan(momentsOf(key));
  return [key, ...key.subkeys].map((part) => {
    const packet = part.keyPacket;
    let verificationKey: VerificationKey | undefined;
    const judgements = judgeAt((now) => judge(key, part, now));
    return {
      fingerprint: part.getFingerprint().toUpperCase(),
      primaryFingerprint: key.getFingerprint().toUpperCase(),
      createdAt: Math.floor(packet.created.getTime() / 1000),
      verificationKey(): VerificationKey {
        verificationKey ??= toVerificationKey(packet.write());
        return verificationKey;
      },
      judge: judgements,
    };
  });
}

async function judge(key: Key, part: Key | Subkey, now: Date): Promise<KeyJudgement> {
  const weakness = [key, part].map(describeWeakness).find((each) => each !== undefined);
  if (weakness !== undefined) {
    return { maySign: false, code: "SIGNATURE_INVALID", reason: weakness };
  }
  try {
    const found = await key.getSigningKey(part.getKeyID(), now);
    if (found.getFingerprint() === part.getFingerprint()) {
      const { user } = await key.getPrimaryUser(now);
      return { maySign: true, userId: user.userID?.userID ?? "", validUntil: await endOf(key, part, now) };
    }
    return { maySign: false, code: "KEY_MISMATCH", reason: "another key of the ring has the same key id" };
  } catch (error) {
    return { maySign: false, ...(await explain(key, part, now, messageOf(error))) };
  }
}

/** `openpgp` says no with one message for everything; people want to know whether the key ended or was revoked. */
async function explain(
  key: Key,
  part: Key | Subkey,
  now: Date,
  message: string,
): Promise<{ readonly code: SimpleSigningErrorCode; readonly reason: string }> {
  if (await isRevoked(key, part, now)) {
    return { code: "REVOKED", reason: "the key was revoked" };
  }
  const end = await endOf(key, part, now);
  if (end !== undefined && end <= now) {
    return { code: "EXPIRED", reason: `the key ended at ${end.toISOString()}` };
  }
  return { code: "KEY_MISMATCH", reason: `the key may not sign: ${message}` };
}

async function isRevoked(key: Key, part: Key | Subkey, now: Date): Promise<boolean> {
  if (await key.isRevoked(undefined, undefined, now)) {
    return true;
  }
  if (isSubkey(part)) {
    const bindings = part.bindingSignatures;
    const revoked = await Promise.all(bindings.map((binding) => part.isRevoked(binding, key.keyPacket, now)));
    return revoked.length > 0 && revoked.every(Boolean);
  }
  return false;
}

function isSubkey(part: Key | Subkey): part is Subkey {
  return "bindingSignatures" in part;
}

async function endOf(key: Key, part: Key | Subkey, now: Date): Promise<Date | undefined> {
  const ends = [await key.getExpirationTime(), isSubkey(part) ? await part.getExpirationTime(now) : undefined];
  return ends.filter((end): end is Date => end instanceof Date).toSorted((a, b) => a.getTime() - b.getTime())[0];
}

function describeWeakness(part: Key | Subkey): string | undefined {
  const { algorithm, bits } = part.getAlgorithmInfo();
  return RSA.test(algorithm) && (bits ?? 0) < MIN_RSA_BITS
    ? `an RSA key of ${bits ?? 0} bits is too weak to count, ${MIN_RSA_BITS} are needed`
    : undefined;
}

/**
 * Every moment at which a judgement of the key can change: `openpgp` compares the time with nothing else. Between two of
 * them one judgement holds, so that a signature costs no signatures of the key.
 */
function momentsOf(key: Key): readonly number[] {
  const packets = [
    ...key.revocationSignatures,
    ...directSignaturesOf(key),
    ...key.users.flatMap((user) => [...user.selfCertifications, ...user.revocationSignatures]),
    ...key.subkeys.flatMap((subkey) => [...subkey.bindingSignatures, ...subkey.revocationSignatures]),
  ];
  const withEmbedded = packets.flatMap((packet) =>
    packet.embeddedSignature === null || packet.embeddedSignature === undefined
      ? [packet]
      : [packet, packet.embeddedSignature],
  );
  const created = [key, ...key.subkeys].map((part) => part.getCreationTime().getTime());
  const moments = withEmbedded.flatMap((packet) => [
    packet.created?.getTime() ?? 0,
    ...after([packet.created?.getTime() ?? 0], packet.signatureExpirationTime),
    ...after(created, packet.keyExpirationTime),
  ]);
  return [...new Set([...created, ...moments])].toSorted((a, b) => a - b);
}

function after(starts: readonly number[], seconds: number | null): readonly number[] {
  return seconds === null ? [] : starts.map((start) => start + seconds * 1000);
}

/** Signatures over the key alone; the types of `openpgp` do not name them. */
function directSignaturesOf(key: Key): readonly SignaturePacket[] {
  const { directSignatures } = key as { readonly directSignatures?: unknown };
  return Array.isArray(directSignatures)
    ? directSignatures.filter((each): each is SignaturePacket => each instanceof SignaturePacket)
    : [];
}

/** Asks once for each span between two moments; `openpgp` counts in whole seconds. */
function rememberPerSpan(
  moments: readonly number[],
): (ask: (now: Date) => Promise<KeyJudgement>) => (now: Date) => Promise<KeyJudgement> {
  return (ask) => {
    const remembered = new Map<number, Promise<KeyJudgement>>();
    return (now) => {
      const second = Math.floor(now.getTime() / 1000) * 1000;
      const span = moments.findLastIndex((moment) => moment <= second);
      const judgement = remembered.get(span) ?? ask(new Date(second));
      remembered.set(span, judgement);
      return judgement;
    };
  };
}
