// SPDX-License-Identifier: Apache-2.0

import {
  type ArchiveFormat,
  ImageSourceError,
  type ImageToArchive,
  openRepository,
  planImageArchive,
  type RepositoryClient,
  sourceOfRepository,
  writeImageArchive,
} from "#image-source";
import { renderSize } from "#messages";
import { parseImageReference } from "#oci";
import type { CommandContext, ExitCode, Invocation } from "../command.ts";
import { UsageError } from "../errors.ts";
import { createProgressBar } from "../progress-bar.ts";
import { registryAccess } from "../registry-access.ts";
import { visibleLines } from "../visible-lines.ts";

/** Writes the images that are named to one file. Throws `UsageError`, `ImageSourceError`, `OciError`. */
export async function saveImages(invocation: Invocation, context: CommandContext): Promise<ExitCode> {
  const file = invocation.text("output");
  if (file === undefined) {
    throw new UsageError("OPTION_INVALID", "expected --output FILE");
  }
  await using clients = new AsyncDisposableStack();
  const images: ImageToArchive[] = [];
  const open = new Map<string, RepositoryClient>();
  for (const text of invocation.arguments) {
    images.push(await resolve(text));
  }
  const { signal } = context;
  const plan = await planImageArchive(images, invocation.text("format") as ArchiveFormat, signal);
  const bar = createProgressBar(context.stderr, context.isTerminal && !invocation.flag("no-progress"));
  let done = 0;
  const written = await writeImageArchive(plan, file, {
    signal,
    onBytes(bytes) {
      done += bytes;
      bar.update(file, done, plan.contentBytes);
    },
  }).finally(() => bar.clear());
  for (const problem of plan.problems) {
    context.stderr(visibleLines(`${context.translate("registryBackup.save.problem", { problem })}\n`));
  }
  const { sizeBytes, sha256 } = written;
  const facts = { images: images.length, file, size: renderSize(sizeBytes), sha256 };
  context.stdout(visibleLines(`${context.translate("registryBackup.save.done", facts)}\n`));
  return plan.problems.length === 0 ? 0 : 3;

  async function resolve(text: string): Promise<ImageToArchive> {
    const reference = parseImageReference(text.replace(/^docker:\/\//, ""));
    const { registry, repository, tag, digest } = reference;
    const name = `${registry}/${repository}`;
    const client =
      open.get(name) ??
      clients.use(await openRepository(reference, await registryAccess(`docker://${name}`, invocation, context)));
    open.set(name, client);
    const root = await client.readManifest(digest ?? tag ?? "latest", context.signal);
    if (root === undefined) {
      throw new ImageSourceError("MANIFEST_UNKNOWN", `there is no image ${text.slice(0, 300)}`);
    }
    return { registry, repository, ...(tag === undefined ? {} : { tag }), root, source: sourceOfRepository(client) };
  }
}
