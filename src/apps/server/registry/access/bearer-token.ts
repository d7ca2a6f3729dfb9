// SPDX-License-Identifier: Apache-2.0
import { createHmac, timingSafeEqual } from "node:crypto";
import { z } from "zod";
import type { Clock } from "#base";
import { HAECHI_REGISTRY_AUDIENCE } from "#oci";
import { type Grantee, mayDo, mayReadSomewhere } from "../../accounts/account-rights.ts";
import { LruMap } from "../lru-map.ts";
import type { Access, Action, AnonymousPull } from "./access.ts";

/** The audience of our tokens. */
export const TOKEN_SERVICE: string = HAECHI_REGISTRY_AUDIENCE;
export const TOKEN_LIFE_SECONDS = 300;

const PREFIX = "haechi1.";
const MAX_TOKEN_LENGTH = 12_288;
const MAX_CACHED_TOKENS = 5_000;
/** Clocks of replicas may differ by this much. */
const CLOCK_SKEW_SECONDS = 30;
/** Every repository; only in tokens that this process made for itself. */
export const ANY_REPOSITORY = "*";

const ACTIONS = ["pull", "push", "inspect", "delete"] as const;

/** What a token says. It is signed, not encrypted: nothing in it is secret. */
export interface TokenClaims {
  readonly audience: string;
  readonly actor: string;
  readonly isAnonymous: boolean;
  /** Whose it is, and by what it was asked for; absent in anonymous tokens and in those that this installation makes for itself. */
  readonly accountId?: string | undefined;
  readonly credential?: string | undefined;
  readonly isCatalog: boolean;
  readonly repositories: readonly (readonly [name: string, actions: readonly Action[]])[];
  /** Seconds since 1970. */
  readonly issuedAt: number;
  readonly expiresAt: number;
  /** When present the token counts only in the process of that id. */
  readonly processId?: string | undefined;
}

const claimsSchema: z.ZodType<TokenClaims> = z.strictObject({
  audience: z.string(),
  actor: z.string(),
  isAnonymous: z.boolean(),
  accountId: z.string().optional(),
  credential: z.string().optional(),
  isCatalog: z.boolean(),
  repositories: z.array(z.tuple([z.string(), z.array(z.enum(ACTIONS))])),
  issuedAt: z.int(),
  expiresAt: z.int(),
  processId: z.string().optional(),
});

/**
 * Makes and checks the tokens of the Docker bearer flow: claims in JSON with an HMAC-SHA256 over them. Clients treat
 * them as opaque, only this registry reads them, and every replica has the key, so a MAC is enough.
 */
export class BearerTokens {
  readonly #key: Uint8Array;
  readonly #clock: Clock;
  readonly #processId: string;
  readonly #known = new LruMap<string, TokenClaims>(MAX_CACHED_TOKENS);

  constructor(options: { readonly key: Uint8Array; readonly clock: Clock; readonly processId: string }) {
    this.#key = options.key;
    this.#clock = options.clock;
    this.#processId = options.processId;
  }

  issue(claims: TokenClaims): string {
    const payload = Buffer.from(JSON.stringify(claims)).toString("base64url");
    return `${PREFIX}${payload}.${this.#mac(payload).toString("base64url")}`;
  }

  /** What the token says, or `undefined` when it is forged, expired or meant for another service. */
  verify(token: string): TokenClaims | undefined {
    const claims = this.#known.get(token) ?? this.#read(token);
    const now = this.#clock.now().getTime() / 1_000;
    return claims === undefined || now >= claims.expiresAt || claims.issuedAt > now + CLOCK_SKEW_SECONDS
      ? undefined
      : claims;
  }

  #read(token: string): TokenClaims | undefined {
    if (token.length > MAX_TOKEN_LENGTH || !token.startsWith(PREFIX)) {
      return undefined;
    }
    const [payload = "", mac = "", ...rest] = token.slice(PREFIX.length).split(".");
    const found = Buffer.from(mac, "base64url");
    const expected = this.#mac(payload);
    if (rest.length > 0 || found.length !== expected.length || !timingSafeEqual(found, expected)) {
      return undefined;
    }
    const { success, data: claims } = claimsSchema.safeParse(
      JSON.parse(Buffer.from(payload, "base64url").toString("utf8")),
    );
    // Another version of this program may have made it, with claims of its own.
    if (!success || claims.audience !== TOKEN_SERVICE) {
      return undefined;
    }
    if (claims.processId !== undefined && claims.processId !== this.#processId) {
      return undefined;
    }
    this.#known.set(token, claims);
    return claims;
  }

  #mac(payload: string): Buffer {
    return createHmac("sha256", this.#key).update(PREFIX).update(payload).digest();
  }
}

/**
 * What a token grants: what it names and what the account behind it may do at this moment, whatever it might when the token
 * was made. A token of this installation itself has no account.
 */
export function accessOfClaims(
  claims: TokenClaims,
  behind: { readonly account: Grantee } | { readonly anonymousPull: AnonymousPull } | undefined,
): Access {
  const granted = new Map(claims.repositories.map(([name, actions]) => [name, new Set(actions)]));
  const account = behind !== undefined && "account" in behind ? behind.account : undefined;
  function isNamed(action: Action, repository: string): boolean {
    return (
      granted.get(repository)?.has(action) === true ||
      (claims.processId !== undefined && granted.get(ANY_REPOSITORY)?.has(action) === true)
    );
  }
  function mayStill(action: Action, repository: string): boolean {
    if (behind === undefined) {
      return true;
    }
    return "account" in behind
      ? mayDo(behind.account, action, repository)
      : action === "pull" && behind.anonymousPull(repository);
  }
  return {
    actor: claims.actor,
    isAnonymous: claims.isAnonymous,
    hasCredentials: true,
    mayListRepositories: claims.isCatalog && (account === undefined || mayReadSomewhere(account)),
    allows: (action, repository) => isNamed(action, repository) && mayStill(action, repository),
    // Nobody could be granted more than this installation grants itself.
    couldAllow: (action, repository) =>
      account === undefined ? behind === undefined && isNamed(action, repository) : mayDo(account, action, repository),
  };
}

/** The part of what was asked for that may be granted. */
export function grantScopes(
  requested: ReadonlyMap<string, ReadonlySet<Action>>,
  isGranted: (action: Action, repository: string) => boolean,
): readonly (readonly [string, readonly Action[]])[] {
  return [...requested].map(([name, actions]) => [name, [...actions].filter((action) => isGranted(action, name))]);
}
