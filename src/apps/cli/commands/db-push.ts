// SPDX-License-Identifier: Apache-2.0
import type { Command } from "../command.ts";
import { REGISTRY_OPTIONS } from "../registry-access.ts";
import { SIGNER_OPTIONS } from "../signer-option-table.ts";

export const dbPushCommand: Command = {
  name: "db push",
  summary: "cli.db.push.summary",
  arguments: [{ name: "LOCATION", isRequired: true, isRepeated: false, description: "cli.db.push.location" }],
  options: [
    { name: "db", kind: "text", value: "FOLDER", description: "cli.db.push.db" },
    ...SIGNER_OPTIONS,
    { name: "no-progress", kind: "flag", description: "cli.scan.noProgress" },
    ...REGISTRY_OPTIONS,
  ],
  examples: [
    "haechi db push docker://registry.example.com/security/advisories:v2 --key cosign.key",
    "haechi db push --db ./advisories oci:./mirror:v2",
  ],
  run: async (invocation, context) => {
    const { pushSignedDatabase } = await import("../advisories/push-signed-database.ts");
    return await pushSignedDatabase(invocation.arguments[0] ?? "", invocation, context);
  },
};
