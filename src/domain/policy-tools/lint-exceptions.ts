// SPDX-License-Identifier: Apache-2.0
import type { PolicyException } from "#policy";
import type { LintFinding } from "./lint-finding.ts";
import { nameObject } from "./name-object.ts";

/** An exception and where it was read. */
export interface LintedException {
  readonly exception: PolicyException;
  /** The file, or the cluster. */
  readonly origin: string;
}

/** What is doubtful about exceptions; one that has no effect is not a problem, since it only lets nothing through. */
export function lintExceptions(
  exceptions: readonly LintedException[],
  now: Date,
  expiringWithinMs: number,
): readonly LintFinding[] {
  return exceptions.flatMap(({ exception, origin }) => {
    const object = nameObject({ kind: "PolicyException", ...exception });
    const { until, requester, approver } = exception;
    const leftMs = Date.parse(until) - now.getTime();
    const codes: readonly (LintFinding["code"] | undefined)[] = [
      // an end that cannot be read has passed
      leftMs > 0 ? undefined : "EXCEPTION_EXPIRED",
      leftMs > 0 && leftMs <= expiringWithinMs ? "EXCEPTION_EXPIRING" : undefined,
      approver === undefined ? "EXCEPTION_WITHOUT_APPROVER" : undefined,
      approver === requester ? "EXCEPTION_SELF_APPROVED" : undefined,
      isEverything(exception) ? "EXCEPTION_OF_EVERYTHING" : undefined,
    ];
    return codes
      .filter((code) => code !== undefined)
      .map(
        (code): LintFinding => ({
          level: "doubt",
          code,
          origin,
          object,
          path:
            code === "EXCEPTION_OF_EVERYTHING"
              ? "spec.subject"
              : code.includes("APPROVE")
                ? "spec.approver"
                : "spec.until",
          params: { until, requester },
        }),
      );
  });
}

function isEverything({ subject }: PolicyException): boolean {
  return (
    isAll(subject.repositories) &&
    subject.digests === undefined &&
    subject.namespaces === undefined &&
    subject.workloads === undefined
  );
}

function isAll(names: readonly string[] | undefined): boolean {
  return names === undefined || names.some((name) => /^\*+$/.test(name));
}
