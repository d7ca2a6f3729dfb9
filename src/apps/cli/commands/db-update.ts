// SPDX-License-Identifier: Apache-2.0
import { AdvisoryDatabaseError } from "#advisory-db";
import { TRUST_OPTIONS } from "../advisories/database-trust-options.ts";
import type { Command } from "../command.ts";
import { REGISTRY_OPTIONS } from "../registry-access.ts";

export const dbUpdateCommand: Command = {
  name: "db update",
  summary: "cli.db.update.summary",
  arguments: [],
  options: [
    ...TRUST_OPTIONS,
    { name: "into", kind: "text", value: "FOLDER", description: "cli.db.import.into" },
    { name: "no-progress", kind: "flag", description: "cli.scan.noProgress" },
    ...REGISTRY_OPTIONS,
  ],
  examples: ["haechi db update"],
  run: async (invocation, context) => {
    const { reference } = context.configuration().advisories;
    if (reference === undefined) {
      throw new AdvisoryDatabaseError("ADVISORY_REFERENCE_REQUIRED", context.translate("cli.db.update.noReference"));
    }
    const { fetchDatabase } = await import("../advisories/fetch-database.ts");
    return await fetchDatabase(reference, invocation, context);
  },
};
