// SPDX-License-Identifier: Apache-2.0
import { quote } from "#base";
import { SignatureRejected } from "#signatures";
import { isPartOf } from "./trust-policy/subject-pattern.ts";
import type { Verification } from "./verification.ts";
import { findTrusted } from "./x509/certificate-chain.ts";
import { attributesByType, renderDistinguishedName } from "./x509/distinguished-name.ts";

/** The chain leads to a trust store of the signing scheme, and the signer is one of the trusted identities. */
export function checkAuthenticity({ context, envelope, chain, checks }: Verification): void {
  const { statement, stores } = context;
  const kind = envelope.attributes.scheme === "notary.x509" ? "ca:" : "signingAuthority:";
  const trusted = statement.trustStores
    .filter((name) => name.startsWith(kind))
    .flatMap((name) => stores.get(name) ?? []);
  if (findTrusted(chain, trusted) === undefined) {
    throw new SignatureRejected(
      "CERTIFICATE_UNTRUSTED",
      `the certificate chain of ${renderDistinguishedName(chain[0].subject)} leads to no ${kind} trust store of trust policy ${quote(statement.name)}`,
    );
  }
  checks.push("certificate-chain");
  const { trustedIdentities } = statement;
  const attributes = attributesByType(chain[0].subject);
  const isTrusted =
    trustedIdentities === "*" ||
    (attributes !== undefined && trustedIdentities.some((pattern) => isPartOf(pattern, attributes)));
  if (!isTrusted) {
    throw new SignatureRejected(
      "IDENTITY_MISMATCH",
      `the subject ${renderDistinguishedName(chain[0].subject)} is none of the trusted identities of trust policy ${quote(statement.name)}`,
    );
  }
  checks.push("identity");
}

/**
 * Critical attributes that we cannot process, such as those of notation's plug-ins, make it impossible to tell whether
 * a trusted signature counts. One that is not trusted is bad: otherwise anybody could turn "no valid signature" into
 * "cannot tell" by attaching an envelope of their own.
 */
export function refuseUnknownAttributes({ envelope }: Verification, isTrusted: boolean): void {
  const [name] = envelope.attributes.unknownCritical;
  if (name !== undefined) {
    throw new SignatureRejected(
      isTrusted ? "UNSUPPORTED" : "CERTIFICATE_UNTRUSTED",
      `the signature has the critical attribute ${quote(name)}, which is not known`,
    );
  }
}
