// SPDX-License-Identifier: Apache-2.0
import { z } from "zod";
import { isRepositoryPrefix, isUnderPrefix } from "#registry";

/** What may be promoted from where to where, and who has to agree. Stored as a registry object `promotion/NAME`. */
export interface PromotionRule {
  /** Prefix of repositories, e.g. `dev`. */
  readonly from: string;
  /** Takes the place of `from`: `dev/team/app` becomes `prod/team/app`. */
  readonly to: string;
  /** Another registry that `to` is in; absent: ours. */
  readonly registry?: string | undefined;
  /** Name of the secret with credentials for it. */
  readonly credentials?: string | undefined;
  readonly isPlainHttp?: boolean | undefined;
  /** Patterns; default all. */
  readonly tags?: readonly string[] | undefined;
  /** Whether another administrator than the requester has to agree. */
  readonly needsApproval: boolean;
  /** Whether tags under `to` are set immutable with the rule, in our registry; signatures may still be added. */
  readonly isImmutable: boolean;
}

/** Promotion rules have names as repositories' parts have. */
export const PROMOTION_NAME: z.ZodType<string> = z
  .string()
  .max(100)
  .regex(/^[a-z0-9](?:[a-z0-9._-]*[a-z0-9])?$/, "expected a name such as dev-to-prod");

const prefix = z
  .string()
  .min(1)
  .refine((text) => isRepositoryPrefix(text), "expected the beginning of the name of a repository, e.g. dev");

export const promotionRuleSchema: z.ZodType<PromotionRule> = z
  .strictObject({
    from: prefix.describe("prefix of repositories, e.g. dev"),
    to: prefix.describe("takes its place, e.g. prod"),
    registry: z
      .string()
      .max(255)
      .regex(/^(?:[A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\])(?::\d{1,5})?$/, "expected host or host:port")
      .optional()
      .describe("another registry that `to` is in; default ours"),
    credentials: z
      .string()
      .regex(/^registry-upstream\/[a-z0-9][a-z0-9._-]{0,199}$/, "expected registry-upstream/NAME")
      .optional()
      .describe("name of the secret with credentials for it"),
    isPlainHttp: z.boolean().optional().describe("it is spoken to without TLS; default false"),
    tags: z
      .array(
        z
          .string()
          .max(130)
          .regex(/^!?[A-Za-z0-9_.*-]{1,129}$/, "expected a tag with * for any characters"),
      )
      .max(256)
      .optional()
      .describe("patterns; default all"),
    needsApproval: z.boolean().default(true).describe("whether another administrator has to agree; default true"),
    isImmutable: z
      .boolean()
      .default(true)
      .describe("whether tags under `to` are made immutable with the rule; default true"),
  })
  .refine(({ from, to, registry }) => registry !== undefined || !(isUnderPrefix(from, to) || isUnderPrefix(to, from)), {
    message: "the two prefixes lie in one another",
    path: ["to"],
  });

/** The repository that one under `from` is promoted to; `undefined` for any other repository. */
export function destinationOf({ from, to }: PromotionRule, repository: string): string | undefined {
  if (!isUnderPrefix(from, repository)) {
    return undefined;
  }
  const destination = `${to}${repository.slice(from.length)}`;
  return isRepositoryPrefix(destination) ? destination : undefined;
}

/** Tags that a rule makes immutable: all but those under which clients keep signatures, which come later. */
export const IMMUTABLE_TAGS: readonly string[] = ["*", "!sha256-*", "!sha512-*"];
