// SPDX-License-Identifier: Apache-2.0
import { join } from "node:path";
import { type ImportResult, importAdvisories } from "#advisory-db";
import type { Command, CommandContext } from "../command.ts";
import { createProgressBar } from "../progress-bar.ts";

export const dbImportCommand: Command = {
  name: "db import",
  summary: "cli.db.import.summary",
  arguments: [{ name: "SOURCE", isRequired: true, isRepeated: true, description: "cli.db.import.location" }],
  options: [
    { name: "ecosystem", short: "e", kind: "list", value: "NAME", description: "cli.db.import.ecosystem" },
    { name: "into", kind: "text", value: "FILE", description: "cli.db.import.into" },
    { name: "plain-http", kind: "flag", description: "cli.db.import.plainHttp" },
    { name: "no-progress", kind: "flag", description: "cli.scan.noProgress" },
  ],
  examples: [
    "haechi db import https://osv-vulnerabilities.storage.googleapis.com --ecosystem npm --ecosystem Debian",
    "haechi db import ./osv/npm/all.zip --into advisories.sqlite",
  ],
  run: async (invocation, context) => {
    const into = invocation.text("into") ?? join(context.configuration().dataDir, "advisories.sqlite");
    const bar = createProgressBar(context.stderr, context.isTerminal && !invocation.flag("no-progress"));
    const { proxy } = context.environment;
    const result = await importAdvisories({
      sources: invocation.arguments,
      ecosystems: invocation.list("ecosystem"),
      into,
      allowPlainHttp: invocation.flag("plain-http"),
      proxy,
      signal: context.signal,
      onProgress: ({ source, done, total }) => bar.update(source, done, total ?? 0),
    }).finally(() => bar.clear());
    reportImport(result, context);
    context.stderr(`${context.translate("cli.db.import.restart")}\n`);
    return 0;
  },
};

/** Says what was imported, what was left out, and shows the first problems. */
export function reportImport(result: ImportResult, context: CommandContext): void {
  const skipped = Object.values(result.skipped).reduce((sum, count) => sum + count, 0);
  context.stdout(
    `${context.translate("cli.db.import.done", {
      records: result.records,
      advisories: result.imported,
      file: result.file,
      skipped,
      problems: result.problemCount,
    })}\n`,
  );
  context.stdout(
    `${context.translate("cli.db.import.covers", { ecosystems: Object.keys(result.info.ecosystems).join(", ") })}\n`,
  );
  for (const problem of result.problems) {
    context.stderr(`  ${problem.origin}: ${problem.message}\n`);
  }
}
