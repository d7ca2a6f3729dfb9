// SPDX-License-Identifier: Apache-2.0
import { mirrorArtifact } from "#advisory-db";
import type { CommandContext, ExitCode, Invocation } from "../command.ts";
import { UsageError } from "../errors.ts";
import { createProgressBar } from "../progress-bar.ts";
import { registryAccess } from "../registry-access.ts";
import { openDestination, pinnedName } from "./database-destination.ts";
import { parseDatabaseLocation } from "./database-locations.ts";

/** Copies a database with its signatures from one place to another, byte for byte. Nothing is verified: whoever uses it does. */
export async function mirrorDatabase(
  from: string,
  to: string,
  invocation: Invocation,
  context: CommandContext,
): Promise<ExitCode> {
  if (invocation.text("db") !== undefined || invocation.text("key") !== undefined || invocation.flag("keyless")) {
    throw new UsageError(
      "OPTION_INVALID",
      "--from copies a database with the signatures that it has: --db, --key and --keyless do not go with it",
    );
  }
  const place = parseDatabaseLocation(from);
  const access = { ...(await registryAccess(place.location, invocation, context)), signal: context.signal };
  const { openImageRepository, openImageSource } = await import("#image-source");
  await using source = await openImageSource(place.location, access);
  await using repository = await openImageRepository(place.location, access);
  await using destination = await openDestination(parseDatabaseLocation(to), invocation, context);
  const bar = createProgressBar(context.stderr, context.isTerminal && !invocation.flag("no-progress"));
  const { manifest, referrers } = await mirrorArtifact({
    source,
    referrers: repository.repository,
    target: destination.target,
    tag: destination.tag,
    signal: context.signal,
    onProgress: ({ step, done, total }) => bar.update(step, done, total),
  }).finally(() => bar.clear());
  await destination.complete();
  context.stdout(
    `${context.translate("cli.db.export.done", {
      name: pinnedName(destination, manifest),
      tag: destination.tag,
      signatures: referrers,
    })}\n`,
  );
  return 0;
}
