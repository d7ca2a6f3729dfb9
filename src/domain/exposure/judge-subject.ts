// SPDX-License-Identifier: Apache-2.0
import type { Severity } from "#base";
import { EXPOSURE_CHECK, type ExposureCheck } from "./exposure-checks.ts";
import type { ExposedSubject, ExposureFinding, ExposureWay, PatchState, Reach } from "./exposure-report.ts";
import type { SubjectCandidate } from "./find-subjects.ts";
import { worstOf } from "./image-report.ts";
import type { AccessSign } from "./read-access-signs.ts";
import { renderObjectName } from "./render-object-name.ts";

/** What is known about a subject when it is judged. */
export interface SubjectFacts {
  readonly candidate: SubjectCandidate;
  readonly reach: Reach;
  readonly ways: readonly ExposureWay[];
  readonly networkPolicies: ExposedSubject["networkPolicies"];
  readonly patches: readonly PatchState[];
}

/**
 * The checks of registries: who runs one keeps it from the outside, asks who comes, and patches it. What is only possibly a registry fails
 * none: each is undecided.
 */
export function judgeRegistry(facts: SubjectFacts): readonly ExposureFinding[] {
  const { candidate } = facts;
  const isSure = candidate.certainty === "sure";
  const found = [
    ...exposure(EXPOSURE_CHECK.registryExposed, facts),
    ...encryption(facts),
    ...access(facts),
    // a policy for each Pod that listens at 5000 is another matter
    ...(isSure ? policies(EXPOSURE_CHECK.registryUnlimited, facts) : []),
    ...patches(facts),
  ];
  return isSure ? found : found.map((each) => ({ ...each, state: "undecided" }));
}

/** The checks of remote access. The port decides, whatever listens there: it is to be blocked in any case. */
export function judgeRemoteAccess(facts: SubjectFacts): readonly ExposureFinding[] {
  const outside = exposure(EXPOSURE_CHECK.remoteAccessExposed, facts);
  return outside.length > 0 ? outside : policies(EXPOSURE_CHECK.remoteAccessUnblocked, facts);
}

function exposure(check: ExposureCheck, facts: SubjectFacts): readonly ExposureFinding[] {
  const { reach, ways } = facts;
  if (reach === "limited" || reach === "internal") {
    return [];
  }
  const evidence = ways.filter(({ state }) => state === reach).map(renderWay);
  return [finding(check, facts, { state: reach === "exposed" ? "fails" : "undecided", evidence })];
}

function encryption(facts: SubjectFacts): readonly ExposureFinding[] {
  const proxied = facts.ways.filter(
    ({ kind, isEncrypted }) => (kind === "ingress" || kind === "gateway") && isEncrypted !== true,
  );
  const open = proxied.filter(({ isEncrypted }) => isEncrypted === false);
  const shown = open.length > 0 ? open : proxied;
  return shown.length === 0
    ? []
    : [
        finding(EXPOSURE_CHECK.registryUnencrypted, facts, {
          state: open.length > 0 ? "fails" : "undecided",
          evidence: [...new Set(shown.map(renderWay))],
        }),
      ];
}

function access(facts: SubjectFacts): readonly ExposureFinding[] {
  const { signs } = facts.candidate;
  const isDefault = signs.some(({ code }) => code === "defaultPassword");
  const written = originsOf(signs, ["defaultPassword", "writtenSecret"]);
  const anonymous = originsOf(signs, ["anonymous"]);
  const unseen = originsOf(signs, ["noAuthentication"]);
  const found: ExposureFinding[] = [];
  if (written.length > 0) {
    found.push(
      finding(EXPOSURE_CHECK.registryCredentials, facts, {
        state: "fails",
        evidence: written,
        ...(isDefault ? { severity: "critical" } : {}),
        params: { isDefault: isDefault ? "yes" : "no" },
      }),
    );
  }
  if (anonymous.length > 0 || unseen.length > 0) {
    found.push(
      finding(EXPOSURE_CHECK.registryAnonymous, facts, {
        state: anonymous.length > 0 ? "fails" : "undecided",
        evidence: anonymous.length > 0 ? anonymous : unseen,
      }),
    );
  }
  return found;
}

function originsOf(signs: readonly AccessSign[], codes: readonly AccessSign["code"][]): readonly string[] {
  return [...new Set(signs.filter(({ code }) => codes.includes(code)).map(({ origin }) => origin))];
}

function policies(check: ExposureCheck, facts: SubjectFacts): readonly ExposureFinding[] {
  const { limit, names } = facts.networkPolicies;
  // on the network of the node none would help, and that it is there is told by another check
  if (facts.candidate.workload.isOnHostNetwork && check === EXPOSURE_CHECK.registryUnlimited) {
    return [];
  }
  if (limit === "unread") {
    return [finding(check, facts, { state: "undecided", evidence: [] })];
  }
  return limit === "none" || limit === "open" ? [finding(check, facts, { state: "fails", evidence: names })] : [];
}

function patches(facts: SubjectFacts): readonly ExposureFinding[] {
  const outdated = facts.patches.filter(({ state }) => state === "outdated");
  const incomplete = facts.patches.filter(({ state }) => state === "incomplete");
  const shown = outdated.length > 0 ? outdated : incomplete;
  if (shown.length === 0) {
    return [];
  }
  const fixable: Partial<Record<Severity, number>> = {};
  for (const each of outdated) {
    for (const [severity, count] of Object.entries(each.fixable)) {
      fixable[severity as Severity] = (fixable[severity as Severity] ?? 0) + count;
    }
  }
  const count = Object.values(fixable).reduce((sum, each) => sum + each, 0);
  return [
    finding(EXPOSURE_CHECK.registryUnpatched, facts, {
      state: outdated.length > 0 ? "fails" : "undecided",
      evidence: shown.map(({ image }) => image),
      ...(outdated.length > 0 ? { severity: worstOf(fixable) } : {}),
      params: { count: String(count) },
    }),
  ];
}

function finding(
  { id, severity, title }: ExposureCheck,
  { candidate }: SubjectFacts,
  found: {
    readonly state: ExposureFinding["state"];
    readonly evidence: readonly string[];
    readonly severity?: Severity;
    readonly params?: Readonly<Record<string, string>>;
  },
): ExposureFinding {
  const { product } = candidate;
  return {
    id,
    severity: found.severity ?? severity,
    state: found.state,
    title,
    params: { ...(product === undefined ? {} : { product }), ...found.params },
    evidence: found.evidence,
  };
}

/** e.g. `Service shop/registry (loadBalancer 443)`, `Ingress shop/registry (registry.example.com)`. */
function renderWay({ kind, object, ports, hosts }: ExposureWay): string {
  const opened = kind === "ingress" ? "" : [kind, ...ports].join(" ");
  const places = [opened, ...hosts].filter((each) => each !== "").join(", ");
  return places === "" ? renderObjectName(object) : `${renderObjectName(object)} (${places})`;
}
