// SPDX-License-Identifier: Apache-2.0
import type { CommandOption } from "./command.ts";

/** The public services of the Sigstore project; asked only when `--keyless` is given and no other is named. */
export const PUBLIC_FULCIO = "https://fulcio.sigstore.dev";
export const PUBLIC_REKOR = "https://rekor.sigstore.dev";

/** Options of every command that signs; read by `createSigner`. */
export const SIGNER_OPTIONS: readonly CommandOption[] = [
  { name: "key", kind: "text", value: "FILE", description: "cli.sign.key" },
  { name: "key-password-stdin", kind: "flag", description: "cli.sign.keyPasswordStdin" },
  { name: "keyless", kind: "flag", description: "cli.sign.keyless" },
  { name: "identity-token", kind: "text", value: "FILE", description: "cli.sign.identityToken" },
  { name: "oidc-audience", kind: "text", value: "NAME", default: "sigstore", description: "cli.sign.oidcAudience" },
  { name: "fulcio-url", kind: "text", value: "URL", default: PUBLIC_FULCIO, description: "cli.sign.fulcioUrl" },
  { name: "rekor-url", kind: "text", value: "URL", description: "cli.sign.rekorUrl" },
  {
    name: "rekor-version",
    kind: "text",
    value: "VERSION",
    choices: ["1", "2"],
    default: "1",
    description: "cli.sign.rekorVersion",
  },
  { name: "timestamp-server-url", kind: "text", value: "URL", description: "cli.sign.timestampUrl" },
];
