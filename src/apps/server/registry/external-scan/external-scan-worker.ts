// SPDX-License-Identifier: Apache-2.0
import { parseDigest } from "#base";
import type { ManifestRecord } from "#database";
import { isLoopback } from "#http";
import { type ForeignScanner, isUnderPrefix, parseForeignScanner } from "#registry";
import type { ServerContext } from "../../context.ts";
import { RegistryJobError } from "../../registry-jobs/errors.ts";
import type { RegistryJobRun, RegistryJobWorker } from "../../registry-jobs/registry-job-worker.ts";
import { createReplicaInspectToken } from "../access/local-inspect-token.ts";
import { ExternalScanError } from "./external-scan-error.ts";
import { parseExternalScanParameters } from "./external-scan-parameters.ts";
import { ScannerClient } from "./scanner-client.ts";
import { scannerAuthorization } from "./scanner-credentials.ts";

const PAGE = 200;
const MAX_FAILURES_SHOWN = 20;
const PRUNED_AT_ONCE = 10_000;
/** Indexes in indexes are not followed further. */
const MAX_INDEX_DEPTH = 2;

interface Asking {
  readonly name: string;
  readonly scanner: ForeignScanner;
  readonly client: ScannerClient;
  readonly run: RegistryJobRun;
  readonly tally: { asked: number; known: number; unsupported: number };
}

/** Asks somebody else's scanner about images, and keeps what it says. */
export const externalScanWorker: RegistryJobWorker = {
  kind: "external-scan",
  concurrency: 2,
  isTransient: (error) => error instanceof ExternalScanError && error.isTransient,
  retryAfterMs: (error) => (error instanceof ExternalScanError ? error.retryAfterMs : undefined),
  async run(run) {
    const { job, context } = run;
    const { database, configuration } = context;
    const parameters = parseExternalScanParameters(job.parameters);
    const { scanner: name } = parameters;
    const found = await database.registryObjects.find("scanner", name);
    const scanner = found === undefined ? undefined : parseForeignScanner(found.document);
    if (scanner === undefined) {
      throw new RegistryJobError("RULE_UNKNOWN", `there is no scanner ${name}`);
    }
    const authorization = await scannerAuthorization(database.secrets, name, scanner.url);
    await using client = await ScannerClient.open(scanner, { authorization, proxy: configuration.proxy });
    const tally = { asked: 0, known: 0, unsupported: 0 };
    const asking = { name, scanner, client, run, tally };
    if (parameters.scope === "missing") {
      await askAboutMissing(asking);
      return tally;
    }
    const { repository, tag } = parameters;
    const digest = parseDigest(parameters.digest);
    const record = digest && (await database.registry.findManifest(repository, { digest }));
    if (record !== undefined) {
      await askAbout(asking, record, tag);
    }
    return tally;
  },
};

async function askAboutMissing(asking: Asking): Promise<void> {
  const { run, scanner, name, tally } = asking;
  const { registry, foreignReports } = run.context.database;
  const failures: string[] = [];
  let last: unknown;
  for (let offset = 0, total = 1; offset < total; offset += PAGE) {
    const page = await registry.listImages({ limit: PAGE, offset });
    total = page.total;
    for (const { repository, digest, tag } of page.images) {
      run.signal.throwIfAborted();
      const record = isUnderPrefix(scanner.prefix ?? "", repository)
        ? await registry.findManifest(repository, { digest })
        : undefined;
      try {
        if (record !== undefined) {
          await askAbout(asking, record, tag);
        }
      } catch (error) {
        if (!(error instanceof ExternalScanError)) {
          throw error;
        }
        last = error;
        failures.push(`${repository}:${tag}: ${error.message}`);
        if (error.isTransient) {
          // it is away: what is known by now stays, and the rest is asked later
          throw error;
        }
      }
    }
    await run.report({ done: Math.min(offset + PAGE, total), total, unit: "items" });
  }
  await foreignReports.prune(PRUNED_AT_ONCE);
  if (failures.length > 0) {
    throw new RegistryJobError("COPY_INCOMPLETE", `${failures.length} images have no report of ${name}`, {
      cause: last,
      result: { ...tally, failures: failures.slice(0, MAX_FAILURES_SHOWN) },
      details: { work: "scan", count: failures.length },
    });
  }
}

async function askAbout(asking: Asking, record: ManifestRecord, tag: string | undefined, depth = 0): Promise<void> {
  const { registry } = asking.run.context.database;
  if (record.kind === "image" && record.subject === undefined && record.platform !== "unknown/unknown") {
    await askAboutImage(asking, record, tag);
  } else if (record.kind === "index" && depth < MAX_INDEX_DEPTH) {
    for (const { digest, kind } of record.references) {
      const child = kind === "manifest" ? await registry.findManifest(record.repository, { digest }) : undefined;
      if (child !== undefined) {
        await askAbout(asking, child, tag, depth + 1);
      }
    }
  }
}

async function askAboutImage(
  { name, scanner, client, run, tally }: Asking,
  { repository, digest, mediaType }: ManifestRecord,
  tag: string | undefined,
): Promise<void> {
  const { context, signal } = run;
  if (await context.database.foreignReports.has(digest, name)) {
    tally.known += 1;
    return;
  }
  await run.report({ message: { code: "at", params: { name: `${repository}@${digest}` } } });
  const [reportType] = await client.reportTypes(mediaType, signal);
  if (reportType === undefined) {
    tally.unsupported += 1;
    return;
  }
  const report = await client.scan(
    {
      registryUrl: scanner.registryUrl ?? ownUrl(context),
      registryAuthorization: `Bearer ${await createReplicaInspectToken(context, repository)}`,
      repository,
      digest,
      tag,
      mediaType,
    },
    reportType,
    signal,
  );
  await context.database.foreignReports.put({ digest, scanner: name, report });
  tally.asked += 1;
}

/** Over TLS, unless it leads to this machine and we speak none. */
function ownUrl({ configuration }: ServerContext): string {
  const { registry } = configuration;
  const host = registry.names[0] ?? "localhost";
  const isPlain = registry.certificateFiles === undefined && isLoopback(new URL(`http://${host}`));
  return `${isPlain ? "http" : "https"}://${host}`;
}
