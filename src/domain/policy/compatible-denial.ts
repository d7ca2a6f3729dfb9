// SPDX-License-Identifier: Apache-2.0
import { parseImageReference } from "#oci";
import type { CompatibleSpelling } from "./policy-document.ts";
import type { Reason, ReasonCode, Verdict } from "./verdict.ts";

const SCAN_CODES: ReadonlySet<ReasonCode> = new Set([
  "VULNERABILITY",
  "SCAN_TOO_OLD",
  "ARTIFACT_UNSUPPORTED",
  "DISTRIBUTION_UNKNOWN",
  "DISTRIBUTION_UNSUPPORTED",
  "ADVISORIES_MISSING",
  "PACKAGES_MISSING",
]);

/** Sums up other reasons, which have their texts. */
const OURS_ALONE: ReadonlySet<ReasonCode> = new Set(["NO_PLATFORM_ALLOWED", "MORE_REASONS"]);

/** The text of CISE, "Container Image Security Enforcement", when the scan has something against an image. */
const CISE_SCAN =
  "The Vulnerability Advisor image scan assessment found issues with the container image that are not exempted. " +
  "Refer to your image vulnerability report for more details by using the command `ibmcloud cr va`.";

interface Denied {
  readonly reason: Reason;
  /** As written by whoever asked. */
  readonly reference: string;
  readonly tag: string;
}

/**
 * The denial in the words of the older product whose spelling the policy uses, to the letter (gate.md, "Meaning" 8), one
 * line for each thing that is wrong; `undefined` when the text is ours: another spelling, another outcome, or a reason
 * that the older product does not know. English, since scripts look for it.
 */
export function renderCompatibleDenial(verdict: Verdict, reference: string): string | undefined {
  const { spelling } = verdict;
  if (spelling === undefined || verdict.outcome !== "deny") {
    return undefined;
  }
  const tag = tagOf(reference);
  const reasons = verdict.reasons.filter(({ effect, code }) => effect === "deny" && !OURS_ALONE.has(code));
  const lines = [
    // Both products looked at the scan before the signatures, and went on.
    ...reasons.filter(({ code }) => SCAN_CODES.has(code)),
    ...reasons.filter(({ code }) => !SCAN_CODES.has(code)),
  ].map((reason) => TEXTS[spelling]({ reason, reference, tag }));
  const known = lines.filter((line) => line !== undefined);
  return known.length === 0 || known.length < lines.length ? undefined : [...new Set(known)].join("\n");
}

/** The refusal of a resource that no gate can read, likewise; for the spelling that the policies of the namespace have. */
export function renderCompatibleResource(
  spelling: CompatibleSpelling,
  { group, version, resource }: { readonly group: string; readonly version: string; readonly resource: string },
): string {
  const text = `The resource "${group}/${version}/${resource}" is not supported. Make sure that you are using a supported kubectl version, and that you are using a supported Kubernetes workload type`;
  return withLead(spelling, text);
}

/** Portieris begins each text with a line feed. */
export function withLead(spelling: CompatibleSpelling | undefined, text: string): string {
  return spelling === "portieris" ? `\n${text}` : text;
}

const TEXTS: Readonly<Record<CompatibleSpelling, (denied: Denied) => string | undefined>> = {
  cise: ciseText,
  portieris: portierisText,
};

function ciseText({ reason, reference, tag }: Denied): string | undefined {
  if (SCAN_CODES.has(reason.code)) {
    return CISE_SCAN;
  }
  switch (reason.code) {
    case "NO_POLICY":
    case "NO_MATCHING_REPOSITORY":
      return `Deny, no image policies or cluster polices for ${reference}`;
    case "TRUST_NOT_SUPPORTED":
      return "Trust is not supported for images from this registry";
    case "SIGNATURE_MISSING":
    case "SIGNATURE_INVALID":
      return isTrust(reason)
        ? `Deny, failed to get content trust information: ${trustFailure(reason, tag)}`
        : portierisText({ reason, reference, tag });
    default:
      return portierisText({ reason, reference, tag });
  }
}

function portierisText({ reason, reference, tag }: Denied): string | undefined {
  const image = JSON.stringify(reference);
  if (SCAN_CODES.has(reason.code)) {
    return `Image ${reference} CANNOT DEPLOY with Vulnerability Advisor for IBM Cloud Container Registry status "BLOCK"`;
  }
  switch (reason.code) {
    case "NO_POLICY":
      return `Deny ${image}, no image policies or cluster polices`;
    case "NO_MATCHING_REPOSITORY":
      return reason.params["kind"] === "ImagePolicy"
        ? `Deny ${image}, no matching repositories in the ImagePolicies`
        : `Deny ${image}, no matching repositories in ClusterImagePolicy and no ImagePolicies in the ${JSON.stringify(reason.params["namespace"] ?? "")} namespace`;
    case "REFERENCE_INVALID":
      return `Deny ${image}, invalid image name`;
    case "TRUST_NOT_SUPPORTED":
      return "trust: Trust Server/Image Configuration Error: no trust server could be found";
    case "SECRET_MISSING":
      return secretText(reason, image);
    case "SIGNATURE_REJECTED":
      return `simple: policy denied the request: Running image docker://${reference} is rejected by policy.`;
    case "SIGNATURE_MISSING":
    case "SIGNATURE_INVALID":
      return isTrust(reason)
        ? `trust: policy denied the request: Deny ${image}, failed to get content trust information: ${trustFailure(reason, tag)}`
        : simpleText(reason);
    default:
      return undefined;
  }
}

function isTrust(reason: Reason): boolean {
  return reason.params["field"] === "trust";
}

/**
 * What Portieris and its notary client say; without a target for the tag the latter names the tag. Two more texts of
 * Portieris are never reached in it: `No signed targets found`, since its client has failed by then, and `PublicKey not
 * found in role`, since a Secret without a key was refused before.
 */
function trustFailure(reason: Reason, tag: string): string {
  const { signer } = reason.params;
  if (signer !== undefined) {
    return `no signature found for role ${signer}`;
  }
  switch (reason.params["problem"]) {
    case "KEY_MISMATCH":
      return "Public keys are different";
    case "SIGNERS_DISAGREE":
      return "Incompatible digest";
    default:
      return `No valid trust data for ${tag}`;
  }
}

/**
 * containers/image says this where there is no signature. For one that does not count it quotes its GPG library, which is
 * not ours: behind the words of Portieris stands what we found.
 */
function simpleText({ code, params }: Reason): string {
  const found =
    code === "SIGNATURE_MISSING"
      ? "A signature was required, but no signature exists"
      : String(params["message"] ?? "");
  return `simple: policy denied the request: ${found}`;
}

function secretText(reason: Reason, image: string): string | undefined {
  const { field, secret = "", namespace = "", key = "", problem } = reason.params;
  const isAbsent = problem === "absent";
  if (problem === "namespace") {
    // It would have been read there; ours says why it is not.
    return undefined;
  }
  if (field === "trust" && problem === "malformed") {
    // The name of a signer that can be none is a text of ours: there is no role of that name to speak of.
    return key === "publicKey"
      ? `trust: policy denied the request: Deny ${image}, failed to get content trust information: no valid public key found`
      : undefined;
  }
  if (field === "trust") {
    const detail = isAbsent ? `secrets "${secret}" not found` : `name or publicKey field in secret ${secret} is empty`;
    return `trust: Deny ${image}, could not get signerSecret from your cluster, ${detail}`;
  }
  return isAbsent
    ? `secrets "${secret}" not found`
    : `secret "${secret}" in "${namespace}" does not contain a "${key}" attribute`;
}

/** As Portieris: `latest` where no tag was written. */
function tagOf(reference: string): string {
  try {
    return parseImageReference(reference).tag ?? "latest";
  } catch {
    return "latest";
  }
}
