// SPDX-License-Identifier: Apache-2.0
import type { FastifyRequest } from "fastify";
import type { Role } from "#database";
import { mayDo } from "../../accounts/account-rights.ts";
import type { ServerContext } from "../../context.ts";
import {
  findPromotionRule,
  IMMUTABLE_TAGS,
  PromotionError,
  type PromotionRule,
  promotionRuleSchema,
  requestPromotion,
} from "../../registry/promotion/index.ts";
import { type ApiApp, READERS } from "../api-app.ts";
import { ApiError, type ApiErrorCode } from "../errors.ts";
import { emptySchema } from "../schemas/empty.ts";
import { registryJobListSchema, registryJobSchema, registryJobsQuerySchema } from "../schemas/registry-jobs.ts";
import {
  promotionNameSchema,
  promotionRequestSchema,
  promotionRuleListSchema,
  putPromotionRuleSchema,
} from "../schemas/registry-transfer.ts";
import { accountOf } from "../security/authenticate.ts";
import { createAudit } from "../views/append-audit.ts";
import { toRegistryJobBody } from "../views/registry-job-body.ts";
import { languageOf } from "./images.ts";

const ADMINISTRATORS: readonly Role[] = ["ADMIN"];
/** Who builds images asks for their promotion; administrators agree to it. */
const REQUESTERS: readonly Role[] = ["ADMIN", "IMAGE_UPLOADER"];

const CODES: Readonly<Partial<Record<PromotionError["code"], ApiErrorCode>>> = {
  RULE_UNKNOWN: "PROMOTION_RULE_UNKNOWN",
  IMAGE_NOT_COVERED: "PROMOTION_NOT_COVERED",
  IMAGE_UNKNOWN: "IMAGE_UNKNOWN",
  IMAGE_REFUSED: "PROMOTION_REFUSED",
};

/** Promotion: its rules, and asking for it. Agreeing to it is `registry/jobs/approve`. */
export function addRegistryPromotionRoutes(app: ApiApp, context: ServerContext): void {
  const audit = createAudit(context);
  const { registryObjects, registryJobs } = context.database;

  app.route({
    method: "GET",
    url: "/api/v1/registry/promotion/rules",
    config: { access: READERS },
    schema: {
      operationId: "listPromotionRules",
      tags: ["registry promotion"],
      response: { 200: promotionRuleListSchema },
    },
    handler: async () => ({
      rules: (await registryObjects.list("promotion")).flatMap(({ name, document, updatedBy, updatedAt }) => {
        const parsed = promotionRuleSchema.safeParse(document);
        return parsed.success ? [{ name, rule: parsed.data, updatedBy, updatedAt }] : [];
      }),
    }),
  });

  app.route({
    method: "PUT",
    url: "/api/v1/registry/promotion/rule",
    config: { access: ADMINISTRATORS },
    schema: {
      operationId: "putPromotionRule",
      tags: ["registry promotion"],
      body: putPromotionRuleSchema,
      response: { 204: emptySchema },
    },
    handler: async (request, reply) => {
      const { name, rule } = request.body;
      const updatedBy = accountOf(request).name;
      await audit(request, "promotion-rule-changed", `${name} ${JSON.stringify(rule)}`);
      await registryObjects.put({ kind: "promotion", name, document: rule, updatedBy });
      if (rule.isImmutable && rule.registry === undefined) {
        await makeImmutable(request, rule);
      }
      return reply.code(204).send(null);
    },
  });

  app.route({
    method: "DELETE",
    url: "/api/v1/registry/promotion/rule",
    config: { access: ADMINISTRATORS },
    schema: {
      operationId: "deletePromotionRule",
      tags: ["registry promotion"],
      querystring: promotionNameSchema,
      response: { 204: emptySchema },
    },
    handler: async (request, reply) => {
      const { name } = request.query;
      await asApiError(() => findPromotionRule(context, name));
      await audit(request, "promotion-rule-removed", name);
      await registryObjects.remove("promotion", name);
      return reply.code(204).send(null);
    },
  });

  app.route({
    method: "POST",
    url: "/api/v1/registry/promotions",
    config: { access: REQUESTERS, isPerRepository: true },
    schema: {
      operationId: "requestPromotion",
      tags: ["registry promotion"],
      body: promotionRequestSchema,
      response: { 202: registryJobSchema },
    },
    handler: async (request, reply) => {
      const account = accountOf(request);
      const { rule, repository, tag } = request.body;
      if (!mayDo(account, "push", repository)) {
        throw new ApiError(
          "PERMISSION_DENIED",
          "only who may push to the repository may ask for the promotion of its images",
        );
      }
      await audit(request, "promotion-requested", `${repository}:${tag} (rule ${rule})`);
      const job = await asApiError(() =>
        requestPromotion(context, { rule, repository, tag, requestedBy: account.name }),
      );
      return reply.code(202).send(toRegistryJobBody(job, languageOf(context, request)));
    },
  });

  app.route({
    method: "GET",
    url: "/api/v1/registry/promotions",
    config: { access: REQUESTERS, isPerRepository: true },
    schema: {
      operationId: "listPromotions",
      tags: ["registry promotion"],
      querystring: registryJobsQuerySchema,
      response: { 200: registryJobListSchema },
    },
    handler: async (request) => {
      const account = accountOf(request);
      const jobs = await registryJobs.list({ ...request.query, kind: "promote" });
      // uploaders see what became of their own requests
      const isAdministrator = account.role === "ADMIN" && account.grants.length === 0;
      return {
        jobs: jobs
          .filter(({ requestedBy }) => isAdministrator || requestedBy === account.name)
          .map((job) => toRegistryJobBody(job, languageOf(context, request))),
      };
    },
  });

  /** What was promoted is not to change any more; what somebody set there on purpose stays. */
  async function makeImmutable(request: FastifyRequest, { to }: PromotionRule): Promise<void> {
    const there = await registryObjects.find("settings", to);
    const document = (there?.document ?? {}) as Readonly<Record<string, unknown>>;
    if (document["immutableTags"] !== undefined) {
      return;
    }
    await audit(request, "registry-settings-changed", `${to} immutableTags ${JSON.stringify(IMMUTABLE_TAGS)}`);
    await registryObjects.put({
      kind: "settings",
      name: to,
      document: { ...document, immutableTags: IMMUTABLE_TAGS },
      updatedBy: accountOf(request).name,
    });
    await context.settings.refresh();
  }
}

async function asApiError<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const code = error instanceof PromotionError ? CODES[error.code] : undefined;
    throw code === undefined || !(error instanceof PromotionError) ? error : new ApiError(code, error.message);
  }
}
