// SPDX-License-Identifier: Apache-2.0
import type { Translate } from "#messages";
import type { PolicyProblem } from "#policy";
import { lintPolicies } from "#policy-tools";
import type { LoadedPolicies } from "./loaded-policies.ts";

/** A finding for people and programs: one of lint, or what the parser says. */
export interface RenderedFinding {
  readonly level: "problem" | "doubt";
  readonly code: string;
  readonly origin: string;
  readonly line?: number;
  readonly object?: string;
  readonly path: string;
  readonly message: string;
}

/** What the parser refuses and doubts, and what lint finds in the rest. */
export function lintLoaded(
  loaded: LoadedPolicies,
  options: { readonly now: Date; readonly expiringWithinMs: number; readonly translate: Translate },
): readonly RenderedFinding[] {
  const { translate, ...asked } = options;
  const found = lintPolicies({
    ...asked,
    ...loaded.scope,
    // what cannot be read is a problem of its own; its empty list of entries says nothing
    documents: loaded.documents.filter(({ document }) => document.problem === undefined),
    exceptions: loaded.exceptions,
    secrets: loaded.secrets,
    hasAllSecrets: loaded.hasAllSecrets,
  });
  return [
    ...loaded.problems.map((problem) => ofParser("problem", problem)),
    ...loaded.warnings.map((warning) => ofParser("doubt", warning)),
    ...found.map(
      ({ level, code, origin, object, path = "", params }): RenderedFinding => ({
        level,
        code,
        origin,
        ...(object === undefined ? {} : { object }),
        path,
        message: translate(`policyTools.lint.${code}`, params),
      }),
    ),
  ];
}

function ofParser(level: RenderedFinding["level"], { origin, line, path, message }: PolicyProblem): RenderedFinding {
  const code = level === "problem" ? "POLICY_INVALID" : "POLICY_DOUBTFUL";
  return { level, code, origin, ...(line === undefined ? {} : { line }), path, message };
}
