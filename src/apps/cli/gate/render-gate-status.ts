// SPDX-License-Identifier: Apache-2.0
import type { Translate } from "#messages";
import { renderRows } from "../render-rows.ts";
import type { GateStatus } from "./gate-status.ts";

const DAY_MS = 86_400_000;

/** The standing of the gate for people; what is wrong is in capitals. */
export function renderGateStatus(
  status: GateStatus,
  { now, translate }: { readonly now: Date; readonly translate: Translate },
): string {
  const { name, server, systemNamespace, webhooks, replicas, policies, notReady } = status;
  const rows: readonly (readonly string[])[] = [
    [
      translate("policyTools.gate.state"),
      `${name} @ ${server}: ${translate(`policyTools.gate.state.${status.state}`, { name })}`,
    ],
    ...webhooks.names.map((each, at) => [at === 0 ? translate("policyTools.gate.webhooks") : "", each]),
    ...webhooks.addresses.map((each) => [translate("policyTools.gate.address"), each]),
    ...(webhooks.names.length === 0
      ? []
      : [[translate("policyTools.gate.authority"), authority(status, now, translate)]]),
    ...(webhooks.names.length === 0 ? [] : [[translate("policyTools.gate.excluded"), excluded(status, translate)]]),
    ...(replicas.length === 0
      ? [
          [
            translate("policyTools.gate.replicas"),
            translate("policyTools.gate.replicas.none", { namespace: systemNamespace }),
          ],
        ]
      : replicas.map(({ name: each, ready, wanted }, at) => [
          at === 0 ? translate("policyTools.gate.replicas") : "",
          `${each} ${ready}/${wanted}`,
        ])),
    [translate("policyTools.gate.controller"), controller(status, now, translate)],
    [
      translate("policyTools.gate.policies"),
      policies.namespaced + policies.cluster === 0
        ? translate("policyTools.gate.policies.none")
        : translate("policyTools.gate.policies.counts", policies),
    ],
    ...notReady.map(({ object, message }) => [translate("policyTools.gate.notReady"), `${object}: ${message}`]),
  ];
  return renderRows(rows);
}

function authority({ webhooks }: GateStatus, now: Date, translate: Translate): string {
  const until = webhooks.authorityUntil;
  return until === undefined
    ? translate("policyTools.gate.authority.unreadable")
    : translate("policyTools.gate.authority.until", {
        until: until.slice(0, 10),
        days: Math.floor((Date.parse(until) - now.getTime()) / DAY_MS),
      });
}

function excluded({ webhooks }: GateStatus, translate: Translate): string {
  const names = webhooks.excluded.join(", ") || translate("policyTools.gate.excluded.none");
  return webhooks.obeysSkipLabel ? translate("policyTools.gate.excluded.skipLabel", { namespaces: names }) : names;
}

function controller({ controller: found }: GateStatus, now: Date, translate: Translate): string {
  return found === undefined
    ? translate("policyTools.gate.controller.none")
    : translate("policyTools.gate.controller.seen", {
        holder: found.holder,
        seconds: Math.max(0, Math.round((now.getTime() - Date.parse(found.seenAt)) / 1_000)),
      });
}
