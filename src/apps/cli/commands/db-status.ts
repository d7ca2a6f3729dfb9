// SPDX-License-Identifier: Apache-2.0
import { UNKNOWN_TIME } from "#advisories";
import { type AdvisoryDatabaseDescription, describeAdvisoryDatabase, ensureBundledDatabase } from "#advisory-db";
import { chooseAdvisoryFile } from "#configuration";
import type { Translate } from "#messages";
import type { Command } from "../command.ts";
import { visibleLines } from "../visible-lines.ts";

export const dbStatusCommand: Command = {
  name: "db status",
  summary: "cli.db.status.summary",
  arguments: [{ name: "FOLDER", isRequired: false, isRepeated: false, description: "cli.db.status.file" }],
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
  examples: ["haechi db status", "haechi db status ./advisories --verify"],
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
    [translate("cli.db.status.date"), dateText(description.date, translate)],
    [
      translate("cli.db.status.digest"),
      description.isVerified ? translate("cli.db.status.verified", { digest: description.digest }) : description.digest,
    ],
    [translate("cli.db.status.advisories"), String(description.advisories)],
    [translate("cli.db.status.size"), `${(description.sizeBytes / 2 ** 20).toFixed(1)} MiB`],
    ...originRows(description, translate),
    ...description.shards.flatMap((shard) => shardRows(shard, translate)),
  ];
  return rows.map((row) => `${visibleLines(row.join(": "))}\n`).join("");
}

function originRows({ origin }: AdvisoryDatabaseDescription, translate: Translate): readonly (readonly string[])[] {
  if (origin === undefined) {
    return [];
  }
  const trust =
    origin.trustedBy === "digest"
      ? translate("cli.db.pull.pinned")
      : translate("cli.db.pull.signed", { signers: origin.signers.join(", ") });
  return [
    [translate("cli.db.status.origin"), `${origin.location} (${origin.manifest})`],
    [translate("cli.db.status.trust"), trust],
  ];
}

/** One line for each ecosystem and one for each source with its licence: whoever passes the data on must name them. */
function shardRows(
  shard: AdvisoryDatabaseDescription["shards"][number],
  translate: Translate,
): readonly (readonly string[])[] {
  const sources = new Map<string, string>();
  for (const { attribution, licence, newest } of shard.sources) {
    const terms = `${attribution} (${licence})`;
    const known = sources.get(terms) ?? "";
    sources.set(terms, known < newest ? newest : known);
  }
  return [
    [shard.name, String(shard.records)],
    ...Object.entries(shard.scopes)
      .filter(([scope]) => scope !== "" && scope !== shard.name)
      .map(([scope, count]) => [`  ${scope}`, String(count)]),
    ...[...sources].map(([terms, newest]) => [
      `  ${translate("cli.db.status.source")}`,
      `${dateText(newest, translate)} ${terms}`,
    ]),
  ];
}

/** Some sources date nothing that they write. */
function dateText(time: string, translate: Translate): string {
  return time === "" || time === UNKNOWN_TIME ? translate("cli.db.status.date.unknown") : time;
}
