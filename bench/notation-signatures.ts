// SPDX-License-Identifier: Apache-2.0
import { constants, randomBytes, sign, verify, X509Certificate } from "node:crypto";
import { digestOf } from "#base";
import { createNotationVerifier, type RevocationSource } from "#notation";
import { parseImageReference } from "#oci";
import { signTestEnvelope } from "../test/support/test-pki/sign-envelope.ts";
import { createTestIntermediate, createTestLeaf, createTestRoot } from "../test/support/test-pki/test-certificate.ts";
import type { MadeSignatures } from "./made-signatures.ts";

/** What nobody is asked, since no certificate names a place to ask. */
const NOBODY: RevocationSource = {
  read: () => Promise.reject(new Error("no certificate names a revocation service")),
  keep: () => undefined,
};

/** Envelopes of the Notary Project by one RSA 2048 certificate below an intermediate and a root. */
export async function makeNotationSignatures(format: "jws" | "cose", count: number): Promise<MadeSignatures> {
  const root = await createTestRoot({ kind: "rsa-2048" });
  const intermediate = await createTestIntermediate(root, { kind: "rsa-2048" });
  const signer = await createTestLeaf(intermediate, { kind: "rsa-2048" });
  const verifier = createNotationVerifier({
    kind: "notation",
    trustPolicy: JSON.stringify({
      version: "1.0",
      trustPolicies: [
        {
          name: "bench",
          registryScopes: ["*"],
          signatureVerification: { level: "strict", override: { revocation: "skip" } },
          trustStores: ["ca:bench"],
          trustedIdentities: ["x509.subject: C=US, ST=WA, O=Haechi Test"],
        },
      ],
    }),
    trustStores: { "ca:bench": [root.pem] },
  });
  const padding = { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST };
  const [rootKey, issuerKey] = [root, intermediate].map(({ der }) => new X509Certificate(der).publicKey);
  const made = await Promise.all(
    Array.from({ length: count }, async () => {
      const digest = digestOf(randomBytes(32));
      const reference = parseImageReference(`registry.test/app@${digest}`);
      const envelope = await signTestEnvelope({ format, digest, signer });
      const data = randomBytes(500);
      return {
        subject: { digest, reference, now: new Date() },
        candidates: [{ location: "bench", ...envelope }],
        data,
        signature: sign("sha256", data, { key: signer.privateKey, ...padding }),
      };
    }),
  );
  return {
    count,
    async verifyAll() {
      for (const { candidates, subject } of made) {
        if ((await verifier.verify(candidates, subject, NOBODY)).signatures.length !== 1) {
          throw new Error("a signature does not count");
        }
      }
    },
    verifyBare() {
      for (const { data, signature } of made) {
        const leaf = new X509Certificate(signer.der);
        const isTrusted =
          issuerKey !== undefined &&
          rootKey !== undefined &&
          leaf.verify(issuerKey) &&
          new X509Certificate(intermediate.der).verify(rootKey);
        if (!isTrusted || !verify("sha256", data, { key: leaf.publicKey, ...padding }, signature)) {
          throw new Error("a signature does not verify");
        }
      }
    },
  };
}
