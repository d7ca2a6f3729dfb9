// SPDX-License-Identifier: Apache-2.0
import type { IncomingMessage, ServerResponse } from "node:http";
import type { FastifyBaseLogger, FastifyInstance, RawServerDefault } from "fastify";
import type { ZodTypeProvider } from "fastify-type-provider-zod";
import type { Account, Role } from "#database";

/** The Fastify application with zod types. */
export type ApiApp = FastifyInstance<
  RawServerDefault,
  IncomingMessage,
  ServerResponse,
  FastifyBaseLogger,
  ZodTypeProvider
>;

/**
 * Who may call a route: anybody; who is signed in, even with a password that must be changed first; or the named roles
 * (with a changed password). A route under `/api/` that names nothing cannot be registered.
 */
export type Access = "open" | "signed-in" | readonly Role[];

/** Every role may read. */
export const READERS: readonly Role[] = ["ADMIN", "IMAGE_UPLOADER", "PERMISSION", "VIEWER"];

declare module "fastify" {
  interface FastifyContextConfig {
    readonly access?: Access;
  }
  interface FastifyRequest {
    /** Who asks; set before the handler of any route that is not open. */
    account: Account | undefined;
    /** SHA-256 of the session's token, as stored. */
    sessionHash: string | undefined;
  }
}
