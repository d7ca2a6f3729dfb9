// SPDX-License-Identifier: Apache-2.0
import type { Command, CommandContext, ExitCode, Invocation } from "../command.ts";
import { CLUSTER_OPTIONS } from "../policy/policy-option-table.ts";
import { visibleLines } from "../visible-lines.ts";
import { writeOutput } from "../write-output.ts";

export const policyMigrateCommand: Command = {
  name: "policy migrate",
  summary: "cli.policy.migrate.summary",
  arguments: [{ name: "FILE", isRequired: false, isRepeated: true, description: "cli.policy.files" }],
  options: [
    {
      name: "format",
      short: "f",
      kind: "text",
      value: "FORMAT",
      choices: ["yaml", "json"],
      default: "yaml",
      description: "cli.scan.format",
    },
    { name: "output", short: "o", kind: "text", value: "FILE", description: "cli.option.output" },
    ...CLUSTER_OPTIONS,
  ],
  examples: [
    "haechi policy migrate portieris-policies.yaml --output haechi-policies.yaml",
    "haechi policy migrate --cluster > haechi-policies.yaml",
  ],
  exitCodes: "cli.policy.migrate.exitCodes",
  run: runMigrate,
};

async function runMigrate(invocation: Invocation, context: CommandContext): Promise<ExitCode> {
  const { loadPolicies } = await import("../policy/load-policies.ts");
  const { migrateLoaded } = await import("../policy/migrate-loaded.ts");
  const { renderMigrationJson, renderMigrationReport, renderMigrationYaml } = await import(
    "../policy/render-migration.ts"
  );
  const loaded = await loadPolicies(invocation.arguments, invocation, context);
  const migration = migrateLoaded(loaded);
  if (invocation.text("format") === "json") {
    writeOutput(renderMigrationJson(migration, context.translate), invocation.text("output"), context);
  } else {
    // the objects on standard output, ready for `kubectl apply`; what to know about them beside it
    if (migration.policies.length > 0) {
      writeOutput(renderMigrationYaml(migration), invocation.text("output"), context);
    }
    context.stderr(visibleLines(renderMigrationReport(migration, context.translate)));
  }
  return migration.problems.length > 0 ? 1 : 0;
}
