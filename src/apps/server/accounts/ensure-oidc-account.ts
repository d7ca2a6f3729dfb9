// SPDX-License-Identifier: Apache-2.0
import { createHash } from "node:crypto";
import { type Account, type AccountStore, DatabaseError, type NewAccount } from "#database";
import { isAccountName } from "./account-name.ts";
import type { OidcRights } from "./oidc-roles.ts";

/** What a provider says of somebody. */
export interface Person {
  readonly issuer: string;
  readonly subject: string;
  readonly claims: Readonly<Record<string, unknown>>;
}

/**
 * The account of somebody whom the provider knows, made at the first login and given the rights of this one. People are known by
 * issuer and subject alone: a name or address that somebody chose at the provider never leads to an account that was there.
 * `undefined`: the account is disabled.
 */
export async function ensureOidcAccount(
  accounts: AccountStore,
  { issuer, subject, claims }: Person,
  rights: OidcRights,
): Promise<{ readonly account: Account; readonly isNew: boolean } | undefined> {
  const known = await accounts.findByIdentity({ issuer, subject });
  if (known !== undefined) {
    if (known.state === "disabled") {
      return undefined;
    }
    if (!hasRights(known, rights)) {
      await accounts.update(known.id, rights);
    }
    await accounts.noteSignIn(known.id);
    const { state: _state, createdAt: _createdAt, issuer: _issuer, ...account } = known;
    return { account: { ...account, ...rights }, isNew: false };
  }
  const identity = { issuer, subject };
  for (const name of namesOf(claims, identity)) {
    const account = await createIfFree(accounts, { name, identity, ...rights });
    if (account !== undefined) {
      return { account, isNew: true };
    }
  }
  return undefined;
}

/**
 * Somebody whom the provider gives no role any more: keys and sessions outlive a login, so that refusing this one is not enough.
 * The account that was disabled by this, if there was one; an administrator enables it again.
 */
export async function disableOidcAccount(
  accounts: AccountStore,
  { issuer, subject }: Pick<Person, "issuer" | "subject">,
): Promise<Pick<Account, "name"> | undefined> {
  const known = await accounts.findByIdentity({ issuer, subject });
  if (known?.state !== "active") {
    return undefined;
  }
  await accounts.update(known.id, { state: "disabled" });
  return known;
}

async function createIfFree(accounts: AccountStore, account: NewAccount): Promise<Account | undefined> {
  try {
    return await accounts.create(account);
  } catch (error) {
    if (error instanceof DatabaseError && error.code === "ACCOUNT_EXISTS") {
      return undefined;
    }
    throw error;
  }
}

/** The names to try, the last of which nobody else can have. */
function namesOf(
  claims: Readonly<Record<string, unknown>>,
  { issuer, subject }: { readonly issuer: string; readonly subject: string },
): readonly string[] {
  const wanted = [claims["preferred_username"], claims["email"]].filter(
    (name) => typeof name === "string" && isAccountName(name),
  ) as readonly string[];
  const mark = createHash("sha256").update(`${issuer}\n${subject}`).digest("hex").slice(0, 12);
  return [...wanted, `${(wanted[0] ?? "oidc").slice(0, 48)}-${mark}`];
}

function hasRights(account: Pick<Account, "role" | "grants">, { role, grants }: OidcRights): boolean {
  const texts = [account.grants, grants].map((all) => all.map((grant) => `${grant.prefix}:${grant.role}`).toSorted());
  return account.role === role && texts[0]?.join() === texts[1]?.join();
}
