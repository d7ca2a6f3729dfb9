// SPDX-License-Identifier: Apache-2.0
import type { Verdict } from "../api/generated/api.ts";
import { useText } from "../app/language.tsx";

/** Shapes differ, not only colors: the outcome must be readable without seeing colors. */
const OUTCOME_SIGNS: Readonly<Record<Verdict["outcome"], string>> = { allow: "✓", deny: "✕", undecided: "?" };

/** The outcome of a verdict as a label. */
export function VerdictBadge({ outcome }: { readonly outcome: Verdict["outcome"] }) {
  const text = useText();
  return (
    <span className="verdict" data-outcome={outcome}>
      <span aria-hidden="true">{OUTCOME_SIGNS[outcome]}</span>
      {text(`console.verdict.${outcome}`)}
    </span>
  );
}
