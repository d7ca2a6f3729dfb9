// SPDX-License-Identifier: Apache-2.0
import { z } from "zod";
import { type Digest, parseDigest } from "#base";
import type { RegistryJobRun, RegistryJobWorker } from "../../registry-jobs/registry-job-worker.ts";
import { imagesOf } from "./damage-record.ts";

const BLOBS_AT_ONCE = 200;
const MAX_PROBLEMS = 100;
const MAX_HOLDERS = 10;

/** A blob that is not what its digest says, and the images that it belongs to: pushing one of them again repairs it. */
export interface IntegrityProblem {
  readonly digest: Digest;
  readonly condition: "damaged" | "missing";
  readonly images: readonly string[];
}

/** What a check found. */
export interface IntegrityResult {
  readonly blobs: number;
  readonly bytes: number;
  readonly damaged: number;
  readonly missing: number;
  /** The first hundred. */
  readonly problems: readonly IntegrityProblem[];
}

interface Position extends IntegrityResult {
  readonly after: Digest;
}

const digestSchema = z.string().transform((text, context) => {
  const digest = parseDigest(text);
  if (digest === undefined) {
    context.addIssue({ code: "custom", message: "expected a digest" });
    return z.NEVER;
  }
  return digest;
});

const positionSchema: z.ZodType<Position> = z.object({
  after: digestSchema,
  blobs: z.number(),
  bytes: z.number(),
  damaged: z.number(),
  missing: z.number(),
  problems: z.array(
    z.object({ digest: digestSchema, condition: z.enum(["damaged", "missing"]), images: z.array(z.string()) }),
  ),
});

/** Reads everything that some repository has and compares it with its digest. Goes on after a restart where it was. */
export const integrityCheck: RegistryJobWorker = { kind: "check", run };

async function run({ job, context, signal, report, log }: RegistryJobRun): Promise<IntegrityResult> {
  const { registry } = context.database;
  const start = positionSchema.safeParse(job.position);
  let after = start.success ? start.data.after : undefined;
  let { blobs, bytes, damaged, missing } = start.success ? start.data : { blobs: 0, bytes: 0, damaged: 0, missing: 0 };
  const problems: IntegrityProblem[] = start.success ? [...start.data.problems] : [];
  const { bytes: total } = await registry.totalUsage();
  for (;;) {
    const page = await registry.listHeld({ limit: BLOBS_AT_ONCE, ...(after === undefined ? {} : { after }) });
    const last = page.at(-1);
    if (last === undefined) {
      break;
    }
    for (const { digest, sizeBytes } of page) {
      signal.throwIfAborted();
      const condition = await context.blobs.check(digest, signal);
      blobs += 1;
      bytes += sizeBytes;
      // what was deleted while it was looked for is no problem
      const holders = condition === "whole" ? [] : await registry.findHolders(digest, MAX_HOLDERS);
      if (condition !== "whole" && holders.length > 0) {
        damaged += condition === "damaged" ? 1 : 0;
        missing += condition === "missing" ? 1 : 0;
        if (condition === "missing") {
          // damage is reported by whoever reads it
          context.reportDamage?.(digest, condition);
        }
        if (problems.length < MAX_PROBLEMS) {
          problems.push({ digest, condition, images: imagesOf(holders) });
        }
      }
      await report({ done: bytes, total: Math.max(total, bytes), unit: "bytes" });
    }
    after = last.digest;
    await report({ position: { after, blobs, bytes, damaged, missing, problems } });
  }
  const result = { blobs, bytes, damaged, missing, problems };
  log.info({ blobs, bytes, damaged, missing }, "stored content was checked");
  return result;
}
