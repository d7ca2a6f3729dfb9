// SPDX-License-Identifier: Apache-2.0
import { createPublicKey, randomBytes, sign, verify } from "node:crypto";
import { digestOf } from "#base";
import { parseImageReference } from "#oci";
import type { VerificationSubject } from "#signatures";
import { createGpgVerifier, renderSimpleSigningPayload } from "#simple-signing";
import { createOpenPgpKey, type OpenPgpKeyType } from "./open-pgp-key.ts";
import { signedMessage } from "./open-pgp-message.ts";

/** Different valid signatures, and two ways to go through them: ours, and the cryptography alone. */
export interface MadeGpgSignatures {
  readonly count: number;
  /** Verifies all of them with one verifier, whose keys are warm; throws when one does not count. */
  verifyAll(): Promise<void>;
  /** `node:crypto` verifying as many signatures of the same algorithm over as many bytes. */
  verifyBare(): void;
}

/** Simple signatures by one key, each of another image, compressed as gpg does it. */
export async function makeGpgSignatures(type: OpenPgpKeyType, count: number): Promise<MadeGpgSignatures> {
  const key = await createOpenPgpKey({ type });
  const verifier = createGpgVerifier({ kind: "gpg", keys: [key.armored], identity: { type: "matchExact" } });
  const hash = type === "rsa" || type === "ecdsa" ? "sha256" : null;
  const publicKey = createPublicKey(key.primary.key.export({ type: "pkcs8", format: "pem" }));
  const made = Array.from({ length: count }, (_, index) => {
    const digest = digestOf(randomBytes(32));
    const reference = `registry.test/team/app:${index}`;
    const payload = renderSimpleSigningPayload({
      digest,
      reference,
      creator: "haechi bench",
      timestamp: 1_795_000_000,
    });
    const subject: VerificationSubject = { digest, reference: parseImageReference(reference), now: new Date() };
    const bytes = signedMessage(payload, [key.primary], { createdAt: new Date(Date.now() - 60_000) });
    return { subject, candidates: [{ location: "bench", bytes }], payload, bare: sign(hash, payload, key.primary.key) };
  });
  return {
    count,
    async verifyAll(): Promise<void> {
      for (const { subject, candidates } of made) {
        if ((await verifier.verify(candidates, subject)).signatures.length !== 1) {
          throw new Error("a signature does not count");
        }
      }
    },
    verifyBare(): void {
      for (const { payload, bare } of made) {
        if (!verify(hash, payload, publicKey, bare)) {
          throw new Error("a signature does not verify");
        }
      }
    },
  };
}
