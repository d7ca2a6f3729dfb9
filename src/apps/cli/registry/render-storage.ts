// SPDX-License-Identifier: Apache-2.0
import { z } from "zod";
import { renderSize, type Translate } from "#messages";
import { renderRows } from "../render-rows.ts";
import type { UsageAnswer } from "./fetch-usage.ts";

const collectionResult = z.object({
  isDryRun: z.boolean(),
  links: z.number(),
  blobs: z.number(),
  bytes: z.number(),
  uploads: z.number(),
  repositories: z.number(),
});

const integrityResult = z.object({
  blobs: z.number(),
  bytes: z.number(),
  damaged: z.number(),
  missing: z.number(),
  problems: z.array(
    z.object({ digest: z.string(), condition: z.enum(["damaged", "missing"]), images: z.array(z.string()) }),
  ),
});

/** What a garbage collection did. */
export function renderCollection(result: unknown, translate: Translate): string | undefined {
  const parsed = collectionResult.safeParse(result);
  if (!parsed.success) {
    return undefined;
  }
  const { isDryRun, bytes, ...counts } = parsed.data;
  const id = isDryRun ? "registryStorage.gc.wouldDo" : "registryStorage.gc.done";
  return `${translate(id, { ...counts, size: renderSize(bytes) })}\n`;
}

/** What a check of the storage found. */
export function renderIntegrity(result: unknown, translate: Translate): string | undefined {
  const parsed = integrityResult.safeParse(result);
  if (!parsed.success) {
    return undefined;
  }
  const { bytes, problems, ...counts } = parsed.data;
  const id = isWhole(result) ? "registryStorage.check.whole" : "registryStorage.check.found";
  const rows = problems.map(({ digest, condition, images }) => [
    translate(`registryStorage.check.${condition}`),
    digest,
    images.join(", "),
  ]);
  return `${translate(id, { ...counts, size: renderSize(bytes) })}\n${renderRows(rows)}`;
}

/** Whether a check found nothing. */
export function isWhole(result: unknown): boolean {
  const parsed = integrityResult.safeParse(result);
  return parsed.success && parsed.data.damaged + parsed.data.missing === 0;
}

/** How much is stored, as a table of repositories below the sums. */
export function renderUsage(usage: UsageAnswer, translate: Translate): string {
  const { total, disk, damage = { damaged: 0, missing: 0 }, unfinished, quotas, repositories } = usage;
  const { bytes, ...counts } = total;
  const lines = [
    translate("registryStorage.usage.total", { ...counts, size: renderSize(bytes) }),
    ...(disk === undefined
      ? []
      : [
          translate("registryStorage.usage.disk", {
            free: renderSize(disk.freeBytes),
            size: renderSize(disk.totalBytes),
          }),
        ]),
    ...(damage.damaged + damage.missing === 0 ? [] : [translate("registryStorage.usage.damage", damage)]),
    ...(unfinished === undefined || unfinished.uploads === 0
      ? []
      : [
          translate("registryStorage.usage.unfinished", {
            uploads: unfinished.uploads,
            size: renderSize(unfinished.bytes),
          }),
        ]),
    ...quotas.map(({ prefix, maxBytes, usedBytes, unfinishedBytes = 0 }) =>
      translate(unfinishedBytes === 0 ? "registryStorage.usage.quota" : "registryStorage.usage.quotaWithUploads", {
        prefix: prefix === "" ? "*" : prefix,
        used: renderSize(usedBytes + unfinishedBytes),
        quota: renderSize(maxBytes),
        percent: maxBytes === 0 ? 100 : Math.round((100 * (usedBytes + unfinishedBytes)) / maxBytes),
        unfinished: renderSize(unfinishedBytes),
      }),
    ),
  ];
  const header = ["size", "tags", "manifests", "pushed", "pulled", "repository"] as const;
  const rows = repositories.map((each) => [
    renderSize(each.bytes),
    String(each.tags),
    String(each.manifests),
    each.pushedAt?.slice(0, 10) ?? "-",
    each.pulledAt?.slice(0, 10) ?? "-",
    each.repository,
  ]);
  const table = rows.length === 0 ? [] : [header.map((each) => translate(`registryStorage.usage.${each}`)), ...rows];
  return `${lines.join("\n")}\n${renderRows(table)}`;
}
