// SPDX-License-Identifier: Apache-2.0
import type { Clock } from "#base";
import type { Account, AccountStore, AuditStore } from "#database";
import type { LoginThrottle } from "../../login-throttle.ts";
import { RegistryError } from "../errors.ts";
import type { Exchange } from "../http/exchange.ts";
import type { RegistryMetrics } from "../metrics.ts";
import { type Access, accessOfAccount, anonymousAccess } from "./access.ts";
import { type Credentials, parseBasicCredentials } from "./basic-credentials.ts";
import type { BearerTokens } from "./bearer-token.ts";
import { bearerChallenge } from "./challenge.ts";
import type { PasswordCheck } from "./password-check.ts";

const BUSY_RETRY_SECONDS = 5;

/** Tells who sends a request. */
export interface Authenticator {
  /** By `Authorization` header: none, Basic or Bearer. Throws `UNAUTHORIZED` or `TOOMANYREQUESTS`. */
  authenticate(exchange: Exchange): Promise<Access>;
  /** The account of a Basic header, `undefined` without one; for the token endpoint. Throws as above. */
  login(exchange: Exchange): Promise<Account | undefined>;
}

export interface AuthenticatorOptions {
  readonly accounts: Pick<AccountStore, "findByName">;
  readonly passwords: PasswordCheck;
  readonly throttle: LoginThrottle;
  readonly tokens: BearerTokens;
  readonly audit: AuditStore;
  readonly metrics: RegistryMetrics;
  readonly clock: Clock;
  readonly anonymousPull: boolean;
}

export function createAuthenticator(options: AuthenticatorOptions): Authenticator {
  const { accounts, passwords, throttle, tokens, audit, metrics, clock } = options;
  const anonymous = anonymousAccess(options.anonymousPull);

  async function checkCredentials(exchange: Exchange, credentials: Credentials): Promise<Account> {
    const known = passwords.recall(credentials);
    if (known !== undefined) {
      return known;
    }
    // Parallel requests of one push are one attempt, not ten.
    const isCounted = !passwords.isChecking(credentials);
    const waitSeconds = isCounted ? throttle.begin(credentials.name, exchange.remoteAddress, clock.now()) : 0;
    if (waitSeconds > 0) {
      metrics.countLogin("throttled");
      throw tooManyAttempts(exchange, waitSeconds);
    }
    const answer = await passwords.check(credentials);
    if (answer === "busy") {
      metrics.countLogin("throttled");
      throw tooManyAttempts(exchange, BUSY_RETRY_SECONDS);
    }
    if (answer === "wrong") {
      metrics.countLogin("failed");
      if (isCounted) {
        await auditFailure(exchange, credentials.name);
      }
      throw unauthorized(exchange);
    }
    if (isCounted) {
      throttle.succeed(credentials.name, exchange.remoteAddress);
      metrics.countLogin("succeeded");
    }
    return answer;
  }

  async function auditFailure(exchange: Exchange, name: string): Promise<void> {
    const account = await accounts.findByName(name);
    await audit.append({
      actor: "anonymous",
      action: "login-failed",
      // Somebody who types the password where the name belongs must not find it in the audit log.
      target: account === undefined ? "(unknown account)" : account.name,
      requestId: exchange.requestId,
      remoteAddress: exchange.remoteAddress,
      at: clock.now().toISOString(),
    });
  }

  async function login(exchange: Exchange): Promise<Account | undefined> {
    const header = exchange.header("authorization");
    if (header === undefined) {
      return undefined;
    }
    const credentials = parseBasicCredentials(header);
    if (credentials === undefined) {
      throw unauthorized(exchange);
    }
    return await checkCredentials(exchange, credentials);
  }

  return {
    login,
    async authenticate(exchange) {
      const header = exchange.header("authorization");
      if (header === undefined) {
        return anonymous;
      }
      if (/^bearer /i.test(header)) {
        const access = tokens.verify(header.slice("bearer ".length).trim());
        if (access === undefined) {
          throw unauthorized(exchange, "invalid_token");
        }
        return access;
      }
      const account = await login(exchange);
      return account === undefined ? anonymous : accessOfAccount(account);
    },
  };
}

function tooManyAttempts(exchange: Exchange, waitSeconds: number): RegistryError {
  return new RegistryError(
    "TOOMANYREQUESTS",
    exchange.translate("registry.tooManyAttempts", { seconds: waitSeconds }),
    {
      headers: { "retry-after": String(waitSeconds) },
    },
  );
}

function unauthorized(exchange: Exchange, error?: "invalid_token"): RegistryError {
  return new RegistryError("UNAUTHORIZED", exchange.translate("registry.unauthorized"), {
    headers: { "www-authenticate": bearerChallenge(exchange, undefined, error) },
  });
}
