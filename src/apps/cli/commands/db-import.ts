// SPDX-License-Identifier: Apache-2.0
import { type ImportResult, importAdvisories } from "#advisory-db";
import { advisoryFolder } from "#configuration";
import { isArtifactLocation } from "../advisories/database-locations.ts";
import { TRUST_OPTIONS } from "../advisories/database-trust-options.ts";
import type { Command, CommandContext } from "../command.ts";
import { UsageError } from "../errors.ts";
import { createProgressBar } from "../progress-bar.ts";
import { REGISTRY_OPTIONS } from "../registry-access.ts";

export const dbImportCommand: Command = {
  name: "db import",
  summary: "cli.db.import.summary",
  arguments: [{ name: "SOURCE", isRequired: true, isRepeated: true, description: "cli.db.import.location" }],
  options: [
    { name: "ecosystem", short: "e", kind: "list", value: "NAME", description: "cli.db.import.ecosystem" },
    { name: "about", kind: "text", value: "ECOSYSTEM", description: "cli.db.import.about" },
    { name: "into", kind: "text", value: "FOLDER", description: "cli.db.import.into" },
    ...TRUST_OPTIONS,
    ...REGISTRY_OPTIONS,
    { name: "no-progress", kind: "flag", description: "cli.scan.noProgress" },
  ],
  examples: [
    "haechi db import https://osv-vulnerabilities.storage.googleapis.com --ecosystem npm --ecosystem Debian",
    "haechi db import ./osv/npm/all.zip --into ./advisories",
    "haechi db import known_exploited_vulnerabilities.json epss_scores-current.csv.gz updateinfo.xml.gz",
    "haechi db import oci-archive:advisories.tar --key advisories.pub",
  ],
  run: async (invocation, context) => {
    const artifacts = invocation.arguments.filter(isArtifactLocation);
    if (artifacts.length > 0) {
      if (invocation.arguments.length > 1) {
        throw new UsageError(
          "ARGUMENT_INVALID",
          "a whole database (docker:, oci:, oci-archive:) is imported by itself",
        );
      }
      const { fetchDatabase } = await import("../advisories/fetch-database.ts");
      return await fetchDatabase(artifacts[0] ?? "", invocation, context);
    }
    const into = invocation.text("into") ?? advisoryFolder(context.configuration());
    const about = invocation.text("about");
    const bar = createProgressBar(context.stderr, context.isTerminal && !invocation.flag("no-progress"));
    const { proxy } = context.environment;
    const result = await importAdvisories({
      sources: invocation.arguments,
      ecosystems: invocation.list("ecosystem"),
      into,
      ...(about === undefined ? {} : { ecosystem: about }),
      allowPlainHttp: invocation.flag("plain-http"),
      proxy,
      signal: context.signal,
      onProgress: ({ source, done, total }) => bar.update(source, done, total ?? 0),
    }).finally(() => bar.clear());
    reportImport(result, context);
    context.stderr(`${context.translate("cli.db.import.noticed")}\n`);
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
