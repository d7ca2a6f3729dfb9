// SPDX-License-Identifier: Apache-2.0
import type { FastifyRequest } from "fastify";
import type { UsableAccessKey } from "#database";
import { AccessKeyCheck } from "../../accounts/access-key-check.ts";
import { loginByAccessKey } from "../../accounts/access-key-login.ts";
import { openSecretHasher } from "../../accounts/access-key-pair.ts";
import { parseBasicCredentials } from "../../accounts/basic-credentials.ts";
import { LoginRecord } from "../../accounts/login-record.ts";
import type { ServerContext } from "../../context.ts";
import { LoginThrottle } from "../../login-throttle.ts";
import { ApiError } from "../errors.ts";

interface OpenChecks {
  readonly check: AccessKeyCheck;
  readonly record: LoginRecord;
}

/** Signs programs in: an access key with each request, without a session. */
export interface KeyLogin {
  /** Throws `NOT_SIGNED_IN`, `LOGIN_FAILED`, `ACCOUNT_IDLE`, `TOO_MANY_ATTEMPTS`. */
  login(request: FastifyRequest, authorization: string): Promise<UsableAccessKey>;
  /** Ends what listens for changes of accounts. */
  close(): void;
}

/**
 * Signing in with `Authorization: Basic ACCESS_KEY:SECRET_KEY`. Passwords are not taken: they belong to sessions. We never
 * ask for Basic (no `WWW-Authenticate`), so no browser remembers a key and sends it with requests of other pages.
 */
export function createKeyLogin(context: ServerContext): KeyLogin {
  const { database, clock, configuration } = context;
  const throttle = new LoginThrottle();
  let opening: Promise<OpenChecks> | undefined;

  async function open(): Promise<OpenChecks> {
    const check = new AccessKeyCheck({
      keys: database.accessKeys,
      hasher: await openSecretHasher(database.secrets),
      events: database.events,
      clock,
      maxAgeMs: configuration.registry.keyMaxAgeMs,
      maxIdleMs: configuration.oidc?.maxIdleMs,
    });
    return { check, record: new LoginRecord(database.audit, clock) };
  }

  async function checks(): Promise<OpenChecks> {
    opening ??= open().catch((error: unknown) => {
      opening = undefined;
      throw error;
    });
    return await opening;
  }

  return {
    async login(request, authorization) {
      const credentials = parseBasicCredentials(authorization);
      if (credentials === undefined) {
        throw new ApiError("NOT_SIGNED_IN", "expected Authorization: Basic with an access key and its secret key");
      }
      const answer = await loginByAccessKey(
        { ...(await checks()), throttle, clock },
        { accessKey: credentials.name, secretKey: credentials.password },
        { requestId: request.id, remoteAddress: request.ip },
      );
      if (answer === "wrong") {
        throw new ApiError("LOGIN_FAILED", "access key or secret key is wrong, or the key is not usable any more");
      }
      if (answer === "idle") {
        throw new ApiError(
          "ACCOUNT_IDLE",
          "the owner of this key has not signed in at the identity provider for too long: sign in to the console once, then go on with the same key",
        );
      }
      if ("waitSeconds" in answer) {
        throw new ApiError("TOO_MANY_ATTEMPTS", `too many failed attempts: try again in ${answer.waitSeconds} s`, {
          retryAfterSeconds: answer.waitSeconds,
        });
      }
      return answer;
    },
    close() {
      void opening?.then(({ check }) => check[Symbol.dispose]()).catch(() => undefined);
    },
  };
}
