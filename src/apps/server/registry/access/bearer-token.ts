// SPDX-License-Identifier: Apache-2.0
import { createHmac, timingSafeEqual } from "node:crypto";
import { z } from "zod";
import type { Clock } from "#base";
import type { Role } from "#database";
import { HAECHI_REGISTRY_AUDIENCE } from "#oci";
import { LruMap } from "../lru-map.ts";
import { type Access, type Action, roleAllows } from "./access.ts";

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

const ACTIONS = ["pull", "push", "inspect"] as const;
const ROLES = ["ADMIN", "IMAGE_UPLOADER", "PERMISSION", "VIEWER"] as const;

/** What a token says. It is signed, not encrypted: nothing in it is secret. */
export interface TokenClaims {
  readonly audience: string;
  readonly actor: string;
  readonly isAnonymous: boolean;
  readonly role?: Role | undefined;
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
  role: z.enum(ROLES).optional(),
  isCatalog: z.boolean(),
  repositories: z.array(z.tuple([z.string(), z.array(z.enum(ACTIONS))])),
  issuedAt: z.int(),
  expiresAt: z.int(),
  processId: z.string().optional(),
});

interface KnownToken {
  readonly claims: TokenClaims;
  readonly access: Access;
}

/**
 * Makes and checks the tokens of the Docker bearer flow: claims in JSON with an HMAC-SHA256 over them. Clients treat
 * them as opaque, only this registry reads them, and every replica has the key, so a MAC is enough.
 */
export class BearerTokens {
  readonly #key: Uint8Array;
  readonly #clock: Clock;
  readonly #processId: string;
  readonly #known = new LruMap<string, KnownToken>(MAX_CACHED_TOKENS);

  constructor(options: { readonly key: Uint8Array; readonly clock: Clock; readonly processId: string }) {
    this.#key = options.key;
    this.#clock = options.clock;
    this.#processId = options.processId;
  }

  issue(claims: TokenClaims): string {
    const payload = Buffer.from(JSON.stringify(claims)).toString("base64url");
    return `${PREFIX}${payload}.${this.#mac(payload).toString("base64url")}`;
  }

  /** The access that the token grants now, or `undefined` when it is forged, expired or meant for another service. */
  verify(token: string): Access | undefined {
    const known = this.#known.get(token) ?? this.#read(token);
    const now = this.#clock.now().getTime() / 1_000;
    if (known === undefined || now >= known.claims.expiresAt || known.claims.issuedAt > now + CLOCK_SKEW_SECONDS) {
      return undefined;
    }
    return known.access;
  }

  #read(token: string): KnownToken | undefined {
    if (token.length > MAX_TOKEN_LENGTH || !token.startsWith(PREFIX)) {
      return undefined;
    }
    const [payload = "", mac = "", ...rest] = token.slice(PREFIX.length).split(".");
    const found = Buffer.from(mac, "base64url");
    const expected = this.#mac(payload);
    if (rest.length > 0 || found.length !== expected.length || !timingSafeEqual(found, expected)) {
      return undefined;
    }
    const claims = claimsSchema.parse(JSON.parse(Buffer.from(payload, "base64url").toString("utf8")));
    const isForeign = claims.processId !== undefined && claims.processId !== this.#processId;
    if (claims.audience !== TOKEN_SERVICE || isForeign) {
      return undefined;
    }
    const known = { claims, access: accessOfClaims(claims) };
    this.#known.set(token, known);
    return known;
  }

  #mac(payload: string): Buffer {
    return createHmac("sha256", this.#key).update(PREFIX).update(payload).digest();
  }
}

function accessOfClaims(claims: TokenClaims): Access {
  const granted = new Map(claims.repositories.map(([name, actions]) => [name, new Set(actions)]));
  return {
    actor: claims.actor,
    isAnonymous: claims.isAnonymous,
    hasCredentials: true,
    role: claims.role,
    mayListRepositories: claims.isCatalog,
    allows: (action, repository) =>
      granted.get(repository)?.has(action) === true ||
      (claims.processId !== undefined && granted.get(ANY_REPOSITORY)?.has(action) === true),
  };
}

/** The part of what was asked for that the account may have. */
export function grantScopes(
  account: { readonly role: Role } | undefined,
  requested: ReadonlyMap<string, ReadonlySet<Action>>,
  anonymousPull: boolean,
): readonly (readonly [string, readonly Action[]])[] {
  return [...requested].map(([name, actions]) => [
    name,
    [...actions].filter((action) =>
      account === undefined ? anonymousPull && action === "pull" : roleAllows(account.role, action),
    ),
  ]);
}
