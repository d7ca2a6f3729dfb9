// SPDX-License-Identifier: Apache-2.0
import type { Digest } from "#base";
import type { ManifestRecord, ScanJobRecord, ScanRecord } from "#database";
import type { Language } from "#messages";
import type { ServerContext } from "../../context.ts";
import type { ImageDetailBody, PlatformBody } from "../schemas/image-detail.ts";
import { findPlatforms, judgeImage, type StoredImage, shownKind } from "./find-image.ts";
import { describeForeignReports } from "./foreign-reports.ts";
import { describeSignatures } from "./image-signatures.ts";
import { platformOfReport } from "./image-summaries.ts";
import { toScanJobBody } from "./scan-job-body.ts";
import { toScanSummary } from "./scan-summary.ts";
import { countSeverities } from "./severity-counts.ts";
import { toVerdictBody } from "./verdict-body.ts";

/** Everything about one image but its long lists. */
export async function describeImage(
  context: ServerContext,
  image: StoredImage,
  language: Language,
): Promise<ImageDetailBody> {
  const { record, tag } = image;
  const { repository, digest } = record;
  const platforms = await findPlatforms(context, record);
  const scans = await context.database.scans.findMany(platforms.map((platform) => platform.digest));
  const kind = await shownKind(context, record);
  const jobs = await findLastJobs(
    context,
    platforms.map((platform) => platform.digest),
  );
  const judgement = await judgeImage(context, { repository, tag, digest });
  const foreign = await describeForeignReports(
    context,
    platforms.map((platform) => platform.digest),
  );
  const bodies = await Promise.all(
    platforms.map(async (platform) => {
      const { verdict } = await judgeImage(context, { repository, tag, digest: platform.digest });
      const foreignReports = foreign.get(platform.digest);
      const body = toPlatformBody(
        platform,
        { scan: scans.get(platform.digest), job: jobs.get(platform.digest) },
        toVerdictBody(verdict, language),
      );
      return foreignReports === undefined ? body : { ...body, foreignReports };
    }),
  );
  const names = new Map(record.kind === "index" ? bodies.map((each) => [each.digest, each.platform]) : []);
  return {
    repository,
    ...(tag === undefined ? {} : { tag }),
    digest,
    mediaType: record.mediaType,
    kind,
    ...(kind === "artifact" && record.artifactType !== undefined ? { artifactType: record.artifactType } : {}),
    pushedAt: record.pushedAt,
    pushedBy: record.pushedBy,
    sizeBytes: platforms.reduce((sum, platform) => sum + contentBytes(platform), 0),
    verdict: toVerdictBody(judgement.verdict, language),
    platforms: bodies,
    ...(kind === "artifact"
      ? {}
      : {
          signatures: await describeSignatures(
            context,
            { image: { repository, tag, digest }, judgement },
            { platforms: names, language },
          ),
        }),
  };
}

function toPlatformBody(
  record: ManifestRecord,
  { scan, job }: { readonly scan: ScanRecord | undefined; readonly job: ScanJobRecord | undefined },
  verdict: PlatformBody["verdict"],
): PlatformBody {
  return {
    digest: record.digest,
    platform: record.platform ?? platformOfReport(scan?.report) ?? "unknown",
    scanState: scan?.state ?? "missing",
    ...(scan?.message === undefined ? {} : { scanMessage: scan.message }),
    ...(scan?.scannedAt === undefined ? {} : { scannedAt: scan.scannedAt }),
    ...(scan?.report === undefined || scan.finishedAt === undefined ? {} : { matchedAt: scan.finishedAt }),
    ...(job === undefined ? {} : { job: toScanJobBody(job) }),
    counts: countSeverities(scan?.report?.findings ?? []),
    verdict,
    ...(scan?.report === undefined ? {} : { scan: toScanSummary(scan.report) }),
  };
}

/** The scan that was asked for last, of each digest. */
async function findLastJobs(
  { database }: ServerContext,
  digests: readonly Digest[],
): Promise<ReadonlyMap<Digest, ScanJobRecord>> {
  const jobs = await Promise.all(digests.map((digest) => database.scanJobs.list({ limit: 1, digests: [digest] })));
  return new Map(jobs.flat().map((job) => [job.digest, job]));
}

/** Manifest, configuration and compressed layers: what a first pull transfers. */
function contentBytes(record: ManifestRecord): number {
  return record.references.reduce((sum, reference) => sum + reference.sizeBytes, record.sizeBytes);
}
