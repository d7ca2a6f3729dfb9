// SPDX-License-Identifier: Apache-2.0
import type { Reason, ReasonCode } from "./verdict.ts";

/** Reasons of one code and effect that a verdict lists; the rest is one `MORE_REASONS`. A message to kubectl has to stay readable. */
const MAX_REASONS_OF_CODE = 50;

const EFFECTS: readonly Reason["effect"][] = ["deny", "undecided", "warn", "exempt"];

/** What concerns the whole image comes before long lists. */
const CODES: readonly ReasonCode[] = [
  "POLICY_INVALID",
  "NO_POLICY",
  "NO_MATCHING_REPOSITORY",
  "REFERENCE_INVALID",
  "LOOKUP_FAILED",
  "IMAGE_INVALID",
  "REGISTRY_REFUSED",
  "REGISTRY_UNAVAILABLE",
  "IMAGE_NOT_FOUND",
  "IMAGE_UNKNOWN",
  "DIGEST_REQUIRED",
  "TAG_NOT_ALLOWED",
  "DIGEST_MISSING",
  "SECRET_MISSING",
  "TRUST_NOT_SUPPORTED",
  "SIGNATURE_REJECTED",
  "SIGNATURE_INVALID",
  "SIGNATURE_MISSING",
  "SIGNATURE_UNDECIDED",
  "ATTESTATION_INVALID",
  "ATTESTATION_MISSING",
  "ATTESTATION_UNDECIDED",
  "IMAGE_TOO_OLD",
  "IMAGE_AGE_UNKNOWN",
  "NO_PLATFORM_ALLOWED",
  "ROOT_USER",
  "CONFIG_UNKNOWN",
  "ARTIFACT_UNSUPPORTED",
  "SCAN_MISSING",
  "SCAN_PENDING",
  "SCAN_FAILED",
  "SCAN_TOO_OLD",
  "SCAN_PARTIAL",
  "DISTRIBUTION_UNKNOWN",
  "DISTRIBUTION_UNSUPPORTED",
  "ADVISORIES_MISSING",
  "PACKAGES_MISSING",
  "END_OF_LIFE",
  "END_OF_LIFE_UNKNOWN",
  "NOT_LOOKED_FOR",
  "EXPLOITATION_UNKNOWN",
  "MALWARE_FOUND",
  "PACKAGE_DENIED",
  "SECRET_FOUND",
  "VULNERABILITY",
  "SEVERITY_UNKNOWN",
  "FIX_DATE_UNKNOWN",
  "VULNERABILITY_UNDECIDED",
  "SETUID_FILE",
  "WORKLOAD_UNREADABLE",
  "PRIVILEGED",
  "POD_SECURITY",
  "RUN_AS_ROOT",
  "RUN_AS_USER_MISSING",
  "RUN_AS_GROUP_MISSING",
  "CAPABILITY_ADDED",
  "CAPABILITY_NOT_DROPPED",
  "SECCOMP_MISSING",
  "APPARMOR_MISSING",
  "SELINUX_MISSING",
  "ROOT_FILESYSTEM_WRITABLE",
  "DEFAULT_SERVICE_ACCOUNT",
  "PULL_SECRET_MISSING",
  "LABEL_MISSING",
  "LABEL_NOT_ALLOWED",
  "REQUEST_MISSING",
  "LIMIT_MISSING",
  "MORE_REASONS",
];

const SEVERITIES: readonly string[] = ["critical", "high", "medium", "low", "negligible", "unknown"];

/** The reasons without repetitions, worst first, in an order that depends on nothing but their content, and not too many. */
export function orderReasons(reasons: readonly Reason[]): readonly Reason[] {
  const unique = new Map(reasons.map((reason) => [keyOf(reason), reason]));
  const sorted = [...unique]
    .map(([key, reason]) => ({ key, reason, rank: rankOf(reason) }))
    .toSorted((a, b) => compareRanks(a.rank, b.rank) || (a.key < b.key ? -1 : Number(a.key > b.key)))
    .map(({ reason }) => reason);
  return EFFECTS.flatMap((effect) => limit(sorted, effect));
}

function limit(sorted: readonly Reason[], effect: Reason["effect"]): readonly Reason[] {
  const seen = new Map<ReasonCode, number>();
  const kept: Reason[] = [];
  let omitted = 0;
  for (const reason of sorted) {
    if (reason.effect === effect) {
      const count = (seen.get(reason.code) ?? 0) + 1;
      seen.set(reason.code, count);
      if (count <= MAX_REASONS_OF_CODE) {
        kept.push(reason);
      } else {
        omitted += 1;
      }
    }
  }
  return omitted === 0 ? kept : [...kept, { code: "MORE_REASONS", effect, params: { count: omitted } }];
}

function rankOf(reason: Reason): readonly number[] {
  return [
    EFFECTS.indexOf(reason.effect),
    CODES.indexOf(reason.code),
    SEVERITIES.indexOf(String(reason.params["severity"] ?? "unknown")),
  ];
}

function compareRanks(a: readonly number[], b: readonly number[]): number {
  return a.reduce((order, rank, index) => order || rank - (b[index] ?? 0), 0);
}

/** Starts with what people sort by: the vulnerability, then the package. */
function keyOf(reason: Reason): string {
  const { id, package: packageName, version } = reason.params;
  const rest = Object.entries(reason.params).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify([
    id ?? "",
    packageName ?? "",
    version ?? "",
    reason.platform ?? "",
    reason.code,
    reason.effect,
    rest,
  ]);
}
