// SPDX-License-Identifier: Apache-2.0
import { z } from "zod";
import { isRepositoryPrefix } from "#registry";

/** What an import was asked to do. Nothing in it is secret. */
export interface ImportParameters {
  /** `distribution`: any registry with a catalog; `harbor`: its own API tells more. */
  readonly kind: "distribution" | "harbor";
  /** e.g. `harbor.example`, `registry.example:5000`. */
  readonly registry: string;
  /** Name of a secret, `registry-upstream/NAME`. */
  readonly credentials?: string | undefined;
  readonly isPlainHttp?: boolean | undefined;
  /** Stands in front of the names here; empty: they stay as they are. */
  readonly to: string;
  /** Patterns (`*`, `!` takes out again); default all. */
  readonly repositories?: readonly string[] | undefined;
  readonly tags?: readonly string[] | undefined;
  /** Of a tag that leads to another image here. */
  readonly duplicates: "skip" | "overwrite";
  /** Whether rules of Harbor become settings here, where nothing is set. */
  readonly withSettings: boolean;
  /** Only says what would be done. */
  readonly isDryRun: boolean;
}

const pattern = z
  .string()
  .min(1)
  .max(300)
  .regex(
    /^!?[A-Za-z0-9_.*/-]+$/,
    "expected a name in which only * stands for other characters, with ! in front to take names out again",
  );

/** As a request or a stored job has them. */
export const importParametersSchema: z.ZodType<ImportParameters> = z.strictObject({
  kind: z.enum(["distribution", "harbor"]).describe("`harbor`: its own API tells more than the catalog"),
  registry: z
    .string()
    .max(255)
    .regex(/^(?:[A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\])(?::\d{1,5})?$/, "expected host or host:port")
    .describe("e.g. harbor.example"),
  credentials: z
    .string()
    .regex(/^registry-upstream\/[a-z0-9][a-z0-9._-]{0,199}$/, "expected registry-upstream/NAME")
    .optional()
    .describe("name of the secret with credentials"),
  isPlainHttp: z.boolean().optional(),
  to: z.string().refine(isRepositoryPrefix, "expected the beginning of the name of a repository"),
  repositories: z.array(pattern).max(256).optional().describe("patterns of names over there; default all"),
  tags: z.array(pattern).max(256).optional().describe("patterns of tags; default all"),
  duplicates: z.enum(["skip", "overwrite"]).describe("of a tag that leads to another image here"),
  withSettings: z.boolean().describe("whether rules of Harbor become settings here, where nothing is set"),
  isDryRun: z.boolean().describe("only says what would be done"),
});

/** The name here of a repository or prefix over there. */
export function destinationOf({ to }: Pick<ImportParameters, "to">, name: string): string {
  return to === "" ? name : `${to}/${name}`;
}
