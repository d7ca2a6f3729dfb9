// SPDX-License-Identifier: Apache-2.0
import type { Logger } from "pino";
import type { DatabaseChange } from "#advisory-db";
import { type Digest, messageOf } from "#base";
import type { ScanStore } from "#database";
import { ScanChild, type ScanLimits } from "./scan-child.ts";

/** Reports that are listed at once; the list is asked for again when they are done. */
const LISTED_AT_ONCE = 100;

export interface RematchOptions {
  /** The stored reports, without what statements clear in them. */
  readonly scans: Pick<ScanStore, "confirmReports" | "find" | "listMadeWithOtherDatabase" | "replaceReport">;
  /** The database that is in use when it is asked for. */
  readonly advisories: () => { readonly digest: string; readonly file: string };
  /** What that database says differently than the one before; absent when nobody knows, and then everything is made again. */
  readonly change?: DatabaseChange | undefined;
  readonly limits: ScanLimits;
  readonly log: Pick<Logger, "info" | "warn">;
}

/**
 * Makes the reports again that were made with another advisory database, of their stored inventories; no image is touched. Reports on
 * images that the change does not concern, by the index of their packages and findings, are left as they are.
 * One after the other, in a process of its own: packages of a hostile image are as many as a scan allows. Each report is
 * stored by itself, so whoever goes on after a restart finds what is left. Returns how many were made.
 */
export async function rematchReports({ scans, advisories, change, limits, log }: RematchOptions): Promise<number> {
  // Each once: one that does not come out of the list, or that another server with another database puts back, must not
  // keep this going for ever.
  const seen = new Set<Digest>();
  const { digest: databaseDigest, file } = advisories();
  if (change !== undefined) {
    if (change.to !== databaseDigest) {
      // another change came after it, which is told next
      return 0;
    }
    const confirmed = await scans.confirmReports(change);
    log.info({ confirmed, names: change.subjects.length }, "reports that the new advisories do not concern were kept");
  }
  let child: ScanChild | undefined;
  let made = 0;
  try {
    for (;;) {
      const listed = await scans.listMadeWithOtherDatabase(databaseDigest, seen.size + LISTED_AT_ONCE);
      const digests = listed.filter((digest) => !seen.has(digest));
      // when the database changed meanwhile, whoever noticed begins anew
      if (digests.length === 0 || advisories().digest !== databaseDigest) {
        return made;
      }
      for (const digest of digests) {
        limits.signal.throwIfAborted();
        seen.add(digest);
        const record = await scans.find(digest);
        if (record?.report === undefined) {
          continue;
        }
        const { image, inventory } = record.report;
        const request = { rematch: { image, inventory }, advisoryFile: file };
        try {
          child ??= new ScanChild(request, limits);
          const answer = await child.ask(request);
          if (answer.state === "done" && (await scans.replaceReport(record, answer.report))) {
            made += 1;
          }
        } catch (error) {
          limits.signal.throwIfAborted();
          child?.[Symbol.dispose]();
          child = undefined;
          // what it said before still holds, with the age that it shows; the others go on
          log.warn({ digest, reason: messageOf(error) }, "the findings of an image were not made again");
        }
      }
    }
  } finally {
    child?.[Symbol.dispose]();
  }
}
