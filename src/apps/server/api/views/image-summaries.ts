// SPDX-License-Identifier: Apache-2.0
import type { Digest } from "#base";
import type { ManifestRecord, RegistryStore, ScanRecord } from "#database";
import { createTranslate, type Language, type Translate } from "#messages";
import type { ServerContext } from "../../context.ts";
import type { ImageSummary } from "../schemas/image-list.ts";
import { findPlatforms, judgeImage, shownKind } from "./find-image.ts";
import { summarizeSignatures } from "./image-signatures.ts";
import { summarizeScanState } from "./scan-state.ts";
import { countSeverities } from "./severity-counts.ts";
import { toVerdictBody } from "./verdict-body.ts";

type ListedImage = Awaited<ReturnType<RegistryStore["listImages"]>>["images"][number];

/** The rows of the list of images. */
export async function summarizeImages(
  context: ServerContext,
  images: readonly ListedImage[],
  language: Language,
): Promise<readonly ImageSummary[]> {
  const translate = createTranslate(language);
  const stored = await Promise.all(images.map((image) => lookUp(context, image)));
  const platforms = stored.map((each) => each.platforms);
  const digests = new Set<Digest>(platforms.flat().map((platform) => platform.digest));
  const scans = await context.database.scans.findMany([...digests]);
  return Promise.all(
    images.map(async (image, index) => {
      const runnable = platforms[index] ?? [];
      const found = runnable.map((platform) => scans.get(platform.digest));
      const kind = stored[index]?.kind ?? image.kind;
      const judgement = await judgeImage(context, image);
      return {
        ...image,
        kind,
        platforms: runnable.flatMap(
          (platform, place) => platform.platform ?? platformOfReport(found[place]?.report) ?? [],
        ),
        scanState: summarizeScanState(found),
        ...oldestScan(found),
        ...summarizeFindings(found, translate),
        isComplete: found.length > 0 && found.every((scan) => isCompleteScan(scan)),
        verdict: toVerdictBody(judgement.verdict, language),
        ...(kind === "artifact" ? {} : { signatures: await summarizeSignatures(context, { image, judgement }) }),
      };
    }),
  );
}

/** By severity, and as the one column that people compare images by. */
function summarizeFindings(
  scans: readonly (ScanRecord | undefined)[],
  translate: Translate,
): Pick<ImageSummary, "counts" | "vulnerabilities"> {
  const counts = countSeverities(scans.flatMap((scan) => scan?.report?.findings ?? []));
  const [worst] = counts;
  if (worst === undefined) {
    return { counts };
  }
  const total = counts.reduce((sum, each) => sum + each.total, 0);
  const fixable = counts.reduce((sum, each) => sum + each.fixable, 0);
  const { severity } = worst;
  return { counts, vulnerabilities: translate("registrySettings.vulnerabilities", { severity, total, fixable }) };
}

/** The platform that a scan read from the image's configuration, e.g. `linux/arm64/v8`. */
export function platformOfReport(
  report: { readonly image: { readonly platform: { os: string; architecture: string; variant?: string } } } | undefined,
): string | undefined {
  if (report === undefined) {
    return undefined;
  }
  const { os, architecture, variant } = report.image.platform;
  return [os, architecture, variant].filter((part) => part !== undefined && part !== "").join("/");
}

function oldestScan(scans: readonly (ScanRecord | undefined)[]): { readonly scannedAt?: string } {
  const [oldest] = scans.flatMap((scan) => scan?.scannedAt ?? []).sort();
  return oldest === undefined ? {} : { scannedAt: oldest };
}

function isCompleteScan(scan: ScanRecord | undefined): boolean {
  const report = scan?.report;
  return report?.inventory.status === "complete" && report.coverageGaps.length === 0;
}

async function lookUp(
  context: ServerContext,
  image: ListedImage,
): Promise<{ readonly kind: ManifestRecord["kind"]; readonly platforms: readonly ManifestRecord[] }> {
  const record = await context.database.registry.findManifest(image.repository, { digest: image.digest });
  // Deleted between the two queries: the row shows no platforms until the list is asked for again.
  return record === undefined
    ? { kind: image.kind, platforms: [] }
    : { kind: await shownKind(context, record), platforms: await findPlatforms(context, record) };
}
