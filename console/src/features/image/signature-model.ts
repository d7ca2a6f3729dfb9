// SPDX-License-Identifier: Apache-2.0
import type { ImageDetail, ImageSignatures } from "../../api/generated/api.ts";
import { isLoopback } from "../../lib/is-loopback.ts";
import { signatureWording } from "../../lib/signature-wording.ts";

/** What somebody can do about the signatures of an image, as commands to copy. */
export interface SignatureCommands {
  readonly sign: string;
  readonly verify: string;
  /** Starts the server so that the registry asks for signatures of the repository. */
  readonly require: string;
}

/**
 * The commands for an image of the registry at `host:port`. By digest, since a tag may move while somebody signs. Nothing
 * is sent to public logs, and plain HTTP is named only toward loopback, where the registry speaks it.
 */
export function signatureCommands(
  registry: string,
  { repository, digest, kind }: Pick<ImageDetail, "repository" | "digest" | "kind">,
): SignatureCommands {
  const name = `${registry}/${repository}@${digest}`;
  const plain = isLoopback(registry) ? " --allow-http-registry" : "";
  const recursive = kind === "index" ? " --recursive" : "";
  return {
    sign: `cosign sign --key cosign.key --tlog-upload=false --use-signing-config=false${recursive}${plain} ${name}`,
    verify: `npx haechi verify --key cosign.pub docker://${name}`,
    require: `npx haechi server --registry-require-signatures ${repository}=cosign.pub`,
  };
}

/** Which of them help: whoever is signed needs no signature, and who has a policy needs no setting. */
export function helpfulCommands({ state, policies }: ImageSignatures): readonly (keyof SignatureCommands)[] {
  const isAsked = policies.length > 0;
  return [
    ...(state === "none" || state === "bad" ? (["sign"] as const) : []),
    "verify",
    ...(isAsked ? [] : (["require"] as const)),
  ];
}

/** How many things a tab has to tell. */
export function countSignatures({ verified, problems, unverified }: ImageSignatures): number {
  return verified.length + problems.length + unverified.length;
}

/** The sentence under the state. */
export function signatureHint(signatures: ImageSignatures): "noneAsked" | ReturnType<typeof signatureWording> {
  const wording = signatureWording(signatures);
  return wording === "none" && signatures.policies.length > 0 ? "noneAsked" : wording;
}
