// SPDX-License-Identifier: Apache-2.0
import { createHash, createPublicKey } from "node:crypto";
import { assertNever } from "#base";
import type { CertificateIdentity, CosignKeyRequirement, TrustRequirement } from "./signature-requirement.ts";

/** Names that a text lists before it says how many more there are. */
const MAX_NAMES = 3;

/** The kind of a requirement, as texts choose their advice by it. */
export function methodOf(requirement: TrustRequirement): string {
  switch (requirement.kind) {
    case "cosign-key":
      return "cosign";
    case "cosign-keyless":
      return "keyless";
    case "any-of":
      return "anyOf";
    case "attestation":
    case "notation":
    case "notary":
    case "gpg":
    case "reject":
      return requirement.kind;
    default:
      return assertNever(requirement);
  }
}

/** Whose signature is asked for, in the words of the policy; no sentence, the same in every language. */
export function describeRequirement(requirement: TrustRequirement): string {
  switch (requirement.kind) {
    case "cosign-key":
      return `cosign (${list(requirement.keys.map(keyName))})`;
    case "cosign-keyless":
      return `cosign keyless (${list(requirement.identities.map(identityName))})`;
    case "notation":
      return `notation (${list(Object.keys(requirement.trustStores))})`;
    case "notary":
      return requirement.signers.length === 0
        ? "Docker Content Trust"
        : `Docker Content Trust (${requirement.signers.map((signer) => signer.name).join(" + ")})`;
    case "gpg":
      return `GPG (${requirement.identity.type})`;
    case "any-of":
      return `${requirement.atLeast}/${requirement.of.length}: ${list(requirement.of.map(describeRequirement))}`;
    case "attestation":
      return `${requirement.predicateType} (${list(requirement.by.map(describeRequirement))})`;
    case "reject":
      return "reject";
    default:
      return assertNever(requirement);
  }
}

function keyName(pem: CosignKeyRequirement["keys"][number]): string {
  try {
    const spki = createPublicKey(pem).export({ type: "spki", format: "der" });
    return `sha256:${createHash("sha256").update(spki).digest("hex").slice(0, 16)}…`;
  } catch {
    // The schema has read it; a text about a denial must not fail over it.
    return "?";
  }
}

function identityName(identity: CertificateIdentity): string {
  return `${identity.subject ?? identity.subjectPattern ?? ""} @ ${identity.issuer ?? identity.issuerPattern ?? ""}`;
}

function list(names: readonly string[]): string {
  const more = names.length - MAX_NAMES;
  return [...names.slice(0, MAX_NAMES), ...(more > 0 ? [`+${more}`] : [])].join(", ");
}
