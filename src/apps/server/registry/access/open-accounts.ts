// SPDX-License-Identifier: Apache-2.0
import { verifyPassword } from "#database";
import { AccessKeyCheck } from "../../accounts/access-key-check.ts";
import { openSecretHasher } from "../../accounts/access-key-pair.ts";
import { AccountDirectory } from "../../accounts/account-directory.ts";
import { LoginRecord } from "../../accounts/login-record.ts";
import type { ServerContext } from "../../context.ts";
import { LoginThrottle } from "../../login-throttle.ts";
import type { AuthenticatorOptions } from "./authenticator.ts";
import { openBearerTokens } from "./local-inspect-token.ts";
import { PasswordCheck } from "./password-check.ts";

/** What all listeners of the registry know of accounts; disposing ends what listens for changes. */
export interface RegistryAccounts extends Disposable {
  readonly options: Omit<AuthenticatorOptions, "metrics" | "anonymousPull">;
}

/** Opens what tells who asks, shared by the listeners, so that a guess at one counts at the other. */
export async function openAccounts(context: ServerContext): Promise<RegistryAccounts> {
  const { database, clock, configuration } = context;
  const { accounts, accessKeys, events } = database;
  const maxKeyAgeMs = configuration.registry.keyMaxAgeMs;
  const maxIdleMs = configuration.oidc?.maxIdleMs;
  const hasher = await openSecretHasher(database.secrets);
  const tokens = await openBearerTokens(context);
  const directory = new AccountDirectory({ accounts, keys: accessKeys, events, clock, maxKeyAgeMs, maxIdleMs });
  const keys = new AccessKeyCheck({ keys: accessKeys, hasher, events, clock, maxAgeMs: maxKeyAgeMs, maxIdleMs });
  const passwords = new PasswordCheck({ accounts, verify: verifyPassword, clock });
  const unsubscribe = events.subscribe(
    (event) => event.type === "account-changed" && passwords.forget(),
    () => passwords.forget(),
  );
  return {
    options: {
      accounts,
      directory,
      keys,
      maxKeyAgeMs,
      maxIdleMs,
      passwords,
      throttle: new LoginThrottle(),
      tokens,
      record: new LoginRecord(database.audit, clock),
      clock,
    },
    [Symbol.dispose]() {
      unsubscribe();
      directory[Symbol.dispose]();
      keys[Symbol.dispose]();
    },
  };
}
