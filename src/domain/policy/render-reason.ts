// SPDX-License-Identifier: Apache-2.0
import type { MessageId, Translate } from "#messages";
import type { Reason, Verdict } from "./verdict.ts";

/** One reason as whole sentences: what failed, the evidence, and what would fix it. */
export function renderReason(reason: Reason, translate: Translate): string {
  const text = translate(messageOfReason(reason), reason.params);
  return reason.platform === undefined ? text : translate("policy.onPlatform", { platform: reason.platform, text });
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
  lines.push(...shown.map((reason) => `- ${renderReason(reason, translate)}`));
  const omitted = verdict.reasons.length - shown.length;
  if (omitted > 0) {
    lines.push(`- ${translate("reason.MORE_REASONS", { count: omitted })}`);
  }
  const { policy } = verdict;
  if (policy !== undefined) {
    const namespace = policy.namespace === undefined ? "" : `${policy.namespace}/`;
    lines.push(
      translate("policy.decidedBy", {
        kind: policy.kind,
        name: `${namespace}${policy.name}`,
        repository: policy.repository,
      }),
    );
  }
  return lines;
}

/** Sentences with and without a fix differ; so do those with and without a namespace. */
function messageOfReason(reason: Reason): MessageId {
  const { code, params } = reason;
  switch (code) {
    case "VULNERABILITY":
      return params["fixed"] === "" ? "reason.VULNERABILITY.noFix" : "reason.VULNERABILITY";
    case "DISTRIBUTION_UNSUPPORTED":
      return params["packageType"] === undefined
        ? "reason.DISTRIBUTION_UNSUPPORTED"
        : "reason.DISTRIBUTION_UNSUPPORTED.packageType";
    case "NO_POLICY":
      return params["namespace"] === undefined ? "reason.NO_POLICY" : "reason.NO_POLICY.namespace";
    case "NO_MATCHING_REPOSITORY":
      return params["kind"] === "ImagePolicy"
        ? "reason.NO_MATCHING_REPOSITORY.namespace"
        : "reason.NO_MATCHING_REPOSITORY";
    default:
      return `reason.${code}`;
  }
}
