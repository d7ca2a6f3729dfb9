// SPDX-License-Identifier: Apache-2.0
import { stringify } from "yaml";
import type { Translate } from "#messages";
import type { SecretMove } from "#policy-tools";
import { type Migration, SKIP_LABEL } from "./migrate-loaded.ts";

/** The rewritten objects as one YAML text. */
export function renderMigrationYaml({ policies }: Migration): string {
  return policies.map(({ object }) => stringify(object, { aliasDuplicateObjects: false, lineWidth: 0 })).join("---\n");
}

/** What changes in meaning, and what is left to do, for people. */
export function renderMigrationReport(migration: Migration, translate: Translate): string {
  const { policies, ours, problems, moves, skipped } = migration;
  const lines = [
    ...ours.map((object) => translate("policyTools.migrate.ours", { object })),
    ...(problems.length === 0 ? [] : [translate("policyTools.migrate.unreadable")]),
    ...problems.map(({ origin, path, message }) => `  ${origin} ${path}: ${message}`),
    ...policies.flatMap(({ name, changes }) => [
      translate("policyTools.migrate.title", { object: name }),
      ...changes.map(({ code, path, params }) => {
        const text = translate(`policyTools.migrate.${code}`, params);
        return `  - ${path === undefined ? text : `${path}: ${text}`}`;
      }),
    ]),
    ...(moves.length === 0 ? [] : [translate("policyTools.migrate.moves")]),
    ...moves.flatMap((move) => [
      `  - ${sentenceOf(move, translate)}`,
      ...commandsOf(move).map((each) => `      ${each}`),
    ]),
    ...(skipped.length === 0
      ? []
      : [translate("policyTools.migrate.skipLabel", { label: SKIP_LABEL, namespaces: skipped.join(", ") })]),
    policies.length === 0
      ? translate("policyTools.migrate.nothing")
      : translate("policyTools.migrate.done", { objects: policies.length }),
  ];
  return `${lines.join("\n")}\n`;
}

/** The same for programs. */
export function renderMigrationJson(migration: Migration, translate: Translate): string {
  const document = {
    objects: migration.policies.map(({ object }) => object),
    changes: migration.policies.flatMap(({ name, changes }) =>
      changes.map((change) => ({
        object: name,
        ...change,
        message: translate(`policyTools.migrate.${change.code}`, change.params),
      })),
    ),
    secrets: migration.moves.map((move) => ({ ...move, commands: commandsOf(move) })),
    leftOut: migration.ours,
    problems: migration.problems,
    namespacesWithSkipLabel: migration.skipped,
  };
  return `${JSON.stringify(document, undefined, 2)}\n`;
}

function sentenceOf({ secret, from, to }: SecretMove, translate: Translate): string {
  return from === undefined
    ? translate("policyTools.migrate.move.everywhere", { secret, to })
    : translate("policyTools.migrate.move.from", { secret, from, to });
}

/** Without owner, uid and version, which belong to the object that is copied. */
function commandsOf({ secret, from = "NAMESPACE", to }: SecretMove): readonly string[] {
  return [
    `kubectl get secret ${secret} --namespace ${from} --output json \\`,
    `  | jq '{apiVersion, kind, type, data, metadata: {name: .metadata.name}}' \\`,
    `  | kubectl apply --namespace ${to} --filename -`,
  ];
}
