// SPDX-License-Identifier: Apache-2.0
import { X509Certificate } from "node:crypto";
import { Verifier } from "@sigstore/verify";
import { digestOf, quote } from "#base";
import { type CosignKeylessRequirement, SignatureRejected, type SigningCertificate } from "#signatures";
import type { CandidateSigner, SignerFinding } from "./candidate-signer.ts";
import { extensionFault } from "./certificate-extensions.ts";
import { CosignError } from "./errors.ts";
import { explainRejection } from "./explain-rejection.ts";
import { assertLogEntries, describeProofs } from "./log-entries.ts";
import { type CandidateEntity, toEntity } from "./signed-entity.ts";
import { isIdentity, readSigningIdentity, type SigningIdentity } from "./signing-identity.ts";
import type { SigstoreTrustRoot } from "./trust-root.ts";
import { isSupportedKey } from "./verification-key.ts";
import type { WarmCertificate } from "./warm-certificate.ts";

/**
 * Signatures with a certificate of one of the identities. All of it must hold: chain to the trust root at each trusted
 * time, SCT, proof of the log, at least one trusted time, signature, identity.
 */
export function createKeylessSigner(
  requirement: CosignKeylessRequirement,
  trustRoot: SigstoreTrustRoot,
): CandidateSigner {
  const { certificateAuthorities, tlogs, ctlogs } = trustRoot.material;
  if (certificateAuthorities.length === 0 || tlogs.length === 0 || ctlogs.length === 0) {
    throw new CosignError(
      "TRUST_ROOT_INVALID",
      "expected a trust root with a certificate authority, a transparency log and a certificate log",
    );
  }
  const verifier = new Verifier(
    { ...trustRoot.material, publicKey: refuseKey },
    { ctlogThreshold: 1, tlogThreshold: 1, timestampThreshold: 1 },
  );
  return (candidate, subject) => {
    const entity = toEntity(candidate, { proofs: true });
    const { certificate } = entity;
    if (certificate === undefined) {
      throw new SignatureRejected("IDENTITY_MISMATCH", "expected a certificate, found a signature by a key");
    }
    if (entity.tlogEntries.length === 0) {
      throw new SignatureRejected("LOG_PROOF_MISSING", "expected a proof of the transparency log, found none");
    }
    try {
      assertSigningCertificate(certificate);
      verifier.verify(entity);
      const spki = certificate.publicKey;
      assertLogEntries(entity, trustRoot, { spki, certificate: certificate.der }, subject.now);
    } catch (error) {
      throw explainRejection(error, entity);
    }
    const identity = readSigningIdentity(certificate);
    assertIdentity(identity, requirement);
    return describe(entity, certificate, identity);
  };
}

function refuseKey(): never {
  throw new SignatureRejected("IDENTITY_MISMATCH", "expected a certificate, found a signature by a key");
}

function assertSigningCertificate(certificate: WarmCertificate): void {
  const fault = isSupportedKey(certificate.key) ? extensionFault(certificate, "signer") : "has a key of unknown kind";
  if (fault !== undefined) {
    throw new SignatureRejected("CERTIFICATE_UNTRUSTED", `the certificate ${fault}`);
  }
}

function assertIdentity(
  identity: ReturnType<typeof readSigningIdentity>,
  requirement: CosignKeylessRequirement,
): asserts identity is SigningIdentity {
  if ("fault" in identity) {
    throw new SignatureRejected("IDENTITY_MISMATCH", identity.fault);
  }
  if (!requirement.identities.some((wanted) => isIdentity(identity, wanted))) {
    throw new SignatureRejected(
      "IDENTITY_MISMATCH",
      `signed by ${quote(identity.subject)} of issuer ${quote(identity.issuer)}, whom the requirement does not name`,
    );
  }
}

function describe(entity: CandidateEntity, certificate: WarmCertificate, identity: SigningIdentity): SignerFinding {
  const hasAuthority = entity.timestamps.some((each) => each.$case === "timestamp-authority");
  return {
    kind: "cosign",
    identity: identity.subject,
    issuer: identity.issuer,
    keyId: digestOf(certificate.publicKey),
    certificate: describeCertificate(certificate),
    ...describeProofs(entity),
    checks: [
      "certificate-chain",
      "sct",
      "transparency-log",
      ...(hasAuthority ? ["timestamp"] : []),
      "signature",
      "identity",
    ],
  };
}

function describeCertificate(certificate: WarmCertificate): SigningCertificate {
  const { subject, issuer, serialNumber, fingerprint256 } = new X509Certificate(certificate.der);
  return {
    subject: (subject ?? "").replaceAll("\n", ", "),
    issuer: issuer.replaceAll("\n", ", "),
    serialNumber,
    fingerprint: `sha256:${fingerprint256.replaceAll(":", "").toLowerCase()}`,
    notBefore: certificate.notBefore.toISOString(),
    notAfter: certificate.notAfter.toISOString(),
  };
}
