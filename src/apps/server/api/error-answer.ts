// SPDX-License-Identifier: Apache-2.0
import type { FastifyReply, FastifyRequest } from "fastify";
import { hasZodFastifySchemaValidationErrors } from "fastify-type-provider-zod";
import { ApiError, HTTP_STATUS } from "./errors.ts";
import type { ErrorBody } from "./schemas/error.ts";

/**
 * Answers a failed request. What we did not expect is logged with its stack and answered without any detail: the
 * request id in the answer finds the line.
 */
export function sendError(error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const expected = toApiError(error);
  if (expected === undefined) {
    request.log.error({ err: error, method: request.method, route: request.routeOptions.url }, "request failed");
    return send(request, reply, { status: 500, code: "INTERNAL", message: "internal error; see the server's log" });
  }
  if (expected.retryAfterSeconds !== undefined) {
    reply.header("retry-after", String(expected.retryAfterSeconds));
  }
  return send(request, reply, {
    status: HTTP_STATUS[expected.code],
    code: expected.code,
    message: expected.message,
  });
}

function toApiError(error: unknown): ApiError | undefined {
  if (error instanceof ApiError) {
    return error;
  }
  if (hasZodFastifySchemaValidationErrors(error)) {
    const faults = error.validation.map((each) => `${each.instancePath || "/"} ${each.message ?? "is invalid"}`);
    return new ApiError("REQUEST_INVALID", faults.join("; "));
  }
  // Fastify's own refusals: malformed JSON, another content type, a body beyond the limit.
  const status = (error as { readonly statusCode?: unknown }).statusCode;
  const isClientFault = typeof status === "number" && status >= 400 && status < 500;
  return isClientFault ? new ApiError("REQUEST_INVALID", (error as Error).message) : undefined;
}

function send(
  request: FastifyRequest,
  reply: FastifyReply,
  answer: { readonly status: number; readonly code: string; readonly message: string },
): FastifyReply {
  const body: ErrorBody = { error: { code: answer.code, message: answer.message, requestId: request.id } };
  // Serialized here: an answer of another shape than the route's schema must not fail for that.
  return reply
    .code(answer.status)
    .header("content-type", "application/json; charset=utf-8")
    .serializer((payload: unknown) => JSON.stringify(payload))
    .send(body);
}
