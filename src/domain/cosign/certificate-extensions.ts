// SPDX-License-Identifier: Apache-2.0
import type { X509Certificate } from "@sigstore/core";

const SUBJECT_KEY_ID = "2.5.29.14";
const KEY_USAGE = "2.5.29.15";
const SUBJECT_ALT_NAME = "2.5.29.17";
const BASIC_CONSTRAINTS = "2.5.29.19";
const AUTHORITY_KEY_ID = "2.5.29.35";
const EXTENDED_KEY_USAGE = "2.5.29.37";

/** id-kp-codeSigning and id-kp-timeStamping (RFC 5280 4.2.1.12). */
export const CODE_SIGNING = "1.3.6.1.5.5.7.3.3";
export const TIME_STAMPING = "1.3.6.1.5.5.7.3.8";

/** Extensions whose meaning is enforced here or by `@sigstore/verify`; another one that is critical refuses the certificate (RFC 5280 4.2). */
const UNDERSTOOD: ReadonlySet<string> = new Set([
  SUBJECT_KEY_ID,
  KEY_USAGE,
  SUBJECT_ALT_NAME,
  BASIC_CONSTRAINTS,
  AUTHORITY_KEY_ID,
  EXTENDED_KEY_USAGE,
]);

/**
 * What is wrong with the extensions of a certificate that is to sign in the role, or `undefined`. `@sigstore/verify`
 * looks at none of this for the leaf: a CA's, a TLS server's or a mail certificate of the same authority would do.
 */
export function extensionFault(certificate: X509Certificate, role: "signer" | "timestamper"): string | undefined {
  const common = commonFault(certificate);
  if (common !== undefined) {
    return common;
  }
  if (certificate.extBasicConstraints?.isCA === true) {
    return "is a certificate authority's";
  }
  // Fulcio's certificate specification and RFC 3161 2.3 both ask for it; a certificate without key usage may do anything (RFC 5280 4.2.1.3)
  if (certificate.extKeyUsage?.digitalSignature === false) {
    return "may not sign (key usage)";
  }
  const wanted = role === "signer" ? CODE_SIGNING : TIME_STAMPING;
  return extendedUsages(certificate)?.includes(wanted) === true
    ? undefined
    : `is not for ${role === "signer" ? "code signing" : "time stamping"} (extended key usage)`;
}

/** The same for an authority's certificate, which must be one and, where it names usages, allow the one of its leaves. */
export function authorityFault(certificate: X509Certificate, leafUsage: string): string | undefined {
  const common = commonFault(certificate);
  if (common !== undefined) {
    return common;
  }
  if (!certificate.isCA) {
    return "is not a certificate authority's (basic constraints, key usage)";
  }
  const usages = extendedUsages(certificate);
  return usages === undefined || usages.includes(leafUsage) || usages.includes("2.5.29.37.0")
    ? undefined
    : "does not allow its leaves what they are for (extended key usage)";
}

function commonFault(certificate: X509Certificate): string | undefined {
  const seen = new Set<string>();
  for (const extension of certificate.extensions) {
    const oid = extension.subs[0]?.toOID() ?? "";
    // RFC 5280 4.2: once each; readers differ in which of two counts
    if (seen.has(oid)) {
      return `has extension ${oid} twice`;
    }
    seen.add(oid);
    const isCritical = extension.subs.length === 3 && extension.subs[1]?.toBoolean() === true;
    if (isCritical && !UNDERSTOOD.has(oid)) {
      return `has critical extension ${oid}, which is not understood`;
    }
  }
  return undefined;
}

function extendedUsages(certificate: X509Certificate): readonly string[] | undefined {
  const sequence = certificate.extension(EXTENDED_KEY_USAGE)?.valueObj.subs[0];
  return sequence?.subs.map((usage) => usage.toOID());
}
