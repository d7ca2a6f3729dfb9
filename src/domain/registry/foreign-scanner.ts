// SPDX-License-Identifier: Apache-2.0
import { z } from "zod";
import { isRepositoryPrefix } from "./repository-prefix.ts";

/** Somebody else's scanner that speaks Harbor's scanner API, and which images it is asked about. */
export interface ForeignScanner {
  /** For people. */
  readonly description?: string;
  /** Base of its API; `/api/v1/metadata` comes behind it. */
  readonly url: string;
  /** Images of the repositories under it; default, and empty: all. */
  readonly prefix?: string;
  readonly isEnabled: boolean;
  /** Whether what it finds counts in verdicts; default false: it is only shown. */
  readonly counts?: boolean;
  /** How it is to reach our registry; default: by the first name of the registry. */
  readonly registryUrl?: string;
  /** PEM certificates that it is trusted by, beside the usual ones. */
  readonly certificateAuthority?: string;
}

const MAX_URL = 2_048;
const MAX_PEM = 65_536;

const url = z.string().max(MAX_URL).refine(isBaseUrl, "expected an http or https URL without credentials and query");

/** What may be written; unknown fields are refused, since they are spelling mistakes. */
export const foreignScannerSchema: z.ZodType<ForeignScanner> = z.strictObject({
  description: z.string().max(1_024).exactOptional().describe("For people."),
  url: url.describe("Base of its API; /api/v1/metadata comes behind it."),
  prefix: z
    .string()
    .refine(isRepositoryPrefix, "expected the beginning of the name of a repository")
    .exactOptional()
    .describe("Images of the repositories under it; default all."),
  isEnabled: z.boolean(),
  counts: z
    .boolean()
    .exactOptional()
    .describe("Whether what it finds counts in verdicts; default false: it is only shown."),
  registryUrl: url.exactOptional().describe("How it is to reach our registry; default by the first of registry.names."),
  certificateAuthority: z
    .string()
    .max(MAX_PEM)
    .startsWith("-----BEGIN CERTIFICATE-----")
    .exactOptional()
    .describe("PEM certificates that it is trusted by, beside the usual ones."),
});

/** The scanner in a document; `undefined` for one that cannot be read, such as that of a newer version. Never throws. */
export function parseForeignScanner(document: unknown): ForeignScanner | undefined {
  const parsed = foreignScannerSchema.safeParse(document);
  return parsed.success ? parsed.data : undefined;
}

function isBaseUrl(text: string): boolean {
  const parsed = URL.parse(text);
  return (
    parsed !== null &&
    (parsed.protocol === "https:" || parsed.protocol === "http:") &&
    parsed.username === "" &&
    parsed.password === "" &&
    parsed.search === "" &&
    parsed.hash === ""
  );
}
