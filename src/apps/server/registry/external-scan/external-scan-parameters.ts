// SPDX-License-Identifier: Apache-2.0
import { z } from "zod";
import type { NewRegistryJob } from "#database";
import { RegistryJobError } from "../../registry-jobs/errors.ts";

/** What a scanner is asked about: one image, or all that it has said nothing of. */
export type ExternalScanParameters = { readonly scanner: string } & (
  | { readonly scope: "image"; readonly repository: string; readonly digest: string; readonly tag?: string | undefined }
  | { readonly scope: "missing" }
);

const scanner = z.string();
const schema: z.ZodType<ExternalScanParameters> = z.discriminatedUnion("scope", [
  z.object({
    scanner,
    scope: z.literal("image"),
    repository: z.string(),
    digest: z.string(),
    tag: z.string().optional(),
  }),
  z.object({ scanner, scope: z.literal("missing") }),
]);

/** Throws `JOB_INVALID`. */
export function parseExternalScanParameters(parameters: unknown): ExternalScanParameters {
  const parsed = schema.safeParse(parameters);
  if (!parsed.success) {
    throw new RegistryJobError("JOB_INVALID", "the parameters are none of a scan by somebody else's scanner");
  }
  return parsed.data;
}

/** The job that asks; the same that waits already is not made twice. */
export function externalScanJob(parameters: ExternalScanParameters, requestedBy: string): NewRegistryJob {
  const target =
    parameters.scope === "missing"
      ? parameters.scanner
      : `${parameters.scanner}: ${parameters.repository}@${parameters.digest}`;
  return { kind: "external-scan", target, parameters, requestedBy, isOnce: true };
}
