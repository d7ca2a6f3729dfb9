// SPDX-License-Identifier: Apache-2.0
import { compareText } from "#base";
import { evaluate, type ImageChecks, type PolicyDocument, type SecretScope, selectEntry } from "#policy";
import { type LintedException, lintExceptions } from "./lint-exceptions.ts";
import type { LintFinding } from "./lint-finding.ts";
import { nameObject } from "./name-object.ts";
import { representativeOf } from "./representative-image.ts";

/** What lint looks at. */
export interface LintInput extends SecretScope {
  /** `origin`: the file, or the cluster. */
  readonly documents: readonly { readonly document: PolicyDocument; readonly origin: string }[];
  readonly exceptions: readonly LintedException[];
  /** Whether these are all Secrets: of a cluster, an absent one is a problem; of files it may be in the cluster. */
  readonly hasAllSecrets: boolean;
  readonly now: Date;
  /** Exceptions that end within this time are named. */
  readonly expiringWithinMs: number;
}

const MAX_FINDINGS = 1_000;
/** Each entry is tried against all others of its level. */
const MAX_ENTRIES = 20_000;

/** Everything that is wrong with policies which parse, or accepted and hardly meant; sorted by place, problems first. */
export function lintPolicies(input: LintInput): readonly LintFinding[] {
  const findings = [
    ...lintDuplicates(input.documents),
    ...input.documents.flatMap(({ document, origin }) => lintDocument(document, origin, input)),
    ...lintEntries(input),
    ...lintSet(input),
    ...lintExceptions(input.exceptions, input.now, input.expiringWithinMs),
  ];
  return findings
    .toSorted(
      (a, b) =>
        compareText(b.level, a.level) ||
        compareText(a.origin, b.origin) ||
        compareText(a.object ?? "", b.object ?? "") ||
        compareText(a.path ?? "", b.path ?? "") ||
        compareText(a.code, b.code),
    )
    .slice(0, MAX_FINDINGS);
}

function lintDuplicates(documents: LintInput["documents"]): readonly LintFinding[] {
  const seen = new Map<string, string>();
  return documents.flatMap(({ document, origin }): readonly LintFinding[] => {
    // objects of different groups may share a name in a cluster
    const key = `${document.spelling ?? ""} ${nameObject(document)}`;
    const first = seen.get(key);
    seen.set(key, first ?? origin);
    return first === undefined
      ? []
      : [{ level: "problem", code: "DUPLICATE_OBJECT", origin, object: nameObject(document), params: { first } }];
  });
}

function lintDocument(document: PolicyDocument, origin: string, input: LintInput): readonly LintFinding[] {
  const object = nameObject(document);
  const isSystem =
    document.namespace === "kube-system" || document.namespace === (input.systemNamespace ?? "haechi-system");
  const findings: LintFinding[] = [];
  function add(at: number, code: LintFinding["code"], params: LintFinding["params"]): void {
    findings.push({ level: "doubt", code, origin, object, path: `spec.repositories[${at}]`, params });
  }
  if (document.repositories.length === 0 && document.isWorkloadOnly !== true) {
    findings.push({
      level: "doubt",
      code: "EVERYTHING_BLOCKED",
      origin,
      object,
      path: "spec.repositories",
      params: {},
    });
  }
  const { workload } = document;
  if (workload?.mode === "warn" || workload?.mode === "audit") {
    const params = { name: "spec.workload", mode: workload.mode };
    findings.push({ level: "doubt", code: "WARN_ONLY", origin, object, path: "spec.workload.mode", params });
  }
  for (const [at, { name, policy }] of document.repositories.entries()) {
    if (/^\*+$/.test(name) && isWithoutChecks(policy) && !isSystem) {
      add(at, "EVERYTHING_UNCHECKED", {});
    }
    if (name.endsWith(":latest") || policy?.image?.allowTags?.includes("latest") === true) {
      add(at, "LATEST_TAG", { name });
    }
    if (/^[a-z]+:\/\//i.test(name)) {
      add(at, "NAME_WITH_SCHEME", { name });
    }
    if (/^[^*/]*\.[^*/]*\*+(?:\/|$)/.test(name) || /^\*[^./*][^/]*\.[^/]*\//.test(name)) {
      add(at, "HOST_WILDCARD", { name });
    }
    if (policy?.mode === "warn" || policy?.mode === "audit") {
      add(at, "WARN_ONLY", { name, mode: policy.mode });
    }
    const isFirstUse =
      (policy?.trust?.enabled === true && policy.trust.trustOnFirstUse === true) ||
      policy?.signatures?.some(({ notary }) => notary?.trustOnFirstUse === true) === true;
    if (isFirstUse) {
      add(at, "FIRST_USE", { name });
    }
  }
  return findings;
}

/** `policy: {}`, or a switch that is off, asks for as little as no policy. */
function isWithoutChecks(policy: ImageChecks | undefined): boolean {
  const { mode: _mode, mutateImage: _mutate, trust, ...others } = policy ?? {};
  return trust?.enabled !== true && Object.values(others).every((check) => check === undefined);
}

/** Entries that cannot win, and Secrets that are not there: found by asking for an image that only this entry means. */
function lintEntries(input: LintInput): readonly LintFinding[] {
  const { documents } = input;
  const total = documents.reduce((sum, { document }) => sum + document.repositories.length, 0);
  if (total > MAX_ENTRIES) {
    return [];
  }
  const policies = documents.map(({ document }) => document);
  return documents.flatMap(({ document, origin }) =>
    document.repositories.flatMap((entry, at): readonly LintFinding[] => {
      const object = nameObject(document);
      const path = `spec.repositories[${at}]`;
      const reference = representativeOf(entry.name);
      const { namespace } = document;
      const question = { reference, policies, ...(namespace === undefined ? {} : { namespace }) };
      const selection = selectEntry(question);
      const shadow = findShadow(selection, entry);
      const shadowed: readonly LintFinding[] =
        shadow === undefined
          ? []
          : [
              {
                level: "doubt",
                code: shadow.entry.name === entry.name ? "ENTRY_REPEATED" : "ENTRY_NEVER_WINS",
                origin,
                object,
                path,
                params: { name: entry.name, winner: shadow.entry.name, document: nameObject(shadow.document) },
              },
            ];
      // the entry by itself, so that another one that wins does not hide its Secrets
      const alone = { ...document, repositories: [entry] };
      return [...shadowed, ...lintSecrets(input, { ...question, policies: [alone] }, { origin, object, path })];
    }),
  );
}

function findShadow(
  selection: ReturnType<typeof selectEntry>,
  entry: PolicyDocument["repositories"][number],
): { readonly entry: typeof entry; readonly document: PolicyDocument } | undefined {
  if (selection.state !== "selected" || selection.entry === entry) {
    return undefined;
  }
  return selection.mandatory.some((each) => each.entry === entry) ? undefined : selection;
}

function lintSecrets(
  input: LintInput,
  question: Pick<Parameters<typeof evaluate>[0], "reference" | "namespace" | "policies">,
  place: Pick<LintFinding, "origin" | "object" | "path">,
): readonly LintFinding[] {
  const { secrets, systemNamespace, secretNamespace } = input;
  const verdict = evaluate({
    ...question,
    ...(secrets === undefined ? {} : { secrets }),
    ...(systemNamespace === undefined ? {} : { systemNamespace }),
    ...(secretNamespace === undefined ? {} : { secretNamespace }),
    facts: { kind: "unknown" },
    now: input.now,
  });
  return verdict.reasons
    .filter(({ code }) => code === "SECRET_MISSING")
    .map(({ params }): LintFinding => {
      const isAbsent = params["problem"] === "absent";
      return {
        ...place,
        level: isAbsent && !input.hasAllSecrets ? "doubt" : "problem",
        code: isAbsent ? "SECRET_ABSENT" : "SECRET_UNUSABLE",
        path: `${place.path ?? ""}.policy.${String(params["field"] ?? "")}`,
        params,
      };
    });
}

function lintSet(input: LintInput): readonly LintFinding[] {
  const findings: LintFinding[] = [];
  const [first] = input.documents;
  const all = { origin: first?.origin ?? "", params: {} } as const;
  const ofImages = input.documents.filter(({ document }) => document.isWorkloadOnly !== true);
  if (ofImages.length > 0 && ofImages.every(({ document }) => document.kind !== "ClusterImagePolicy")) {
    findings.push({ ...all, level: "doubt", code: "NO_CLUSTER_POLICY" });
  }
  if (input.secretNamespace === "request") {
    findings.push({ ...all, level: "doubt", code: "SECRETS_OF_REQUEST" });
  }
  return findings;
}
