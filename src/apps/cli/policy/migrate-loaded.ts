// SPDX-License-Identifier: Apache-2.0
import type { PolicyProblem } from "#policy";
import { type MigratedPolicy, migratePolicy, nameObject, type SecretMove } from "#policy-tools";
import type { LoadedPolicies } from "./loaded-policies.ts";

/** The label by which Portieris leaves a namespace alone. */
export const SKIP_LABEL = "securityenforcement.admission.cloud.ibm.com/namespace";

/** Everything that was rewritten, and what there is to know about it. */
export interface Migration {
  readonly policies: readonly (MigratedPolicy & { readonly name: string })[];
  /** Objects that are ours already. */
  readonly ours: readonly string[];
  readonly problems: readonly PolicyProblem[];
  readonly moves: readonly SecretMove[];
  /** Namespaces that Portieris skips; empty where no cluster was asked. */
  readonly skipped: readonly string[];
}

/** Rewrites every policy of an older spelling. */
export function migrateLoaded(loaded: LoadedPolicies): Migration {
  const systemNamespace = loaded.scope.systemNamespace ?? "haechi-system";
  const readable = loaded.documents.filter(({ document }) => document.problem === undefined);
  const policies = readable
    .filter(({ document }) => document.spelling !== undefined)
    .map(({ document, written }) => ({
      ...migratePolicy(document, written, { systemNamespace }),
      name: nameObject(document),
    }));
  return {
    policies,
    ours: readable
      .filter(({ document }) => document.spelling === undefined)
      .map(({ document }) => nameObject(document)),
    problems: loaded.problems,
    moves: [...new Map(policies.flatMap(({ moves }) => moves).map((move) => [JSON.stringify(move), move])).values()],
    skipped: (loaded.namespaces ?? []).filter(({ labels }) => labels[SKIP_LABEL] === "skip").map(({ name }) => name),
  };
}
