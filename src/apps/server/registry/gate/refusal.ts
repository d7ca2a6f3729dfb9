// SPDX-License-Identifier: Apache-2.0
import type { Digest } from "#base";
import { renderDecidingPolicy, renderReason, renderReportCommand, SETTINGS_POLICY, type Verdict } from "#policy";
import { RegistryError } from "../errors.ts";
import type { Exchange } from "../http/exchange.ts";

/** Clients print the message on one line. */
const REASONS_IN_MESSAGE = 3;
/** Some clients (oras, crane) print the whole detail. */
const REASONS_IN_DETAIL = 10;

/** The answer to a pull that the gate refuses: `DENIED` with the reasons, in the client's language. */
export function refusal(
  exchange: Exchange,
  refused: {
    /** As it was asked for. */
    readonly reference: string;
    readonly digest: Digest;
    readonly verdict: Verdict;
    readonly hint?: string;
  },
): RegistryError {
  const { verdict, digest, hint } = refused;
  const { translate } = exchange;
  const policy = verdict.decidedBy ?? verdict.policy;
  const texts = verdict.reasons.map((reason) => renderReason(reason, translate));
  const omitted = texts.length - REASONS_IN_MESSAGE;
  const command = renderReportCommand(refused, translate);
  const reasons = [
    ...texts.slice(0, REASONS_IN_MESSAGE),
    ...(omitted > 0 ? [translate("reason.MORE_REASONS", { count: omitted })] : []),
    // Of the policy that everybody knows no word is needed; a mandatory one stands somewhere else.
    ...(verdict.decidedBy === undefined && policy?.name !== SETTINGS_POLICY
      ? []
      : [renderDecidingPolicy(verdict, translate)]),
    ...(hint === undefined ? [] : [hint]),
    ...(command === undefined ? [] : [command]),
  ].join(" ");
  const message = translate(verdict.outcome === "deny" ? "registry.deniedByPolicy" : "registry.undecided", { reasons });
  return new RegistryError("DENIED", message, {
    details: {
      outcome: verdict.outcome,
      digest,
      reasons: verdict.reasons
        .slice(0, REASONS_IN_DETAIL)
        .map((reason, index) => ({ ...reason, message: texts[index] })),
      reasonCount: verdict.reasons.length,
      ...(policy === undefined ? {} : { policy }),
    },
  });
}
