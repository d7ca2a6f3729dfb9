// SPDX-License-Identifier: Apache-2.0
import { SignatureRejected } from "#signatures";
import type { Certificate } from "./certificate.ts";
import { renderDistinguishedName } from "./distinguished-name.ts";
import { isAcceptedAlgorithm } from "./verify-signed.ts";

/** What the first certificate of a chain signs. */
export type ChainPurpose = "codeSigning" | "timeStamping";

const EKU = {
  any: "2.5.29.37.0",
  serverAuth: "1.3.6.1.5.5.7.3.1",
  clientAuth: "1.3.6.1.5.5.7.3.2",
  codeSigning: "1.3.6.1.5.5.7.3.3",
  emailProtection: "1.3.6.1.5.5.7.3.4",
  timeStamping: "1.3.6.1.5.5.7.3.8",
  ocspSigning: "1.3.6.1.5.5.7.3.9",
} as const;
const FORBIDDEN_EKU: Readonly<Record<ChainPurpose, readonly string[]>> = {
  codeSigning: [EKU.any, EKU.serverAuth, EKU.clientAuth, EKU.emailProtection, EKU.timeStamping, EKU.ocspSigning],
  timeStamping: [EKU.any, EKU.serverAuth, EKU.clientAuth, EKU.emailProtection, EKU.codeSigning, EKU.ocspSigning],
};

const DIGITAL_SIGNATURE = 0;
const KEY_CERT_SIGN = 5;
/** Everything but digitalSignature and contentCommitment: keyEncipherment … decipherOnly. */
const FORBIDDEN_LEAF_USAGES = [2, 3, 4, 5, 6, 7, 8];

const MIN_RSA_BITS = 2_048;
const MIN_EC_BITS = 256;
const EC_BITS: Readonly<Record<string, number>> = { prime256v1: 256, secp384r1: 384, secp521r1: 521 };

/** Throws unless the certificate may sign (signature-specification "Leaf Certificates"). */
export function assertLeafCertificate(certificate: Certificate, purpose: ChainPurpose): void {
  assertKeyAndAlgorithm(certificate);
  refuseIf(
    certificate.basicConstraints?.isAuthority === true,
    certificate,
    "is an authority and must not sign by itself",
  );
  const usage = certificate.keyUsage;
  refuseIf(usage?.isCritical !== true, certificate, "has no critical key usage");
  refuseIf(usage?.bits.has(DIGITAL_SIGNATURE) !== true, certificate, "is not for digital signatures by its key usage");
  refuseIf(
    FORBIDDEN_LEAF_USAGES.some((bit) => usage?.bits.has(bit)),
    certificate,
    "has a key usage beyond signatures",
  );
  const extended = certificate.extendedKeyUsage;
  const forbidden = extended?.oids.find((oid) => FORBIDDEN_EKU[purpose].includes(oid));
  refuseIf(
    forbidden !== undefined,
    certificate,
    `has the extended key usage ${forbidden ?? ""}, which ${purpose} excludes`,
  );
  if (purpose === "timeStamping") {
    // RFC 3161 section 2.3: only this purpose, and critical.
    refuseIf(
      extended?.isCritical !== true || extended.oids.length !== 1 || extended.oids[0] !== EKU.timeStamping,
      certificate,
      "is not for time stamping alone by a critical extended key usage",
    );
  }
}

/** Throws unless the certificate may issue others; `below` counts the authorities between it and the leaf. */
export function assertAuthority(certificate: Certificate, below: number): void {
  assertKeyAndAlgorithm(certificate);
  const constraints = certificate.basicConstraints;
  const pathLength = constraints?.pathLength ?? Number.POSITIVE_INFINITY;
  refuseIf(
    constraints?.isCritical !== true || !constraints.isAuthority,
    certificate,
    "is no authority by a critical basic constraint",
  );
  refuseIf(pathLength < below, certificate, `allows ${pathLength} authorities below it, and there are ${below}`);
  const usage = certificate.keyUsage;
  refuseIf(usage?.isCritical !== true, certificate, "has no critical key usage");
  refuseIf(usage?.bits.has(KEY_CERT_SIGN) !== true, certificate, "is not for signing certificates by its key usage");
}

/** Whether a certificate of a responder is for OCSP (RFC 6960 section 4.2.2.2). */
export function isOcspResponder(certificate: Certificate): boolean {
  return certificate.extendedKeyUsage?.oids.includes(EKU.ocspSigning) === true;
}

/**
 * Key and algorithm. The specification bounds the leaf's key only; a short key of an authority would forge any leaf, so
 * the same bounds hold for all of them here.
 */
function assertKeyAndAlgorithm(certificate: Certificate): void {
  refuseIf(
    !isAcceptedAlgorithm(certificate.signatureAlgorithm),
    certificate,
    `is signed with ${certificate.signatureAlgorithm}, which is not accepted`,
  );
  const { asymmetricKeyType: type, asymmetricKeyDetails: details } = certificate.publicKey;
  const isLongEnough =
    type === "ed25519" ||
    (type === "rsa" && (details?.modulusLength ?? 0) >= MIN_RSA_BITS) ||
    (type === "ec" && (EC_BITS[details?.namedCurve ?? ""] ?? 0) >= MIN_EC_BITS);
  refuseIf(!isLongEnough, certificate, "has a key that is too short or of a kind that is not accepted");
}

function refuseIf(isWrong: boolean, certificate: Certificate, why: string): void {
  if (isWrong) {
    throw new SignatureRejected(
      "CERTIFICATE_UNTRUSTED",
      `the certificate of ${renderDistinguishedName(certificate.subject).slice(0, 200)} ${why}`,
    );
  }
}
