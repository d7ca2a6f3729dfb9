// SPDX-License-Identifier: Apache-2.0
import type { SignatureSummary } from "../api/generated/api.ts";
import { useText } from "../app/language.tsx";
import { signatureWording } from "../lib/signature-wording.ts";

/** Shapes differ, not only colors: the state must be readable without seeing colors. */
const STATE_SIGNS: Readonly<Record<SignatureSummary["state"], string>> = {
  verified: "✓",
  bad: "✕",
  unknown: "?",
  none: "–",
  "not-asked": "○",
};

/** What the signatures of an image come to, as a label; a bad one is louder than none. */
export function SignatureBadge({ summary }: { readonly summary: Pick<SignatureSummary, "state" | "note"> }) {
  const { state } = summary;
  const text = useText();
  return (
    <span className="verdict signature-state" data-signature={state}>
      <span aria-hidden="true">{STATE_SIGNS[summary.note === undefined ? state : "none"]}</span>
      {text(`console.signature.state.${signatureWording(summary)}`)}
    </span>
  );
}
