// SPDX-License-Identifier: Apache-2.0
import { type MessageId, placedProblemDetailText, type Translate } from "#messages";
import { SETTINGS_POLICY } from "./settings-policy-name.ts";
import type { DecidingPolicy, Reason, Verdict } from "./verdict.ts";

/** One reason as whole sentences: what failed, the evidence, and what would fix it. */
export function renderReason(reason: Reason, translate: Translate): string {
  const text = translate(messageOfReason(reason), wordedParams(reason, translate));
  return reason.platform === undefined ? text : translate("policy.onPlatform", { platform: reason.platform, text });
}

/** A verdict keeps the English words of what a scan could not do; people read them in their language. */
function wordedParams({ code, params }: Reason, translate: Translate): Reason["params"] {
  const { message } = params;
  return (code === "SCAN_FAILED" || code === "SCAN_PARTIAL") && typeof message === "string" && message !== ""
    ? { ...params, message: placedProblemDetailText(message, translate) }
    : params;
}

/**
 * The verdict as lines of text: the first says image and outcome, the others are its reasons, then which policy decided.
 * `maxReasons` (default: all) cuts a long list and says so.
 */
export function renderVerdict(
  judged: { readonly reference: string; readonly verdict: Verdict; readonly maxReasons?: number },
  translate: Translate,
): readonly string[] {
  const { reference, verdict } = judged;
  const shown = verdict.reasons.slice(0, judged.maxReasons ?? verdict.reasons.length);
  const lines = [translate(`policy.outcome.${verdict.outcome}`, { reference })];
  lines.push(
    ...shown.map((reason) => {
      const text = renderReason(reason, translate);
      return `- ${reason.effect === "exempt" ? translate("policy.exempt", { text }) : text}`;
    }),
  );
  const omitted = verdict.reasons.length - shown.length;
  if (omitted > 0) {
    lines.push(`- ${translate("reason.MORE_REASONS", { count: omitted })}`);
  }
  if (verdict.policy !== undefined) {
    lines.push(renderDecision(verdict.policy, translate));
  }
  lines.push(
    ...(verdict.exceptions ?? []).map(({ namespace, name, until }) =>
      translate("policy.exception", { name: namespace === undefined ? name : `${namespace}/${name}`, until }),
    ),
  );
  lines.push(...(verdict.mandatory ?? []).map((policy) => renderMandatory(policy, translate)));
  return lines;
}

/** The sentence that names the document that decided; the mandatory one where it is the reason for the outcome. */
export function renderDecidingPolicy(verdict: Verdict, translate: Translate): string | undefined {
  const decided = verdict.decidedBy ?? verdict.policy;
  return decided === undefined ? undefined : renderDecision(decided, translate);
}

function renderDecision(policy: DecidingPolicy, translate: Translate): string {
  return policy.name === SETTINGS_POLICY
    ? translate("policy.decidedBySettings", { repository: policy.repository })
    : translate("policy.decidedBy", namesOf(policy));
}

function renderMandatory(policy: DecidingPolicy, translate: Translate): string {
  return policy.name === SETTINGS_POLICY
    ? translate("policy.mandatorySettings", { repository: policy.repository })
    : translate("policy.mandatory", namesOf(policy));
}

function namesOf({ kind, namespace, name, repository }: DecidingPolicy): Record<string, string> {
  return { kind, name: namespace === undefined ? name : `${namespace}/${name}`, repository };
}

/** A sentence says what is known, so that those with and without a fix, a namespace, a claimed signer differ. */
function messageOfReason(reason: Reason): MessageId {
  const { code, params } = reason;
  switch (code) {
    case "VULNERABILITY":
      return messageOfVulnerability(params);
    case "SECRET_FOUND":
      return params["path"] === "" ? "reason.SECRET_FOUND.config" : "reason.SECRET_FOUND";
    case "END_OF_LIFE":
      return params["extendedUntil"] === "" ? "reason.END_OF_LIFE" : "reason.END_OF_LIFE.extended";
    case "DISTRIBUTION_UNSUPPORTED":
      return params["packageType"] === undefined
        ? "reason.DISTRIBUTION_UNSUPPORTED"
        : "reason.DISTRIBUTION_UNSUPPORTED.packageType";
    case "SCAN_MISSING":
      return params["origin"] === "remote" ? "reason.SCAN_MISSING.remote" : "reason.SCAN_MISSING";
    case "NO_POLICY":
      return params["namespace"] === undefined ? "reason.NO_POLICY" : "reason.NO_POLICY.namespace";
    case "NO_MATCHING_REPOSITORY":
      return params["kind"] === "ImagePolicy"
        ? "reason.NO_MATCHING_REPOSITORY.namespace"
        : "reason.NO_MATCHING_REPOSITORY";
    case "SIGNATURE_MISSING":
    case "ATTESTATION_MISSING":
      return params["child"] === undefined ? `reason.${code}` : `reason.${code}.child`;
    case "SIGNATURE_INVALID":
      return params["found"] === "" ? "reason.SIGNATURE_INVALID" : "reason.SIGNATURE_INVALID.found";
    case "SIGNATURE_UNDECIDED":
    case "ATTESTATION_UNDECIDED":
      return params["message"] === "" ? `reason.${code}.notLookedUp` : `reason.${code}`;
    case "ROOT_USER":
      return params["user"] === "" ? "reason.ROOT_USER.unset" : "reason.ROOT_USER";
    case "CAPABILITY_ADDED":
      return params["allowed"] === "" ? "reason.CAPABILITY_ADDED.none" : "reason.CAPABILITY_ADDED";
    case "POD_SECURITY":
      return params["container"] === undefined
        ? "reason.POD_SECURITY"
        : params["value"] === undefined
          ? "reason.POD_SECURITY.missing"
          : "reason.POD_SECURITY.container";
    case "SECRET_MISSING":
      return messageOfSecret(params["problem"]);
    default:
      return `reason.${code}`;
  }
}

function messageOfVulnerability({ rule, graceUntil, fixed }: Reason["params"]): MessageId {
  if (rule === "knownExploited" || rule === "epss") {
    return `reason.VULNERABILITY.${rule}`;
  }
  if (graceUntil !== undefined) {
    return "reason.VULNERABILITY.grace";
  }
  return fixed === "" ? "reason.VULNERABILITY.noFix" : "reason.VULNERABILITY";
}

function messageOfSecret(problem: string | number | undefined): MessageId {
  switch (problem) {
    case "field":
      return "reason.SECRET_MISSING.field";
    case "malformed":
      return "reason.SECRET_MISSING.malformed";
    case "namespace":
      return "reason.SECRET_MISSING.namespace";
    default:
      return "reason.SECRET_MISSING";
  }
}
