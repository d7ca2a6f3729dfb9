// SPDX-License-Identifier: Apache-2.0
import { CodedError, type Digest } from "#base";
import { ImageSourceError, type RepositoryClient } from "#image-source";
import { OCI_INDEX, OciError } from "#oci";
import { isRepositoryPrefix } from "#registry";
import type { RegistryJobRun } from "../../registry-jobs/registry-job-worker.ts";
import type { Author } from "../content/registry-content.ts";
import { ImageCopy, isAboutContent } from "../copy/image-copy.ts";
import { createRemoteSource } from "../copy/remote-source.ts";
import { stateOf } from "../upstream/upstream-health.ts";
import { destinationOf, type ImportParameters } from "./import-parameters.ts";
import type { ImportReport } from "./import-report.ts";
import type { ImportSource, ListedImage } from "./import-source.ts";

/** The list that clients keep where there is no referrers API; here there is one. */
const REFERRERS_TAG = /^sha(?:256|512)-[0-9a-f]{64}$/;

export interface OneImage {
  readonly source: ImportSource;
  readonly from: string;
  readonly image: ListedImage;
  readonly report: ImportReport;
}

/** Copies one image with what is attached to it, and notes what became of it. Throws when the source is away, or our storage takes no more. */
export async function copyListedImage(run: RegistryJobRun, parameters: ImportParameters, one: OneImage): Promise<void> {
  const { source, from, image, report } = one;
  const { content, signal, job } = run;
  const name = `${parameters.registry}/${from}${image.tag === undefined ? `@${image.digest ?? ""}` : `:${image.tag}`}`;
  const repository = destinationOf(parameters, from);
  if (repository === "" || !isRepositoryPrefix(repository)) {
    report.note(name, "skipped", `"${repository.slice(0, 300)}" is no name of a repository here`);
    return;
  }
  try {
    const client = await source.open(from);
    const present = await findPresent(run, { repository, image, client });
    if (present === "same") {
      // what is attached may have come later
      await attach(run, { one, name, repository, client });
      report.note(name, "present");
      return;
    }
    if (present === "other" && parameters.duplicates === "skip") {
      report.note(name, "skipped", "the tag leads to another image here");
      return;
    }
    const manifest = await client.readManifest(image.tag ?? image.digest ?? "", signal);
    if (manifest === undefined) {
      report.note(name, "skipped", "it was listed and is gone");
      return;
    }
    if (image.tag !== undefined && REFERRERS_TAG.test(image.tag) && manifest.mediaType === OCI_INDEX) {
      report.note(name, "skipped", "a list of what is attached to an image; here the referrers API has it");
      return;
    }
    const copy = new ImageCopy({
      source: createRemoteSource(client, { content, repository }),
      content,
      repository,
      author: authorOf(job),
      signal,
      onBytes: (bytes) => report.noteBytes(bytes),
    });
    await copy.copyImage(manifest);
    await copy.copyAttached(manifest);
    await copy.copyImage(manifest, image.tag);
    for (const { what, why } of copy.counts.problems) {
      report.noteProblem(`${name} (${what})`, why);
    }
    report.note(name, "copied");
  } catch (error) {
    signal.throwIfAborted();
    noteFailure(report, name, error);
  }
}

async function attach(
  run: RegistryJobRun,
  {
    one,
    name,
    repository,
    client,
  }: {
    readonly one: OneImage;
    readonly name: string;
    readonly repository: string;
    readonly client: RepositoryClient;
  },
): Promise<void> {
  const { content, signal, job } = run;
  const record = await content.findManifest(repository, one.image.tag ?? one.image.digest ?? "");
  if (record === undefined) {
    return;
  }
  const copy = new ImageCopy({
    source: createRemoteSource(client, { content, repository }),
    content,
    repository,
    author: authorOf(job),
    signal,
  });
  const { mediaType, digest } = record;
  await copy.copyAttached({ mediaType, digest, bytes: await content.readManifest(digest) });
  for (const { what, why } of copy.counts.problems) {
    one.report.noteProblem(`${name} (${what})`, why);
  }
}

/** Whether what is named is here already, by the digest that the source states. */
async function findPresent(
  { content, signal }: RegistryJobRun,
  of: { readonly repository: string; readonly image: ListedImage; readonly client: RepositoryClient },
): Promise<"same" | "other" | "none"> {
  const { repository, image, client } = of;
  const here = await content.findWholeManifest(repository, image.tag ?? image.digest ?? "");
  if (here === undefined) {
    return "none";
  }
  const there: Digest | undefined =
    image.digest ??
    (await client.findDigest(image.tag ?? "", signal)) ??
    (await client.readManifest(image.tag ?? "", signal))?.digest;
  return there === here.digest ? "same" : "other";
}

/** One image that cannot be copied is no reason to leave the others; a source that is away, or a full disk, is. */
function noteFailure(report: ImportReport, name: string, error: unknown): void {
  if (error instanceof OciError) {
    report.note(name, "skipped", `it is of a kind that is not stored here (${error.code}: ${error.message})`);
    return;
  }
  const isAboutImage = isAboutContent(error) || (error instanceof ImageSourceError && stateOf(error) === undefined);
  if (!isAboutImage || !(error instanceof CodedError)) {
    throw error;
  }
  report.note(name, "failed", `${String(error.code)}: ${error.message}`);
}

function authorOf(job: RegistryJobRun["job"]): Author {
  return { actor: job.requestedBy, requestId: `job-${job.id}`, isSystem: true };
}
