// SPDX-License-Identifier: Apache-2.0
import type { CommandOption } from "../command.ts";

/** Options that say what to verify without a policy. */
export const REQUIREMENT_OPTIONS: readonly CommandOption[] = [
  { name: "key", kind: "list", value: "FILE", description: "cli.verify.key" },
  { name: "certificate-identity", kind: "text", value: "SUBJECT", description: "cli.verify.certificateIdentity" },
  {
    name: "certificate-identity-pattern",
    kind: "text",
    value: "PATTERN",
    description: "cli.verify.certificateIdentityPattern",
  },
  { name: "certificate-oidc-issuer", kind: "text", value: "URL", description: "cli.verify.certificateOidcIssuer" },
  {
    name: "certificate-oidc-issuer-pattern",
    kind: "text",
    value: "PATTERN",
    description: "cli.verify.certificateOidcIssuerPattern",
  },
  { name: "trusted-root", kind: "text", value: "FILE|NAME", description: "cli.verify.trustedRoot" },
  { name: "attestation-type", kind: "text", value: "TYPE", description: "cli.verify.attestationType" },
  { name: "condition", kind: "list", value: "CEL", description: "cli.verify.condition" },
  { name: "trust-policy", kind: "text", value: "FILE", description: "cli.verify.trustPolicy" },
  { name: "trust-store", kind: "list", value: "TYPE:NAME=FILE", description: "cli.verify.trustStore" },
  { name: "notary-server", kind: "text", value: "URL", description: "cli.verify.notaryServer" },
  { name: "notary-root-key-id", kind: "list", value: "ID", description: "cli.verify.notaryRootKeyId" },
  { name: "trust-on-first-use", kind: "flag", description: "cli.verify.trustOnFirstUse" },
  { name: "signer", kind: "list", value: "NAME=FILE", description: "cli.verify.signer" },
  { name: "gpg-key", kind: "list", value: "FILE", description: "cli.verify.gpgKey" },
  { name: "gpg-store", kind: "text", value: "URL", description: "cli.verify.gpgStore" },
  { name: "gpg-identity", kind: "text", value: "IDENTITY", description: "cli.verify.gpgIdentity" },
];
