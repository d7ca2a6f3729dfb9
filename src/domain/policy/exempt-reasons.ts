// SPDX-License-Identifier: Apache-2.0
import { compareText, type Digest, matchesWildcard } from "#base";
import { EXEMPTIBLE_CODES } from "./exemptible-codes.ts";
import { type ImageSpelling, spellingsOf } from "./image-spelling.ts";
import { matchRepositoryName } from "./match-repository-name.ts";
import type { PolicyException, UsedException } from "./policy-exception.ts";
import { DEFAULT_SYSTEM_NAMESPACE } from "./policy-secret.ts";
import type { Reason } from "./verdict.ts";

/** A reason about a vulnerability, with the other names of it, which exceptions may use. */
export interface NamedReason extends Reason {
  readonly aliases?: readonly string[];
}

/** What exceptions are looked for: an image in its place, or a workload (then without a reference). */
export interface ExceptionQuestion {
  readonly exceptions?: readonly PolicyException[];
  readonly reference?: string;
  readonly hostAliases?: readonly string[];
  readonly namespace?: string;
  readonly systemNamespace?: string;
  readonly workload?: { readonly kind: string; readonly name: string };
  readonly now: Date;
}

/** The exceptions that reach one image or workload, and what was done with them. */
export interface Exemptions {
  /** The reasons, those that an exception names with the effect `exempt`. `digests` are those that the reasons are about. */
  exempt(reasons: readonly NamedReason[], digests: readonly Digest[]): readonly Reason[];
  /** Those that made a difference so far. */
  used(): readonly UsedException[];
}

/** What one exception is listed with at most. */
const MAX_EXEMPTED = 100;

/**
 * The exceptions in force for the question (gate.md, "PolicyException"). One in Haechi's own namespace, or in none,
 * reaches everything that its subject allows; one in another namespace what is in there, and so nothing at a registry.
 */
export function findExemptions(question: ExceptionQuestion): Exemptions {
  const granted = (question.exceptions ?? []).filter((each) => isInForce(each, question.now));
  if (granted.length === 0) {
    return NONE;
  }
  let spellings: readonly ImageSpelling[] | undefined;
  function names(repository: string): boolean {
    const { reference } = question;
    spellings ??= reference === undefined ? [] : spellingsOf(reference, question.hostAliases ?? []);
    return reference !== undefined && matchRepositoryName(repository, spellings) !== undefined;
  }
  const fitting = granted.filter((each) => reaches(each, question, names)).toSorted(compareExceptions);
  const used = new Map<PolicyException, Set<string>>();
  return {
    exempt(reasons, digests) {
      return reasons.map(({ aliases = [], ...reason }) => {
        const found = fitting.find((each) => isAbout(each, digests) && namesReason(each, reason, aliases));
        if (found === undefined) {
          return reason;
        }
        used.set(found, (used.get(found) ?? new Set()).add(describe(reason)));
        return { ...reason, effect: "exempt" };
      });
    },
    used() {
      return [...used]
        .map(([exception, exempted]) => ({
          ...nameOf(exception),
          exempted: [...exempted].toSorted().slice(0, MAX_EXEMPTED),
        }))
        .toSorted((a, b) => compareText(JSON.stringify(a), JSON.stringify(b)));
    },
  };
}

const NONE: Exemptions = {
  exempt: (reasons) => reasons.map(({ aliases: _, ...reason }) => reason),
  used: () => [],
};

/** Granted by somebody else than who asked for it, and not past its end. */
function isInForce({ requester, approver = "", until }: PolicyException, now: Date): boolean {
  return approver.trim() !== "" && approver.trim() !== requester.trim() && Date.parse(until) > now.getTime();
}

function reaches(
  { namespace, subject }: PolicyException,
  question: ExceptionQuestion,
  names: (repository: string) => boolean,
): boolean {
  const { workload } = question;
  const isEverywhere = namespace === undefined || namespace === (question.systemNamespace ?? DEFAULT_SYSTEM_NAMESPACE);
  return (
    (isEverywhere || namespace === question.namespace) &&
    (subject.namespaces === undefined ||
      (question.namespace !== undefined && subject.namespaces.includes(question.namespace))) &&
    (subject.workloads === undefined ||
      (workload !== undefined &&
        subject.workloads.some(({ kind, name }) => kind === workload.kind && matchesWildcard(name, workload.name)))) &&
    (subject.repositories === undefined || subject.repositories.some(names)) &&
    subject.exceptRepositories?.some(names) !== true
  );
}

function isAbout({ subject }: PolicyException, digests: readonly Digest[]): boolean {
  return subject.digests === undefined || subject.digests.some((each) => digests.some((digest) => digest === each));
}

function namesReason({ findings }: PolicyException, { code, params }: Reason, aliases: readonly string[]): boolean {
  if (!EXEMPTIBLE_CODES.has(code)) {
    return false;
  }
  const { id, package: packageName } = params;
  const { vulnerabilities = [], packages = [], rules = [] } = findings;
  return (
    rules.includes(code) ||
    (typeof id === "string" && vulnerabilities.some((each) => each === id || aliases.includes(each))) ||
    (typeof packageName === "string" && packages.includes(packageName))
  );
}

/** Of two that name a reason the one that lasts longer is used. */
function compareExceptions(a: PolicyException, b: PolicyException): number {
  return (
    Date.parse(b.until) - Date.parse(a.until) ||
    compareText(a.namespace ?? "", b.namespace ?? "") ||
    compareText(a.name, b.name)
  );
}

function describe({ code, params }: Reason): string {
  const { id, package: packageName, container, field } = params;
  return [code, id, packageName, container, id === undefined ? field : undefined]
    .filter((part) => part !== undefined && part !== "")
    .join(" ");
}

function nameOf({ name, namespace, until, approver }: PolicyException): Omit<UsedException, "exempted"> {
  return {
    name,
    ...(namespace === undefined ? {} : { namespace }),
    until,
    ...(approver === undefined ? {} : { approver }),
  };
}
