// SPDX-License-Identifier: Apache-2.0
import { z } from "zod";
import type { ScanJobRecord } from "#database";

/** One scan that was asked for, as the list of scans shows it. */
export type ScanJobBody = ScanJobRecord & {
  /** Whether this server can stop it: it is open, and the image is ours. */
  readonly isStoppable: boolean;
};

export interface ScansQuery {
  readonly limit: number;
  readonly before?: number;
  readonly state?: ScanJobRecord["state"];
  readonly reason?: ScanJobRecord["reason"];
  readonly repository?: string;
  readonly digest?: string;
}

const state = z
  .enum(["pending", "running", "done", "failed", "unsupported", "cancelled"])
  .describe("cancelled: somebody stopped it");
const reason = z
  .enum(["push", "request", "analyzers", "admission"])
  .describe("analyzers: a newer version reads more; admission: a Pod asked for an image of another registry");

export const scanJobSchema: z.ZodType<ScanJobBody> = z.strictObject({
  id: z.int().min(0),
  digest: z.string() as unknown as z.ZodType<ScanJobRecord["digest"]>,
  names: z.array(z.string()).describe("where the image is called so, at most a few"),
  reason,
  requestedBy: z.exactOptional(z.string()),
  state,
  attempts: z.int().min(0),
  message: z.exactOptional(z.string()).describe("what went wrong, the last time"),
  doneBytes: z.int().min(0).describe("compressed layers that were read"),
  totalBytes: z.int().min(0).describe("0: not known yet"),
  requestedAt: z.string(),
  startedAt: z.exactOptional(z.string()),
  finishedAt: z.exactOptional(z.string()),
  isStoppable: z.boolean(),
});

export const scanListSchema: z.ZodType<{ readonly scans: readonly ScanJobBody[] }> = z.strictObject({
  scans: z.array(scanJobSchema).describe("newest first"),
});

export const scansQuerySchema: z.ZodType<ScansQuery> = z.strictObject({
  limit: z.coerce.number().int().min(1).max(200).default(50),
  before: z
    .exactOptional(z.coerce.number().int().min(0).max(Number.MAX_SAFE_INTEGER))
    .describe("only older ones: the id of the last one of the page before"),
  state: z.exactOptional(state),
  reason: z.exactOptional(reason),
  repository: z.exactOptional(z.string().max(512)),
  digest: z.exactOptional(z.string().max(256)),
});

export const scanIdSchema: z.ZodType<{ readonly id: number }> = z.strictObject({
  id: z.coerce.number().int().min(0).max(Number.MAX_SAFE_INTEGER),
});

export const scanRequestedSchema: z.ZodType<{ readonly requested: number }> = z.strictObject({
  requested: z.int().min(0).describe("scans that were asked for: one for each platform"),
});

export const scanStoppedSchema: z.ZodType<{ readonly stopped: number }> = z.strictObject({
  stopped: z.int().min(0).describe("scans that were open and are not any more"),
});

z.globalRegistry.add(scanJobSchema, { id: "ScanJob" });
z.globalRegistry.add(scanListSchema, { id: "ScanList" });
z.globalRegistry.add(scanRequestedSchema, { id: "ScanRequested" });
z.globalRegistry.add(scanStoppedSchema, { id: "ScanStopped" });
