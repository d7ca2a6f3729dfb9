// SPDX-License-Identifier: Apache-2.0
import {
  type EvaluationInput,
  evaluate,
  evaluateWorkload,
  factsNeeded,
  type Verdict,
  type WorkloadVerdict,
} from "#policy";
import type { PolicyTest } from "./policy-test.ts";
import { factsOfTest } from "./test-facts.ts";

/** The policies that tests are judged by. */
export type TestedPolicies = Pick<
  EvaluationInput,
  "policies" | "secrets" | "systemNamespace" | "secretNamespace" | "exceptions" | "hostAliases"
>;

/** One thing that is not as the test expects. */
export interface TestFailure {
  /** `check`: the image could not be looked at. */
  readonly field: "check" | "outcome" | "reasons" | "onlyReasons" | "entry" | "policy" | "mode";
  readonly expected: string;
  readonly found: string;
}

/** What came of a test. */
export interface PolicyTestResult {
  readonly test: PolicyTest;
  readonly verdict: Verdict | WorkloadVerdict;
  /** Empty: passed. */
  readonly failures: readonly TestFailure[];
}

/**
 * A test whose image could not be looked at. It fails, whatever it expects: one that expects `undecided` must not pass
 * because a registry is away.
 */
export function failUnchecked(test: PolicyTest, problem: string): PolicyTestResult {
  const reason = { code: "LOOKUP_FAILED", effect: "undecided", params: {} } as const;
  return {
    test,
    verdict: { outcome: "undecided", reasons: [reason], mode: "enforce", mutateImage: false },
    failures: [{ field: "check", expected: "", found: problem }],
  };
}

/** Judges the image of a test by the facts that it writes down (without any, by none), or its Pod. */
export function runPolicyTest(test: PolicyTest, policies: TestedPolicies, now: Date): PolicyTestResult {
  if (test.pod !== undefined) {
    return checkVerdict(test, judgePod(test, policies, now));
  }
  const { image = "" } = test;
  const asked = {
    ...policies,
    reference: image,
    ...(test.namespace === undefined ? {} : { namespace: test.namespace }),
  };
  const needed = factsNeeded(asked);
  const facts =
    test.facts === undefined
      ? ({ kind: "unknown" } as const)
      : factsOfTest(test.facts, { image, trust: needed.trust, now });
  const verdict = evaluate({
    ...asked,
    facts,
    now,
    ...(test.workload === undefined ? {} : { workload: test.workload }),
  });
  return checkVerdict(test, verdict);
}

/** Compares a verdict, from whichever facts, with what the test expects. */
export function checkVerdict(test: PolicyTest, verdict: PolicyTestResult["verdict"]): PolicyTestResult {
  const { outcome, reasons, onlyReasons, entry, policy, mode } = test.expect;
  // an exempted reason stands there for people, and decides nothing
  const codes = [...new Set(verdict.reasons.filter(isWeighty).map(({ code }) => code as string))].toSorted();
  const name = verdict.policy?.name ?? "";
  const names = [name, `${verdict.policy?.namespace ?? ""}/${name}`];
  const failures: readonly (TestFailure | undefined)[] = [
    differ("outcome", outcome, verdict.outcome),
    reasons === undefined || reasons.every((code) => codes.includes(code))
      ? undefined
      : { field: "reasons", expected: reasons.join(", "), found: codes.join(", ") },
    onlyReasons === undefined
      ? undefined
      : differ("onlyReasons", [...new Set(onlyReasons)].toSorted().join(", "), codes.join(", ")),
    entry === undefined ? undefined : differ("entry", entry, entryOf(verdict)),
    policy === undefined || names.includes(policy) ? undefined : differ("policy", policy, name),
    mode === undefined ? undefined : differ("mode", mode, verdict.mode),
  ];
  return { test, verdict, failures: failures.filter((each) => each !== undefined) };
}

function judgePod(
  { pod, workload, namespace = "default" }: PolicyTest,
  policies: TestedPolicies,
  now: Date,
): WorkloadVerdict {
  const { labels, annotations, name } = fieldsOf(pod?.metadata);
  return evaluateWorkload({
    pod: { labels, annotations, spec: pod?.spec },
    owner: workload ?? { kind: "Pod", name: typeof name === "string" ? name : "" },
    namespace,
    policies: {
      documents: policies.policies,
      exceptions: policies.exceptions ?? [],
      ...(policies.systemNamespace === undefined ? {} : { systemNamespace: policies.systemNamespace }),
    },
    now,
  });
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
}

/** A Pod is judged by whole documents. */
function entryOf({ policy }: PolicyTestResult["verdict"]): string {
  return policy !== undefined && "repository" in policy ? String(policy.repository) : "";
}

function isWeighty({ effect }: Verdict["reasons"][number]): boolean {
  return (effect as string) !== "exempt";
}

function differ(field: TestFailure["field"], expected: string, found: string): TestFailure | undefined {
  return expected === found ? undefined : { field, expected, found };
}
