// SPDX-License-Identifier: Apache-2.0
import type { IncomingMessage, ServerResponse } from "node:http";
import type { FastifyBaseLogger, FastifyInstance, RawServerDefault } from "fastify";
import type { ZodTypeProvider } from "fastify-type-provider-zod";
import type { AccessKeyRecord, Account, Role } from "#database";

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

/** Who may read. PERMISSION switches the service on and off and sees nothing of what it holds. */
export const READERS: readonly Role[] = ["ADMIN", "IMAGE_UPLOADER", "VIEWER"];

/** For what every account may do, such as keeping its own keys. */
export const EVERY_ROLE: readonly Role[] = ["ADMIN", "IMAGE_UPLOADER", "PERMISSION", "VIEWER"];

declare module "fastify" {
  interface FastifyContextConfig {
    readonly access?: Access;
    /** The answer holds only what the account may see, or the handler checks the right itself, so that accounts with roles for some repositories may ask, too. */
    readonly isPerRepository?: boolean;
  }
  interface FastifyRequest {
    /** Who asks; set before the handler of any route that is not open. */
    account: Account | undefined;
    /** By which the request signed in, if it did. */
    accessKey: AccessKeyRecord | undefined;
    /** SHA-256 of the session's token, as stored. */
    sessionHash: string | undefined;
  }
}
