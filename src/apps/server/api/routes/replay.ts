// SPDX-License-Identifier: Apache-2.0
import { LIMITS, parseDurationMs } from "#base";
import { type ParsedPolicies, PolicyError, parsePolicyDocuments } from "#policy";
import { checkCondition } from "../../check-condition.ts";
import type { ServerContext } from "../../context.ts";
import { MAX_IMAGES, type ReplayedImage, replayPolicies } from "../../replay/index.ts";
import { type ApiApp, READERS } from "../api-app.ts";
import { ApiError } from "../errors.ts";
import { type ReplayedImageBody, replayRequestSchema, replaySchema } from "../schemas/replay.ts";
import { toVerdictBody } from "../views/verdict-body.ts";
import { languageOf } from "./images.ts";

/** JSON of a text is longer than the text. */
const MAX_BODY_BYTES = 2 * LIMITS.maxPolicyBytes + 10_000;
/** Reasons of one verdict in the answer. */
const MAX_REASONS = 20;

/** What changed policies would do. Whoever may read may ask; it is judged once at a time, since it is the work of thousands of questions. */
export function addReplayRoute(app: ApiApp, context: ServerContext): void {
  let isBusy = false;

  app.route({
    method: "POST",
    url: "/api/v1/policy/replay",
    config: { access: READERS },
    bodyLimit: MAX_BODY_BYTES,
    schema: {
      operationId: "replayPolicies",
      tags: ["policies"],
      body: replayRequestSchema,
      response: { 200: replaySchema },
    },
    handler: async (request, reply) => {
      const { policies, since: asked, only, lang } = request.body;
      const changed = parse(policies);
      if (isBusy) {
        throw new ApiError("REPLAY_BUSY", "another replay is at work", { retryAfterSeconds: 5 });
      }
      isBusy = true;
      try {
        const since = new Date(context.clock.now().getTime() - (parseDurationMs(asked) ?? 0));
        // whoever does not wait any more must not keep the server busy
        const gone = new AbortController();
        reply.raw.on("close", () => gone.abort(new ApiError("STOPPING", "nobody waits for the answer")));
        const signal = AbortSignal.any([gone.signal, context.stopping]);
        const replay = await replayPolicies(context, changed, { since, isWholeSet: only, signal });
        const language = languageOf(context, request, lang);
        return {
          ...replay,
          since: since.toISOString(),
          limit: MAX_IMAGES,
          changes: replay.changes.map((each) => toBody(each, language)),
        };
      } finally {
        isBusy = false;
      }
    },
  });
}

function parse(text: string): ParsedPolicies {
  try {
    return parsePolicyDocuments(text, "policies", { checkCondition });
  } catch (error) {
    if (error instanceof PolicyError) {
      throw new ApiError("POLICY_INVALID", error.message, { cause: error });
    }
    throw error;
  }
}

function toBody(image: ReplayedImage, language: Parameters<typeof toVerdictBody>[1]): ReplayedImageBody {
  const { before, after, ...rest } = image;
  return {
    ...rest,
    before: toVerdictBody({ ...before, reasons: before.reasons.slice(0, MAX_REASONS) }, language),
    after: toVerdictBody({ ...after, reasons: after.reasons.slice(0, MAX_REASONS) }, language),
  };
}
