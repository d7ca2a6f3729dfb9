// SPDX-License-Identifier: Apache-2.0
import type { Reason } from "../api/generated/api.ts";
import { useText } from "../app/language.tsx";

/** The reasons of a verdict in the order of the judge, worst first. */
export function ReasonList({ reasons }: { readonly reasons: readonly Reason[] }) {
  const text = useText();
  return (
    <ul className="reasons">
      {reasons.map((reason) => (
        <li
          key={`${reason.code} ${reason.platform ?? ""} ${reason.text}`}
          data-effect={reason.effect}
          data-code={reason.code}
        >
          <span className="reason-effect">{text(`console.effect.${reason.effect}`)}</span>
          <span>
            <ReasonText reason={reason} />
          </span>
        </li>
      ))}
    </ul>
  );
}

/** The sentence of a reason; of an index, with the platform that it is about. */
export function ReasonText({ reason }: { readonly reason: Reason }) {
  return (
    <>
      {reason.platform === undefined ? null : <span className="mono">[{reason.platform}] </span>}
      {reason.text}
    </>
  );
}
