// SPDX-License-Identifier: Apache-2.0
import type { Command } from "../command.ts";
import { REGISTRY_OPTIONS } from "../registry-access.ts";
import { SIGNER_OPTIONS } from "../signer-option-table.ts";

export const dbExportCommand: Command = {
  name: "db export",
  summary: "cli.db.export.summary",
  arguments: [{ name: "LOCATION", isRequired: true, isRepeated: false, description: "cli.db.export.location" }],
  options: [
    { name: "from", kind: "text", value: "LOCATION", description: "cli.db.export.from" },
    { name: "db", kind: "text", value: "FOLDER", description: "cli.db.push.db" },
    ...SIGNER_OPTIONS,
    { name: "no-progress", kind: "flag", description: "cli.scan.noProgress" },
    ...REGISTRY_OPTIONS,
  ],
  examples: [
    "haechi db export --from docker://registry.example.com/security/advisories:v2 oci-archive:advisories.tar",
    "haechi db export --key cosign.key oci-archive:advisories.tar",
  ],
  run: async (invocation, context) => {
    const [destination = ""] = invocation.arguments;
    if (invocation.text("from") === undefined) {
      const { pushSignedDatabase } = await import("../advisories/push-signed-database.ts");
      return await pushSignedDatabase(destination, invocation, context);
    }
    const { mirrorDatabase } = await import("../advisories/mirror-database.ts");
    return await mirrorDatabase(invocation.text("from") ?? "", destination, invocation, context);
  },
};
