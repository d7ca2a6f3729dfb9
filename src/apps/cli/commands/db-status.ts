// SPDX-License-Identifier: Apache-2.0
import { type AdvisoryDatabaseDescription, describeAdvisoryDatabase, ensureBundledDatabase } from "#advisory-db";
import { chooseAdvisoryFile } from "#configuration";
import type { Translate } from "#messages";
import type { Command } from "../command.ts";

export const dbStatusCommand: Command = {
  name: "db status",
  summary: "cli.db.status.summary",
  arguments: [{ name: "FILE", isRequired: false, isRepeated: false, description: "cli.db.status.file" }],
  options: [
    {
      name: "format",
      short: "f",
      kind: "text",
      value: "FORMAT",
      choices: ["table", "json"],
      default: "table",
      description: "cli.scan.format",
    },
    { name: "verify", kind: "flag", description: "cli.db.status.verify" },
  ],
  examples: ["haechi db status", "haechi db status advisories.sqlite --verify"],
  run: async (invocation, context) => {
    const [file] = invocation.arguments;
    const chosen =
      file ??
      (await chooseAdvisoryFile(context.configuration(), () => ensureBundledDatabase(context.environment.cacheDir)));
    const description = describeAdvisoryDatabase(chosen, { verify: invocation.flag("verify") });
    context.stdout(
      invocation.text("format") === "json"
        ? `${JSON.stringify(description, undefined, 2)}\n`
        : renderStatus(description, context.translate),
    );
    return 0;
  },
};

function renderStatus(description: AdvisoryDatabaseDescription, translate: Translate): string {
  const rows = [
    [translate("cli.db.status.file.label"), description.file],
    [
      translate("cli.db.status.kind"),
      translate(description.isBundled ? "cli.db.status.bundled" : "cli.db.status.full"),
    ],
    [translate("cli.db.status.date"), description.date],
    [
      translate("cli.db.status.digest"),
      description.isVerified ? translate("cli.db.status.verified", { digest: description.digest }) : description.digest,
    ],
    [translate("cli.db.status.advisories"), String(description.advisories)],
    ...Object.entries(description.ecosystems).map(([ecosystem, count]) => [`  ${ecosystem}`, String(count)]),
  ];
  return rows.map((row) => `${row.join(": ")}\n`).join("");
}
