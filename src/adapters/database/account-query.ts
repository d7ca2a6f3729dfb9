// SPDX-License-Identifier: Apache-2.0
import { type SelectQueryBuilder, sql } from "kysely";
import type { Account, AccountGrant, Role } from "./account.ts";
import type { Schema } from "./schema.ts";
import type { Queries } from "./store-context.ts";

export interface AccountRow {
  readonly id: string;
  readonly name: string;
  readonly role: Role;
  readonly must_change_password: boolean;
  readonly kind: Account["kind"];
  readonly signed_in_at: Date | null;
  readonly grants: readonly AccountGrant[];
}

/** Accounts with what `toAccount` reads; the grants of an account come with it, in one query. */
export function accountQuery(queries: Queries): SelectQueryBuilder<Schema, "account", AccountRow> {
  return queries
    .selectFrom("account")
    .select(["account.id", "account.name", "account.role", "account.must_change_password", "account.kind"])
    .select("account.signed_in_at")
    .select(
      sql<readonly AccountGrant[]>`(
        select coalesce(json_agg(json_build_object('prefix', prefix, 'role', role) order by prefix), '[]'::json)
        from account_grant where account_grant.account_id = account.id
      )`.as("grants"),
    );
}

export function toAccount(row: AccountRow): Account {
  return {
    id: row.id,
    name: row.name,
    role: row.role,
    mustChangePassword: row.must_change_password,
    kind: row.kind,
    grants: row.grants,
    ...(row.signed_in_at === null ? {} : { signedInAt: row.signed_in_at.toISOString() }),
  };
}
