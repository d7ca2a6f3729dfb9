// SPDX-License-Identifier: Apache-2.0
import type { CommandOption } from "../command.ts";

/** Whose signature a fetched database needs, when it is not said by the settings. */
export const TRUST_OPTIONS: readonly CommandOption[] = [
  { name: "key", kind: "list", value: "FILE", description: "cli.db.trust.key" },
  { name: "certificate-identity", kind: "text", value: "SUBJECT", description: "cli.verify.certificateIdentity" },
  { name: "certificate-oidc-issuer", kind: "text", value: "URL", description: "cli.verify.certificateOidcIssuer" },
  { name: "trusted-root", kind: "text", value: "FILE|NAME", description: "cli.verify.trustedRoot" },
];
