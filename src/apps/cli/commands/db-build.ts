// SPDX-License-Identifier: Apache-2.0
import { join } from "node:path";
import { BUNDLED_ADVISORIES, buildAdvisoryDatabase, bundledFiles } from "#advisory-db";
import type { Command } from "../command.ts";
import { UsageError } from "../errors.ts";
import { createProgressBar } from "../progress-bar.ts";
import { reportImport } from "./db-import.ts";

export const dbBuildCommand: Command = {
  name: "db build",
  summary: "cli.db.build.summary",
  arguments: [{ name: "SOURCE", isRequired: false, isRepeated: true, description: "cli.db.build.sources" }],
  options: [
    { name: "output", short: "o", kind: "text", value: "FOLDER", description: "cli.db.build.output" },
    { name: "ecosystem", short: "e", kind: "list", value: "NAME", description: "cli.db.import.ecosystem" },
    { name: "no-progress", kind: "flag", description: "cli.scan.noProgress" },
  ],
  examples: ["haechi db build --output ./advisories", "haechi db build ./osv --ecosystem npm -o ./npm-advisories"],
  run: async (invocation, context) => {
    const output = invocation.text("output");
    if (output === undefined) {
      throw new UsageError("OPTION_INVALID", "--output FOLDER is missing");
    }
    const isBundled = invocation.arguments.length === 0;
    const bar = createProgressBar(context.stderr, context.isTerminal && !invocation.flag("no-progress"));
    const result = await buildAdvisoryDatabase({
      sources: isBundled ? (await bundledFiles()).map((name) => join(BUNDLED_ADVISORIES, name)) : invocation.arguments,
      ecosystems: invocation.list("ecosystem"),
      output,
      isBundled,
      signal: context.signal,
      onProgress: ({ source, done, total }) => bar.update(source, done, total ?? 0),
    }).finally(() => bar.clear());
    reportImport(result, context);
    return 0;
  },
};
