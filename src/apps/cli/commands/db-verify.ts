// SPDX-License-Identifier: Apache-2.0
import { describeAdvisoryDatabase, ensureBundledDatabase, judgeTrust, readDatabaseArtifact } from "#advisory-db";
import { chooseAdvisoryFile } from "#configuration";
import { isArtifactLocation, parseDatabaseLocation } from "../advisories/database-locations.ts";
import { TRUST_OPTIONS } from "../advisories/database-trust-options.ts";
import type { Command } from "../command.ts";
import { REGISTRY_OPTIONS } from "../registry-access.ts";

export const dbVerifyCommand: Command = {
  name: "db verify",
  summary: "cli.db.verify.summary",
  arguments: [{ name: "LOCATION", isRequired: false, isRepeated: false, description: "cli.db.verify.location" }],
  options: [...TRUST_OPTIONS, ...REGISTRY_OPTIONS],
  examples: [
    "haechi db verify",
    "haechi db verify docker://registry.example.com/security/advisories:v2 --key advisories.pub",
  ],
  run: async (invocation, context) => {
    const [location] = invocation.arguments;
    const { translate } = context;
    if (location !== undefined && isArtifactLocation(location)) {
      const { openTrustedDatabase } = await import("../advisories/database-trust.ts");
      await using opened = await openTrustedDatabase(parseDatabaseLocation(location), invocation, context);
      const { trustedBy, signers } = await judgeTrust(opened.source, opened.trust, {
        now: context.now(),
        signal: context.signal,
      });
      const { manifest } = await readDatabaseArtifact(opened.source, context.signal);
      context.stdout(
        `${translate("cli.db.verify.artifact", { location, digest: manifest })}\n${
          trustedBy === "digest"
            ? translate("cli.db.pull.pinned")
            : translate("cli.db.pull.signed", { signers: signers.join(", ") })
        }\n`,
      );
      return 0;
    }
    const folder =
      location ??
      (await chooseAdvisoryFile(context.configuration(), () => ensureBundledDatabase(context.environment.cacheDir)));
    const { digest, shards } = describeAdvisoryDatabase(folder, { verify: true });
    context.stdout(`${translate("cli.db.verify.folder", { folder, digest, shards: shards.length })}\n`);
    return 0;
  },
};
