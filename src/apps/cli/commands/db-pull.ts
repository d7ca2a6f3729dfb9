// SPDX-License-Identifier: Apache-2.0
import { TRUST_OPTIONS } from "../advisories/database-trust-options.ts";
import type { Command } from "../command.ts";
import { REGISTRY_OPTIONS } from "../registry-access.ts";

export const dbPullCommand: Command = {
  name: "db pull",
  summary: "cli.db.pull.summary",
  arguments: [{ name: "LOCATION", isRequired: true, isRepeated: false, description: "cli.db.pull.location" }],
  options: [
    ...TRUST_OPTIONS,
    { name: "into", kind: "text", value: "FOLDER", description: "cli.db.import.into" },
    { name: "no-progress", kind: "flag", description: "cli.scan.noProgress" },
    ...REGISTRY_OPTIONS,
  ],
  examples: [
    "haechi db pull docker://registry.example.com/security/advisories:v2 --key advisories.pub",
    "haechi db pull oci-archive:advisories.tar@sha256:4f1a… --into ./advisories",
  ],
  run: async (invocation, context) => {
    const { fetchDatabase } = await import("../advisories/fetch-database.ts");
    return await fetchDatabase(invocation.arguments[0] ?? "", invocation, context);
  },
};
