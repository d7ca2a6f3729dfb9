// SPDX-License-Identifier: Apache-2.0
export { PromotionError } from "./errors.ts";
export { type PromotionResult, promoteWorker } from "./promote-worker.ts";
export { IMMUTABLE_TAGS, PROMOTION_NAME, type PromotionRule, promotionRuleSchema } from "./promotion-rule.ts";
export { findPromotionRule, requestPromotion } from "./request-promotion.ts";
