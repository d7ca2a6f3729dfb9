// SPDX-License-Identifier: Apache-2.0
import { z } from "zod";
import type { Severity } from "#advisories";
import type { ObservationFinding } from "#findings";
import type { Language } from "#messages";
import type { Verdict } from "#policy";

/** Far above what a console asks for; bounds the work of one request. */
const MAX_OFFSET = 10_000_000;

export interface LanguageQuery {
  readonly lang?: Language;
}

export interface ImageListQuery extends LanguageQuery {
  readonly repository?: string;
  readonly limit: number;
  readonly offset: number;
}

export interface ImageQuery extends LanguageQuery {
  readonly image: string;
}

export interface ContentsQuery {
  readonly image: string;
  readonly digest: string;
  readonly search: string;
  readonly limit: number;
  readonly offset: number;
}

export interface FindingsQuery extends ContentsQuery {
  readonly severity?: Severity;
  readonly suppressed: boolean;
}

export interface ObservationsQuery extends ContentsQuery, LanguageQuery {
  readonly kind?: ObservationFinding["kind"];
  readonly suppressed: boolean;
}

export interface ExplanationQuery extends LanguageQuery {
  readonly image: string;
  readonly digest: string;
  readonly id: string;
}

export interface DecisionsQuery extends LanguageQuery {
  readonly limit: number;
  readonly before?: number;
  readonly reference?: string;
  readonly namespace?: string;
  readonly outcome?: Verdict["outcome"];
  readonly actor?: string;
  readonly digest?: string;
  readonly since?: string;
  readonly text?: string;
}

export interface RunningQuery extends LanguageQuery {
  readonly limit: number;
  readonly offset: number;
  readonly namespace?: string;
  readonly outcome?: Verdict["outcome"];
  readonly neverAdmitted: boolean;
  readonly from?: "private" | "public" | "foreign";
  readonly text?: string;
}

const lang = z.exactOptional(z.enum(["en", "ko"])).describe("language of sentences; else Accept-Language");
const limit = z.coerce.number().int().min(1).max(500).default(50);
const offset = z.coerce.number().int().min(0).max(MAX_OFFSET).default(0);
const flag = z
  .enum(["true", "false"])
  .default("false")
  .transform((word) => word === "true");
const image = z.string().min(1).max(1024).describe("`repository:tag` or `repository@digest`");
const contents = {
  image,
  digest: z.string().min(1).max(256).describe("which platform: digest of its manifest"),
  search: z.string().max(256).default(""),
  limit,
  offset,
};

export const imageListQuerySchema: z.ZodType<ImageListQuery> = z.strictObject({
  repository: z.exactOptional(z.string().max(512)),
  limit: z.coerce.number().int().min(1).max(200).default(50),
  offset,
  lang,
});

export const imageQuerySchema: z.ZodType<ImageQuery> = z.strictObject({ image, lang });

export const packagesQuerySchema: z.ZodType<ContentsQuery> = z.strictObject(contents);

export const findingsQuerySchema: z.ZodType<FindingsQuery> = z.strictObject({
  ...contents,
  severity: z.exactOptional(z.enum(["critical", "high", "medium", "low", "negligible", "unknown"])),
  suppressed: flag.describe("instead those that do not count, with who says so"),
});

export const observationsQuerySchema: z.ZodType<ObservationsQuery> = z.strictObject({
  ...contents,
  kind: z.exactOptional(z.enum(["secret", "configuration", "license", "malware"])),
  suppressed: flag.describe("instead those that do not count, with who says so"),
  lang,
});

export const explanationQuerySchema: z.ZodType<ExplanationQuery> = z.strictObject({
  image,
  digest: z.string().min(1).max(256),
  id: z.string().min(1).max(256).describe("of the vulnerability, one of its aliases, or of a rule"),
  lang,
});

const outcome = z.exactOptional(z.enum(["allow", "deny", "undecided"]));
const namespace = z.exactOptional(z.string().max(253));
const text = z.exactOptional(z.string().max(256)).describe("part of a name or a reason, in any case");

export const decisionsQuerySchema: z.ZodType<DecisionsQuery> = z.strictObject({
  limit,
  before: z
    .exactOptional(z.coerce.number().int().min(0).max(Number.MAX_SAFE_INTEGER))
    .describe("only older ones: the id of the last one of the page before"),
  reference: z.exactOptional(z.string().max(1024)),
  namespace,
  outcome,
  actor: z.exactOptional(z.string().max(512)),
  digest: z.exactOptional(z.string().max(256)),
  since: z.exactOptional(z.iso.datetime({ offset: true })),
  text,
  lang,
});

export const runningQuerySchema: z.ZodType<RunningQuery> = z.strictObject({
  limit: z.coerce.number().int().min(1).max(200).default(50),
  offset,
  namespace,
  outcome,
  neverAdmitted: z
    .enum(["true", "false"])
    .default("false")
    .transform((word) => word === "true")
    .describe("only what never passed the gate"),
  from: z
    .exactOptional(z.enum(["private", "public", "foreign"]))
    .describe("only what is pulled from our registry by its private or its public name, or from other registries"),
  text,
  lang,
});

export const runningDetailQuerySchema: z.ZodType<LanguageQuery & { readonly id: number }> = z.strictObject({
  id: z.coerce.number().int().min(0).max(Number.MAX_SAFE_INTEGER),
  lang,
});

export const exceptionsQuerySchema: z.ZodType<LanguageQuery> = z.strictObject({ lang });

export const auditQuerySchema: z.ZodType<{ readonly limit: number }> = z.strictObject({ limit });

export const namedImageSchema: z.ZodType<{ readonly image: string }> = z.strictObject({ image });
