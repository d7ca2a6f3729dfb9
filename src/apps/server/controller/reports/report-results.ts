// SPDX-License-Identifier: Apache-2.0
import { API_GROUP } from "#base";
import type { NeverAdmittedReason, RunningImage, RunningVerdict } from "#database";
import type { Translate } from "#messages";
import { type Reason, renderReason } from "#policy";
import { cutBytes } from "../cut-bytes.ts";

/** Objects of the API server have at most 1.5 MiB: 300 results of about 2 KiB leave room for everything else. */
const MAX_RESULTS = 300;
const MAX_MESSAGE_BYTES = 800;
const MAX_NAME_BYTES = 300;
const MAX_CONTAINERS_SHOWN = 5;

/** One result, in the words that PolicyReport and OpenReports have in common. */
export interface ReportResult {
  readonly source: "haechi";
  readonly category: string;
  readonly policy: string;
  readonly rule: string;
  readonly result: "pass" | "fail" | "warn" | "error" | "skip";
  readonly severity?: "critical" | "high" | "medium" | "low" | "info";
  readonly message: string;
  readonly timestamp: { readonly seconds: number; readonly nanos: number };
  readonly properties: Readonly<Record<string, string>>;
}

/** What a report says about one workload. */
export interface ReportContent {
  readonly results: readonly ReportResult[];
  readonly summary: Readonly<Record<ReportResult["result"], number>>;
}

/** Worse first, so that what is cut off is what matters least. */
const ORDER: readonly ReportResult["result"][] = ["fail", "error", "warn", "skip", "pass"];
const CATEGORY = "Container images";
const SEVERITIES: ReadonlySet<unknown> = new Set(["critical", "high", "medium", "low"]);

/**
 * The results for all images of one workload: equal input gives equal results. The summary counts all of them; of very
 * many the last result says how many are left out.
 */
export function reportResults(images: readonly RunningImage[], translate: Translate): ReportContent {
  const results = images
    .flatMap((image) => [...verdictResults(image, translate), ...standingResults(image, translate)])
    .toSorted((left, right) => ORDER.indexOf(left.result) - ORDER.indexOf(right.result));
  const summary = { pass: 0, fail: 0, warn: 0, error: 0, skip: 0 };
  for (const { result } of results) {
    summary[result] += 1;
  }
  if (results.length <= MAX_RESULTS) {
    return { results, summary };
  }
  const [first] = results;
  const count = results.length - (MAX_RESULTS - 1);
  const rest: ReportResult = {
    source: "haechi",
    category: CATEGORY,
    policy: "haechi",
    rule: "MORE_REASONS",
    result: "skip",
    message: translate("controller.report.more", { count }),
    timestamp: first?.timestamp ?? { seconds: 0, nanos: 0 },
    properties: { omitted: String(count) },
  };
  return { results: [...results.slice(0, MAX_RESULTS - 1), rest], summary };
}

function verdictResults(image: RunningImage, translate: Translate): readonly ReportResult[] {
  const { verdict } = image;
  if (verdict === undefined) {
    return [];
  }
  const common = commonOf(image, verdict);
  if (verdict.reasons.length === 0) {
    const message = translate("controller.report.allowed", { image: cutBytes(image.reference, MAX_NAME_BYTES) });
    return [{ ...common, rule: "ALLOWED", result: "pass", message }];
  }
  const reasons = verdict.reasons.map((reason): ReportResult => {
    const { severity } = reason.params;
    return {
      ...common,
      rule: reason.code,
      result: resultOf(reason, verdict),
      ...(SEVERITIES.has(severity) ? { severity: severity as "critical" } : {}),
      message: cutBytes(renderReason(reason, translate), MAX_MESSAGE_BYTES),
      properties: {
        ...common.properties,
        ...(typeof reason.params["id"] === "string" ? { id: cutBytes(reason.params["id"], MAX_NAME_BYTES) } : {}),
      },
    };
  });
  if (verdict.outcome !== "allow") {
    return reasons;
  }
  const message = translate("controller.report.allowed", { image: cutBytes(image.reference, MAX_NAME_BYTES) });
  return [...reasons, { ...common, rule: "ALLOWED", result: "pass", message }];
}

function resultOf({ effect }: Reason, { mode }: RunningVerdict): ReportResult["result"] {
  switch (effect) {
    case "deny":
      // Where a policy only warns or watches, nothing would be refused.
      return mode === "enforce" ? "fail" : "warn";
    case "undecided":
      return "error";
    case "exempt":
      return "skip";
    default:
      return "warn";
  }
}

function standingResults(image: RunningImage, translate: Translate): readonly ReportResult[] {
  const { standing } = image;
  if (standing === "admitted" || standing === "pending") {
    return [];
  }
  const reason: NeverAdmittedReason = standing;
  return [
    {
      ...commonOf(image, image.verdict),
      policy: "haechi",
      rule: "NEVER_ADMITTED",
      result: "warn",
      message: translate(`controller.neverAdmitted.${reason}`),
    },
  ];
}

function commonOf(
  image: RunningImage,
  verdict: RunningVerdict | undefined,
): Omit<ReportResult, "rule" | "result" | "message"> {
  const policy = verdict?.decidedBy ?? verdict?.policy;
  const seconds = Math.floor(Date.parse(image.changedAt ?? image.firstSeenAt) / 1_000);
  const containers = image.containers.slice(0, MAX_CONTAINERS_SHOWN).join(", ");
  return {
    source: "haechi",
    category: CATEGORY,
    policy: policy === undefined ? "haechi" : nameOf(policy),
    timestamp: { seconds, nanos: 0 },
    properties: {
      image: cutBytes(image.reference, MAX_NAME_BYTES),
      ...(image.digest === undefined ? {} : { digest: image.digest }),
      containers: cutBytes(containers, MAX_NAME_BYTES),
      ...(verdict === undefined ? {} : { mode: verdict.mode }),
    },
  };
}

function nameOf(policy: NonNullable<RunningVerdict["policy"]>): string {
  const place = policy.namespace === undefined ? "" : `${policy.namespace}/`;
  return cutBytes(`${API_GROUP}/${policy.kind}/${place}${policy.name}`, MAX_NAME_BYTES);
}
