// SPDX-License-Identifier: Apache-2.0
import { generateKeyPairSync, type KeyObject, randomBytes, sign, verify, X509Certificate } from "node:crypto";
import { digestOf } from "#base";
import type { BundleCandidate } from "#cosign";
import { createCosignVerifier, parseTrustedRoot } from "#cosign";
import { parseImageReference } from "#oci";
import type { VerificationSubject } from "#signatures";
import { createPrivateSigstore } from "./private-sigstore.ts";
import { signEnvelope, signStatement } from "./sign-candidate.ts";

/** Different valid signatures, and two ways to go through them: ours, and the cryptography alone. */
export interface MadeSignatures {
  readonly count: number;
  /** Verifies all of them with one verifier, whose keys and trust root are warm; throws when one does not count. */
  verifyAll(): void;
  /** `node:crypto` verifying as many signatures and certificates, of the same algorithms, with parsed keys. */
  verifyBare(): void;
}

/** Bundles by one P-256 key, each of another image: one signature each. */
export async function makeKeySignatures(count: number): Promise<MadeSignatures> {
  const sigstore = await createPrivateSigstore();
  const keys = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const verifier = createCosignVerifier({
    kind: "cosign-key",
    keys: [String(keys.publicKey.export({ type: "spki", format: "pem" }))],
  });
  const subjects = makeSubjects(count);
  const candidates: BundleCandidate[] = [];
  for (const { digest } of subjects) {
    candidates.push(await signEnvelope(sigstore, signStatement(digest), { signer: { key: keys.privateKey } }));
  }
  const bare = Array.from({ length: count }, () => makeBare(keys, 350));
  return {
    count,
    verifyAll: () => verifyEach(verifier, candidates, subjects),
    verifyBare: () => {
      for (const each of bare) {
        verifyOne(each);
      }
    },
  };
}

/**
 * Keyless bundles as cosign 3 makes them with Rekor v1 and a timestamp authority: certificate (P-384), and five
 * signatures of P-256 each: SCT, timestamp, promise of the log, checkpoint, payload.
 */
export async function makeKeylessSignatures(count: number): Promise<MadeSignatures> {
  const sigstore = await createPrivateSigstore();
  const identity = { subject: "me@example.test", issuer: "https://issuer.test" };
  const verifier = createCosignVerifier(
    { kind: "cosign-keyless", identities: [identity], trustRoot: { name: "private" } },
    parseTrustedRoot(sigstore.trustedRoot()),
  );
  const subjects = makeSubjects(count);
  const candidates: BundleCandidate[] = [];
  const certificates: Buffer[] = [];
  for (const { digest } of subjects) {
    candidates.push(
      await signEnvelope(sigstore, signStatement(digest), {
        signer: { certificate: identity },
        timestamp: true,
        tamper: (bundle: { verificationMaterial: { certificate: { rawBytes: string } } }) => {
          certificates.push(Buffer.from(bundle.verificationMaterial.certificate.rawBytes, "base64"));
        },
      }),
    );
  }
  const [issuer] = sigstore.authority.chain;
  const issuerKey = new X509Certificate(issuer ?? "").publicKey;
  const keys = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const bare = certificates.map((certificate) => ({
    certificate,
    // certificate without SCT, signed attributes, promise, checkpoint
    logs: [700, 200, 1_200, 100].map((size) => makeBare(keys, size)),
    payload: makeBare(keys, 350),
  }));
  return {
    count,
    verifyAll: () => verifyEach(verifier, candidates, subjects),
    verifyBare: () => {
      for (const { certificate, logs, payload } of bare) {
        const leaf = new X509Certificate(certificate);
        if (!leaf.verify(issuerKey)) {
          throw new Error("a certificate does not verify");
        }
        // the leaf's own key has to be made of its bytes, as for anybody who verifies the payload with it
        verify("sha256", payload.data, leaf.publicKey, payload.signature);
        for (const each of logs) {
          verifyOne(each);
        }
      }
    },
  };
}

interface Bare {
  readonly key: KeyObject;
  readonly data: Buffer;
  readonly signature: Buffer;
}

function makeBare(keys: { readonly publicKey: KeyObject; readonly privateKey: KeyObject }, size: number): Bare {
  const data = randomBytes(size);
  return { key: keys.publicKey, data, signature: sign("sha256", data, keys.privateKey) };
}

function verifyOne({ key, data, signature }: Bare): void {
  if (!verify("sha256", data, key, signature)) {
    throw new Error("a signature does not verify");
  }
}

function makeSubjects(count: number): readonly VerificationSubject[] {
  return Array.from({ length: count }, () => {
    const digest = digestOf(randomBytes(32));
    return { digest, reference: parseImageReference(`registry.test/app@${digest}`), now: new Date() };
  });
}

function verifyEach(
  verifier: ReturnType<typeof createCosignVerifier>,
  candidates: readonly BundleCandidate[],
  subjects: readonly VerificationSubject[],
): void {
  candidates.forEach((candidate, index) => {
    const subject = subjects[index];
    if (subject === undefined || verifier.verifySignatures([candidate], subject).signatures.length !== 1) {
      throw new Error("a signature does not count");
    }
  });
}
