// SPDX-License-Identifier: Apache-2.0
import { randomBytes, randomUUID } from "node:crypto";
import type { Clock } from "#base";
import type { SecretStore } from "#database";
import { ANY_REPOSITORY, BearerTokens, TOKEN_LIFE_SECONDS, TOKEN_SERVICE } from "./bearer-token.ts";

/** Tokens for the operator of this machine count in this process only: a restart ends them. */
const PROCESS_ID: string = randomUUID();
const KEY_BYTES = 32;
/** Longer than any process lives; `processId` is what ends the token. */
const LIFE_SECONDS = 10 * 365 * 24 * 60 * 60;

/** The tokens of this registry, with the key that all replicas share. */
export async function openBearerTokens(context: {
  readonly database: { readonly secrets: SecretStore };
  readonly clock: Clock;
}): Promise<BearerTokens> {
  const key = await context.database.secrets.getOrCreate("registry-token-key", async () =>
    Promise.resolve(randomBytes(KEY_BYTES)),
  );
  return new BearerTokens({ key, clock: context.clock, processId: PROCESS_ID });
}

/**
 * A token for `haechi scan` on the machine of the server: it reads every repository, also what the gate refuses
 * (`inspect`), for as long as this process lives. The program writes it to a file that only its owner may read.
 */
export async function createLocalInspectToken(context: {
  readonly database: { readonly secrets: SecretStore };
  readonly clock: Clock;
}): Promise<string> {
  const tokens = await openBearerTokens(context);
  const issuedAt = Math.floor(context.clock.now().getTime() / 1_000);
  return tokens.issue({
    audience: TOKEN_SERVICE,
    actor: "local-operator",
    isAnonymous: false,
    isCatalog: true,
    repositories: [[ANY_REPOSITORY, ["pull", "inspect"]]],
    issuedAt,
    expiresAt: issuedAt + LIFE_SECONDS,
    processId: PROCESS_ID,
  });
}

/** How long a token of {@link createReplicaInspectToken} lasts. */
export const REPLICA_TOKEN_LIFE_MS: number = TOKEN_LIFE_SECONDS * 1_000;

/**
 * A token by which another process of this installation reads one repository of the registry, also what the gate refuses.
 * It counts in every replica, since they share the key, so it names the repository and lasts minutes.
 */
export async function createReplicaInspectToken(
  context: { readonly database: { readonly secrets: SecretStore }; readonly clock: Clock },
  repository: string,
): Promise<string> {
  const tokens = await openBearerTokens(context);
  const issuedAt = Math.floor(context.clock.now().getTime() / 1_000);
  return tokens.issue({
    audience: TOKEN_SERVICE,
    actor: "haechi-gate",
    isAnonymous: false,
    isCatalog: false,
    repositories: [[repository, ["pull", "inspect"]]],
    issuedAt,
    expiresAt: issuedAt + TOKEN_LIFE_SECONDS,
  });
}
