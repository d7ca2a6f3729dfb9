// SPDX-License-Identifier: Apache-2.0
import type { RegistryJobRecord } from "#database";
import { matchesTag } from "#registry";
import type { ServerContext } from "../../context.ts";
import { isTag } from "../repository-name.ts";
import { PromotionError } from "./errors.ts";
import { judgePromotion } from "./judge-promotion.ts";
import type { PromotionParameters } from "./promotion-parameters.ts";
import { destinationOf, type PromotionRule, promotionRuleSchema } from "./promotion-rule.ts";

/** What is asked for: an image by repository and tag, under a rule. */
export interface PromotionRequest {
  readonly rule: string;
  readonly repository: string;
  readonly tag: string;
  /** Account. */
  readonly requestedBy: string;
}

/** The rule of the name; throws `RULE_UNKNOWN`. */
export async function findPromotionRule(
  context: Pick<ServerContext, "database">,
  name: string,
): Promise<PromotionRule> {
  const found = await context.database.registryObjects.find("promotion", name);
  const parsed = found === undefined ? undefined : promotionRuleSchema.safeParse(found.document);
  if (parsed?.success !== true) {
    throw new PromotionError(
      "RULE_UNKNOWN",
      `no promotion rule has the name ${name.slice(0, 100)}, or it cannot be read`,
    );
  }
  return parsed.data;
}

/**
 * Makes the job that promotes what the tag leads to now: this digest is what others agree to. Throws `PromotionError`; an
 * image that is refused already is not worth asking for.
 */
export async function requestPromotion(context: ServerContext, request: PromotionRequest): Promise<RegistryJobRecord> {
  const { repository, tag } = request;
  const rule = await findPromotionRule(context, request.rule);
  const to = destinationOf(rule, repository);
  if (to === undefined || !isTag(tag) || !matchesTag(rule.tags ?? ["*"], tag)) {
    throw new PromotionError("IMAGE_NOT_COVERED", `the rule ${request.rule} is not about ${repository}:${tag}`);
  }
  const record = await context.database.registry.findManifest(repository, { tag });
  if (record === undefined) {
    throw new PromotionError("IMAGE_UNKNOWN", `no such image: ${repository}:${tag}`);
  }
  const { registry } = rule;
  const parameters: PromotionParameters = {
    rule: request.rule,
    from: repository,
    to,
    tag,
    digest: record.digest,
    ...(registry === undefined ? {} : { registry }),
  };
  const { outcome, reasons } = await judgePromotion(context, parameters);
  if (outcome === "deny") {
    throw new PromotionError("IMAGE_REFUSED", `the image is refused: ${reasons.en}`);
  }
  return await context.database.registryJobs.create({
    kind: "promote",
    target: `${repository}:${tag} → ${registry === undefined ? "" : `${registry}/`}${to}:${tag}`,
    parameters,
    requestedBy: request.requestedBy,
    needsApproval: rule.needsApproval,
  });
}
