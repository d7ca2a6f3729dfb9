// SPDX-License-Identifier: Apache-2.0
import type { Translate } from "#messages";
import { renderRows } from "../render-rows.ts";
import { type EffectiveAnswer, nameOfPrefix, type WrittenSettings } from "./settings-answers.ts";
import { renderValue } from "./settings-fields.ts";

/** One row for each field that is written for a prefix. */
export function renderWritten(prefixes: readonly WrittenSettings[], translate: Translate): string {
  if (prefixes.length === 0) {
    return `${translate("registrySettings.none")}\n`;
  }
  const rows = prefixes.flatMap(({ prefix, settings, updatedBy, problem }) => [
    ...Object.entries(settings).map(([field, value]) => [nameOfPrefix(prefix), field, updatedBy, renderValue(value)]),
    ...(problem === undefined ? [] : [[nameOfPrefix(prefix), "!", updatedBy, problem]]),
  ]);
  return renderRows([
    [
      translate("registrySettings.column.prefix"),
      translate("registrySettings.column.field"),
      translate("registrySettings.column.updatedBy"),
      translate("registrySettings.column.value"),
    ],
    ...rows,
  ]);
}

/** What holds for one repository, with the prefix that says each field. */
export function renderEffective(answer: EffectiveAnswer, translate: Translate): string {
  const { settings, from, quotas, allowed, allowedFrom } = answer;
  const rows = Object.entries(settings)
    .filter(([field]) => field !== "allowedVulnerabilities" && field !== "quotaBytes")
    .map(([field, value]) => [field, nameOfPrefix(from[field] ?? ""), renderValue(value)]);
  const limits = quotas.map(({ prefix, maxBytes }) => ["quotaBytes", nameOfPrefix(prefix), String(maxBytes)]);
  const ids = allowed.map(({ id, reason, until }) => [
    "allowedVulnerabilities",
    nameOfPrefix(allowedFrom),
    [id, reason, ...(until === undefined ? [] : [until])].join("  "),
  ]);
  const all = [...rows, ...limits, ...ids];
  return all.length === 0
    ? `${translate("registrySettings.nothingFor", { repository: nameOfPrefix(answer.repository) })}\n`
    : renderRows([
        [
          translate("registrySettings.column.field"),
          translate("registrySettings.column.from"),
          translate("registrySettings.column.value"),
        ],
        ...all,
      ]);
}
