// SPDX-License-Identifier: Apache-2.0
import { constants, createPublicKey, sign, verify, X509Certificate } from "node:crypto";
import { type Digest, digestOf } from "#base";
import type { NotationCandidate } from "#notation";
import type { NotationRequirement } from "#signatures";
import { signTestEnvelope } from "./sign-envelope.ts";
import {
  createTestIntermediate,
  createTestLeaf,
  createTestRoot,
  OID,
  type TestCertificate,
  type TestKeyKind,
} from "./test-certificate.ts";
import { createTestTimestamp } from "./test-timestamp.ts";

/** Valid signatures for measurements, and the bare cryptography to measure them against. */
export interface NotationWorkload {
  readonly requirement: NotationRequirement;
  /** One for each digest; all by the same signer, as an organisation's are. */
  readonly items: readonly { readonly digest: Digest; readonly candidate: NotationCandidate }[];
  /**
   * `node:crypto` alone for one item: the signature over as many bytes, the signature of each certificate of the chain by
   * its issuer, and with timestamps the same for the authority; keys and certificates parsed before.
   */
  verifyBare(index: number): boolean;
}

/** `count` distinct envelopes over distinct digests. */
export async function createNotationWorkload(options: {
  readonly count: number;
  readonly format: "jws" | "cose";
  readonly kind: TestKeyKind;
  readonly timestamped?: boolean;
}): Promise<NotationWorkload> {
  const authorityKind: TestKeyKind = options.kind.startsWith("rsa") ? "rsa-2048" : "ec-256";
  const root = await createTestRoot({ kind: authorityKind });
  const signer = await createTestLeaf(await createTestIntermediate(root, { kind: authorityKind }), {
    kind: options.kind,
  });
  const tsaRoot = await createTestRoot({ kind: authorityKind, subject: "C=US, ST=WA, O=Time, CN=root" });
  const tsa = await createTestLeaf(tsaRoot, {
    kind: authorityKind,
    subject: "C=US, ST=WA, O=Time, CN=tsa",
    extendedKeyUsage: { oids: [OID.timeStamping], isCritical: true },
  });
  const isTimestamped = options.timestamped === true;
  const items: { digest: Digest; candidate: NotationCandidate }[] = [];
  for (let index = 0; index < options.count; index++) {
    const digest = digestOf(Buffer.from(`image ${index}`));
    const envelope = await signTestEnvelope({
      digest,
      signer,
      format: options.format,
      ...(isTimestamped
        ? { timestamp: async (message) => await Promise.resolve(createTestTimestamp({ authority: tsa, message })) }
        : {}),
    });
    items.push({ digest, candidate: { location: `item ${index}`, ...envelope } });
  }
  const bare = [...bareChecks(signer, 700), ...(isTimestamped ? bareChecks(tsa, 300) : [])];
  return {
    requirement: {
      kind: "notation",
      trustPolicy: JSON.stringify({
        version: "1.0",
        trustPolicies: [
          {
            name: "all",
            registryScopes: ["*"],
            signatureVerification: { level: "strict" },
            trustStores: ["ca:bench", ...(isTimestamped ? ["tsa:bench"] : [])],
            trustedIdentities: ["x509.subject: C=US, ST=WA, O=Haechi Test"],
          },
        ],
      }),
      trustStores: { "ca:bench": [root.pem], "tsa:bench": [tsaRoot.pem] },
    },
    items,
    verifyBare: () => bare.every((check) => check()),
  };
}

function bareChecks(signer: TestCertificate, bytes: number): readonly (() => boolean)[] {
  const data = Buffer.alloc(bytes, 7);
  const digest =
    { "rsa-3072": "sha384", "ec-384": "sha384", "rsa-4096": "sha512", "ec-521": "sha512" }[signer.kind as string] ??
    "sha256";
  const options = signer.kind.startsWith("rsa")
    ? { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST }
    : { dsaEncoding: "ieee-p1363" as const };
  const signature = sign(digest, data, { key: signer.privateKey, ...options });
  const key = createPublicKey(signer.certificate.publicKey.toString("pem"));
  const certificates = signer.chain.map((each) => new X509Certificate(each.der));
  const keys = certificates.map((each) => each.publicKey);
  return [
    () => verify(digest, data, { key, ...options }, signature),
    ...certificates.map((each, index) => () => {
      const issuer = keys[index + 1] ?? keys[index];
      return issuer !== undefined && each.verify(issuer);
    }),
  ];
}
