// SPDX-License-Identifier: Apache-2.0
import { z } from "zod";
import { matchesTag, prefixesOf } from "#registry";
import { RegistryJobError } from "../../registry-jobs/errors.ts";
import type { RegistryJobRun, RegistryJobWorker } from "../../registry-jobs/registry-job-worker.ts";
import { UpstreamClients } from "../upstream/upstream-clients.ts";
import { askedPauseMs, stateOf } from "../upstream/upstream-health.ts";
import { upstreamOptions } from "../upstream/upstream-options.ts";
import { copyListedImage } from "./copy-listed-image.ts";
import { createDistributionSource } from "./distribution-source.ts";
import { openHarborSource } from "./harbor-source.ts";
import type { ImportNote } from "./import-note.ts";
import { destinationOf, type ImportParameters, importParametersSchema } from "./import-parameters.ts";
import { type ImportProgress, ImportReport, importProgressSchema } from "./import-report.ts";
import type { ImportSource, ListedImage, SourceFindings } from "./import-source.ts";
import { type ImportedSettings, setImportedSettings } from "./set-imported-settings.ts";

/** Where the position is written down: what comes after it is done again, and found to be there. */
const IMAGES_PER_POSITION = 10;
/** Repositories that a plan names. */
const MAX_PLANNED = 1_000;

/** Where an import got to. */
interface ImportPosition {
  readonly total: number;
  /** Repositories that are done. */
  readonly repositories: number;
  /** Images of the next one that are done. */
  readonly images: number;
  readonly progress: ImportProgress;
}

const positionSchema: z.ZodType<ImportPosition> = z.object({
  total: z.int(),
  repositories: z.int(),
  images: z.int(),
  progress: importProgressSchema,
});

/** What comes of an import, or of its plan. */
export interface ImportResult extends ImportProgress {
  readonly isDryRun: boolean;
  /** With how many images each has; of a plan. */
  readonly repositories?: readonly { readonly from: string; readonly to: string; readonly images: number }[];
  /** Rules of the source as settings: those that were set, or (plan) would be. */
  readonly settings: readonly ImportedSettings[];
  readonly accounts: SourceFindings["accounts"];
  readonly notes: readonly ImportNote[];
}

/** Brings the images of another registry here, each verified, with what is attached to it. */
export const importWorker: RegistryJobWorker = {
  kind: "import",
  run: runImport,
  isTransient: (error) => stateOf(error) !== undefined,
  retryAfterMs: askedPauseMs,
};

async function runImport(run: RegistryJobRun): Promise<ImportResult> {
  const parsed = importParametersSchema.safeParse(run.job.parameters);
  if (!parsed.success) {
    throw new RegistryJobError("JOB_INVALID", "the parameters of the job are not those of an import");
  }
  const parameters = parsed.data;
  await using source = await openSource(run, parameters);
  const position = positionSchema.safeParse(run.job.position);
  const plan = position.success ? undefined : await makePlan(run, parameters, source);
  if (parameters.isDryRun) {
    return await summarize(run, parameters, {
      source,
      report: new ImportReport(),
      prefixes: plan?.prefixes ?? new Set(),
      repositories: plan?.repositories ?? [],
    });
  }
  const start: ImportPosition = position.success
    ? position.data
    : { total: plan?.total ?? 0, repositories: 0, images: 0, progress: new ImportReport().progress };
  await run.report({ total: start.total, unit: "items", done: start.progress.counts.copied, position: start });
  const copied = await copyAll(run, parameters, { source, start });
  const result = await summarize(run, parameters, { source, ...copied });
  if (result.counts.failed > 0) {
    const details = { work: "copy", count: result.counts.failed };
    throw new RegistryJobError("COPY_INCOMPLETE", `${result.counts.failed} images could not be copied`, {
      result,
      details,
    });
  }
  return result;
}

async function openSource({ context }: RegistryJobRun, parameters: ImportParameters): Promise<ImportSource> {
  const parts = { configuration: context.configuration, secrets: context.database.secrets };
  const options = await upstreamOptions(parts, parameters);
  const clients = new UpstreamClients(parts);
  return parameters.kind === "harbor"
    ? await openHarborSource(parameters, { clients, options })
    : createDistributionSource(parameters, { clients, options });
}

/** Lists everything once, so that people see how much it is before it begins, and how far it is later. */
async function makePlan(
  run: RegistryJobRun,
  parameters: ImportParameters,
  source: ImportSource,
): Promise<{
  readonly total: number;
  readonly prefixes: ReadonlySet<string>;
  readonly repositories: NonNullable<ImportResult["repositories"]>;
}> {
  const prefixes = new Set<string>();
  const repositories: { readonly from: string; readonly to: string; readonly images: number }[] = [];
  let total = 0;
  for await (const from of wantedRepositories(source, parameters, run.signal)) {
    addPrefixes(prefixes, from);
    let images = 0;
    for await (const _ of wantedImages(source, parameters, { repository: from, signal: run.signal })) {
      images += 1;
    }
    total += images;
    if (repositories.length < MAX_PLANNED) {
      repositories.push({ from, to: destinationOf(parameters, from), images });
    }
    await run.report({ message: { code: "listed", params: { name: from } }, total, unit: "items" });
  }
  return { total, prefixes, repositories };
}

function addPrefixes(prefixes: Set<string>, repository: string): void {
  for (const prefix of prefixesOf(repository)) {
    prefixes.add(prefix);
  }
}

async function* wantedRepositories(
  source: ImportSource,
  { repositories }: ImportParameters,
  signal: AbortSignal,
): AsyncGenerator<string> {
  for await (const name of source.listRepositories(signal)) {
    if (repositories === undefined || repositories.length === 0 || matchesNames(repositories, name)) {
      yield name;
    }
  }
}

async function* wantedImages(
  source: ImportSource,
  { tags }: ImportParameters,
  of: { readonly repository: string; readonly signal: AbortSignal },
): AsyncGenerator<ListedImage> {
  for await (const image of source.listImages(of.repository, of.signal)) {
    const isWanted = tags === undefined || tags.length === 0 || matchesNames(tags, image.tag ?? "");
    if (isWanted || isAboutWanted(image.tag)) {
      yield image;
    }
  }
}

/** Patterns that only take out (`!old-*`) take out of everything. */
function matchesNames(patterns: readonly string[], name: string): boolean {
  const isOnlyTakingOut = patterns.every((each) => each.startsWith("!"));
  return matchesTag(isOnlyTakingOut ? ["*", ...patterns] : patterns, name);
}

/** Signatures under tags come with their image, whatever tags were asked for. */
function isAboutWanted(tag: string | undefined): boolean {
  return tag !== undefined && /^sha256-[0-9a-f]{64}\.(?:sig|att|sbom)$/.test(tag);
}

async function copyAll(
  run: RegistryJobRun,
  parameters: ImportParameters,
  { source, start }: { readonly source: ImportSource; readonly start: ImportPosition },
): Promise<{ readonly report: ImportReport; readonly prefixes: ReadonlySet<string> }> {
  const report = new ImportReport(start.progress);
  const prefixes = new Set<string>();
  let repositories = 0;
  for await (const from of wantedRepositories(source, parameters, run.signal)) {
    addPrefixes(prefixes, from);
    const skipped = repositories === start.repositories ? start.images : 0;
    if (repositories >= start.repositories) {
      let images = 0;
      for await (const image of wantedImages(source, parameters, { repository: from, signal: run.signal })) {
        images += 1;
        if (images > skipped) {
          run.signal.throwIfAborted();
          await copyListedImage(run, parameters, { source, from, image, report });
          const isPosition = images % IMAGES_PER_POSITION === 0;
          await run.report({
            done: report.done,
            message: { code: "at", params: { name: `${from}${image.tag === undefined ? "" : `:${image.tag}`}` } },
            ...(isPosition ? { position: { ...start, repositories, images, progress: report.progress } } : {}),
          });
        }
      }
    }
    repositories += 1;
    if (repositories > start.repositories) {
      await run.report({ position: { ...start, repositories, images: 0, progress: report.progress } });
    }
  }
  return { report, prefixes };
}

async function summarize(
  run: RegistryJobRun,
  parameters: ImportParameters,
  found: {
    readonly source: ImportSource;
    readonly report: ImportReport;
    /** Under which there is something to bring. */
    readonly prefixes: ReadonlySet<string>;
    readonly repositories?: ImportResult["repositories"];
  },
): Promise<ImportResult> {
  const { accounts, settings, notes } = await found.source.describe(run.signal);
  const outcomes: ImportedSettings[] = [];
  await run.context.settings.refresh();
  const decided = run.context.settings.tree;
  for (const each of parameters.withSettings ? settings : []) {
    // rules of what is not brought here are nobody's business here
    if (found.prefixes.has(each.prefix)) {
      outcomes.push(await setImportedSettings(run, parameters, { found: each, decided }));
    }
  }
  return {
    isDryRun: parameters.isDryRun,
    ...found.report.progress,
    ...(found.repositories === undefined ? {} : { repositories: found.repositories }),
    settings: outcomes,
    accounts,
    notes,
  };
}
