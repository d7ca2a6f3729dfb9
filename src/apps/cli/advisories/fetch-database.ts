// SPDX-License-Identifier: Apache-2.0
import { pullDatabase } from "#advisory-db";
import { advisoryFolder } from "#configuration";
import type { CommandContext, ExitCode, Invocation } from "../command.ts";
import { createProgressBar } from "../progress-bar.ts";
import { parseDatabaseLocation } from "./database-locations.ts";
import { openTrustedDatabase } from "./database-trust.ts";

/** Fetches the database at a location into a folder, and says what came of it; shared by `pull`, `update` and `import`. */
export async function fetchDatabase(
  location: string,
  invocation: Invocation,
  context: CommandContext,
): Promise<ExitCode> {
  const place = parseDatabaseLocation(location);
  const into = invocation.text("into") ?? advisoryFolder(context.configuration());
  await using opened = await openTrustedDatabase(place, invocation, context);
  const bar = createProgressBar(context.stderr, context.isTerminal && !invocation.flag("no-progress"));
  const pulled = await pullDatabase({
    ...opened,
    into,
    now: context.now(),
    signal: context.signal,
    onProgress: ({ step, done, total }) => bar.update(step, done, total),
  }).finally(() => bar.clear());
  const { translate } = context;
  const trusted =
    pulled.trustedBy === "digest"
      ? translate("cli.db.pull.pinned")
      : translate("cli.db.pull.signed", { signers: pulled.signers.join(", ") });
  context.stdout(
    `${translate(pulled.isNew ? "cli.db.pull.done" : "cli.db.pull.same", {
      folder: pulled.file,
      date: pulled.info.date,
      digest: pulled.manifest,
      kept: pulled.shards.kept,
      deltas: pulled.shards.byDelta,
      whole: pulled.shards.whole,
      kib: Math.ceil(pulled.fetchedBytes / 1_024),
    })}\n${trusted}\n`,
  );
  return 0;
}
