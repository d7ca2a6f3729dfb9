// SPDX-License-Identifier: Apache-2.0
import { createPublicKey } from "node:crypto";
import { messageOf } from "#base";
import type { NotationRequirement } from "#signatures";
import { UsageError } from "../errors.ts";

/** Throws `UsageError` unless the text of a file is the public key of a cosign signature. */
export async function assertCosignKey(file: string, pem: string): Promise<void> {
  assertNotPrivate("key", file, pem);
  const { createCosignVerifier } = await import("#cosign");
  refuseUnless("key", file, () => createCosignVerifier({ kind: "cosign-key", keys: [pem] }));
}

/** Throws `UsageError` unless the text of a file is a `trusted_root.json`. */
export async function assertTrustedRoot(file: string, json: string): Promise<void> {
  const { parseTrustedRoot } = await import("#cosign");
  refuseUnless("trusted-root", file, () => parseTrustedRoot(json));
}

/** Throws `UsageError` unless the trust policy can be read and its trust stores are all there and hold roots. */
export async function assertNotation(requirement: NotationRequirement): Promise<void> {
  const { assertNotationMaterial } = await import("#notation");
  try {
    assertNotationMaterial(requirement);
  } catch (error) {
    throw new UsageError("OPTION_INVALID", `--trust-policy, --trust-store: ${messageOf(error)}`, { cause: error });
  }
}

/** Throws `UsageError` unless the text of a file is a public key or certificate, as signers of a tag have. */
export function assertSignerKey(file: string, pem: string): void {
  assertNotPrivate("signer", file, pem);
  refuseUnless("signer", file, () => createPublicKey(pem));
}

/** Throws `UsageError` unless the file is a key ring of public keys, all of which can be used. */
export async function assertKeyRing(file: string, ring: string): Promise<void> {
  const { readKeyRing } = await import("#simple-signing");
  const [problem] = (await readKeyRing([ring])).problems;
  if (problem !== undefined) {
    throw new UsageError("OPTION_INVALID", `--gpg-key: ${file} is no key ring of public keys: ${problem}`);
  }
}

/** Said first, since this is the one mistake that leaks something. */
function assertNotPrivate(option: string, file: string, pem: string): void {
  if (pem.includes("PRIVATE KEY-----")) {
    throw new UsageError(
      "OPTION_INVALID",
      `--${option}: ${file} is a private key; to verify, give the public one (PREFIX.pub of a pair)`,
    );
  }
}

function refuseUnless(option: string, file: string, read: () => unknown): void {
  try {
    read();
  } catch (error) {
    throw new UsageError("OPTION_INVALID", `--${option}: ${file} cannot be used: ${messageOf(error)}`, {
      cause: error,
    });
  }
}
