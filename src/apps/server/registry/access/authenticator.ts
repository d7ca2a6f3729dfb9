// SPDX-License-Identifier: Apache-2.0
import type { Clock } from "#base";
import type { Account, AccountStore } from "#database";
import type { AccessKeyCheck } from "../../accounts/access-key-check.ts";
import { endOfKey } from "../../accounts/access-key-check.ts";
import { loginByAccessKey } from "../../accounts/access-key-login.ts";
import { isAccessKey } from "../../accounts/access-key-pair.ts";
import { type AccountDirectory, type KnownAccount, keyCredential } from "../../accounts/account-directory.ts";
import { type Credentials, parseBasicCredentials } from "../../accounts/basic-credentials.ts";
import type { LoginRecord } from "../../accounts/login-record.ts";
import { earlierOf, endOfSignIn } from "../../accounts/sign-in-life.ts";
import type { LoginThrottle } from "../../login-throttle.ts";
import { RegistryError } from "../errors.ts";
import type { Exchange } from "../http/exchange.ts";
import { LruMap } from "../lru-map.ts";
import type { RegistryMetrics } from "../metrics.ts";
import { type Access, type Action, type AnonymousPull, accessOfAccount, anonymousAccess } from "./access.ts";
import { accessOfClaims, type BearerTokens, type TokenClaims } from "./bearer-token.ts";
import { bearerChallenge } from "./challenge.ts";
import type { PasswordCheck } from "./password-check.ts";

const BUSY_RETRY_SECONDS = 5;
const MAX_CACHED_ACCESSES = 5_000;

/** Who signed in, and by what. */
export interface RegistryLogin {
  readonly account: Account;
  /** What a token made by it is bound to. */
  readonly credential: string;
  /** When the credential ends, at the latest. */
  readonly until?: Date;
}

/** Tells who sends a request to one listener. */
export interface Authenticator {
  /** What may be read without an account. */
  readonly anonymousPull: AnonymousPull;
  /** By `Authorization` header: none, Basic or Bearer. Throws `UNAUTHORIZED` or `TOOMANYREQUESTS`. */
  authenticate(exchange: Exchange): Promise<Access>;
  /** The account of a Basic header (name and password, or an access key), `undefined` without one. Throws as above. */
  login(exchange: Exchange): Promise<RegistryLogin | undefined>;
  /** Writes to the audit log when an account asks for what its role does not allow. */
  noteRefusal(exchange: Exchange, access: Access, asked: { action: Action; repository: string }): Promise<void>;
}

export interface AuthenticatorOptions {
  readonly accounts: Pick<AccountStore, "findByName">;
  readonly directory: AccountDirectory;
  readonly keys: AccessKeyCheck;
  /** Of an access key, since its secret was made; absent: no limit. */
  readonly maxKeyAgeMs: number | undefined;
  /** Since the last login at the identity provider, of those whom one knows; absent: no limit. */
  readonly maxIdleMs: number | undefined;
  readonly passwords: PasswordCheck;
  readonly throttle: LoginThrottle;
  readonly tokens: BearerTokens;
  readonly record: LoginRecord;
  readonly metrics: RegistryMetrics;
  readonly clock: Clock;
  readonly anonymousPull: AnonymousPull;
}

interface CachedAccess {
  readonly known: KnownAccount;
  readonly access: Access;
}

export function createAuthenticator(options: AuthenticatorOptions): Authenticator {
  const { accounts, directory, keys, maxKeyAgeMs, maxIdleMs, passwords, throttle, tokens, record, metrics, clock } =
    options;
  const { anonymousPull } = options;
  const anonymous = anonymousAccess(anonymousPull);
  const accesses = new LruMap<string, CachedAccess>(MAX_CACHED_ACCESSES);

  async function checkPassword(exchange: Exchange, credentials: Credentials): Promise<RegistryLogin> {
    const known = passwords.recall(credentials);
    if (known !== undefined) {
      return known;
    }
    // Parallel requests of one push are one attempt, not ten.
    const isCounted = !passwords.isChecking(credentials);
    const waitSeconds = isCounted ? throttle.begin(credentials.name, exchange.remoteAddress, clock.now()) : 0;
    if (waitSeconds > 0) {
      throw throttled(exchange, waitSeconds);
    }
    const answer = await passwords.check(credentials);
    if (answer === "busy") {
      throw throttled(exchange, BUSY_RETRY_SECONDS);
    }
    if (answer === "wrong" || answer === "first") {
      metrics.countLogin("failed");
      if (isCounted) {
        // Somebody who types the password where the name belongs must not find it in the audit log.
        await record.failed({ ...originOf(exchange), target: (await accounts.findByName(credentials.name))?.name });
      }
      throw answer === "first" ? refusedLogin(exchange, "registry.firstPassword") : unauthorized(exchange);
    }
    if (isCounted) {
      throttle.succeed(credentials.name, exchange.remoteAddress);
      metrics.countLogin("succeeded");
      await record.succeeded({ ...originOf(exchange), actor: answer.account.name });
    }
    return answer;
  }

  async function checkKey(exchange: Exchange, { name: accessKey, password }: Credentials): Promise<RegistryLogin> {
    const pair = { accessKey, secretKey: password };
    const answer = await loginByAccessKey({ check: keys, throttle, record, clock }, pair, originOf(exchange));
    if (answer === "wrong" || answer === "idle") {
      metrics.countLogin("failed");
      throw answer === "idle" ? refusedLogin(exchange, "registry.accountIdle") : unauthorized(exchange);
    }
    if ("waitSeconds" in answer) {
      throw throttled(exchange, answer.waitSeconds);
    }
    metrics.countLogin("succeeded");
    const until = earlierOf(endOfKey(answer.key, maxKeyAgeMs), endOfSignIn(answer.account, maxIdleMs));
    return {
      account: answer.account,
      credential: keyCredential(answer.key.id),
      ...(until === undefined ? {} : { until }),
    };
  }

  function throttled(exchange: Exchange, waitSeconds: number): RegistryError {
    metrics.countLogin("throttled");
    return tooManyAttempts(exchange, waitSeconds);
  }

  async function login(exchange: Exchange): Promise<RegistryLogin | undefined> {
    const header = exchange.header("authorization");
    if (header === undefined) {
      return undefined;
    }
    const credentials = parseBasicCredentials(header);
    if (credentials === undefined) {
      throw unauthorized(exchange);
    }
    return await (isAccessKey(credentials.name)
      ? checkKey(exchange, credentials)
      : checkPassword(exchange, credentials));
  }

  async function accessOfToken(exchange: Exchange, token: string): Promise<Access> {
    const claims = tokens.verify(token);
    if (claims === undefined) {
      throw unauthorized(exchange, "invalid_token");
    }
    const { accountId } = claims;
    if (accountId === undefined) {
      return accessOfClaims(claims, claims.isAnonymous ? { anonymousPull } : undefined);
    }
    const known = directory.recall(accountId) ?? (await directory.find(accountId));
    if (known === undefined || !known.holds(claims.credential ?? "", clock.now())) {
      throw unauthorized(exchange, "invalid_token");
    }
    return cachedAccess(token, claims, known);
  }

  /** A token says the same with each request, as long as the account is the same. */
  function cachedAccess(token: string, claims: TokenClaims, known: KnownAccount): Access {
    const cached = accesses.get(token);
    if (cached?.known === known) {
      return cached.access;
    }
    const access = accessOfClaims(claims, { account: known.account });
    accesses.set(token, { known, access });
    return access;
  }

  return {
    anonymousPull,
    login,
    async authenticate(exchange) {
      const header = exchange.header("authorization");
      if (header === undefined) {
        return anonymous;
      }
      if (/^bearer /i.test(header)) {
        return await accessOfToken(exchange, header.slice("bearer ".length).trim());
      }
      const signedIn = await login(exchange);
      return signedIn === undefined ? anonymous : accessOfAccount(signedIn.account);
    },
    async noteRefusal(exchange, access, { action, repository }) {
      // A token for something else is the usual way to one for this.
      if (!access.isAnonymous && !access.couldAllow(action, repository)) {
        await record.refused({ ...originOf(exchange), actor: access.actor, target: `${action} ${repository}` });
      }
    },
  };
}

function originOf({ requestId, remoteAddress }: Exchange): { requestId: string; remoteAddress: string } {
  return { requestId, remoteAddress };
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

/** Only who has the right password or key is told so; no way to a token, since none would come of it. */
function refusedLogin(exchange: Exchange, why: "registry.firstPassword" | "registry.accountIdle"): RegistryError {
  return new RegistryError("UNAUTHORIZED", exchange.translate(why), {
    headers: { "www-authenticate": 'Basic realm="Haechi registry"' },
  });
}

function unauthorized(exchange: Exchange, error?: "invalid_token"): RegistryError {
  return new RegistryError("UNAUTHORIZED", exchange.translate("registry.unauthorized"), {
    headers: { "www-authenticate": bearerChallenge(exchange, undefined, error) },
  });
}
