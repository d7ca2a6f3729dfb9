// SPDX-License-Identifier: Apache-2.0
import { z } from "zod";
import type { AccountGrant, ListedAccount, Role } from "#database";
import { isRepositoryPrefix } from "#registry";

/** An account as administrators see it. */
export interface AccountBody {
  readonly id: string;
  readonly name: string;
  readonly kind: ListedAccount["kind"];
  readonly role: Role;
  readonly state: ListedAccount["state"];
  readonly grants: readonly AccountGrant[];
  readonly mustChangePassword: boolean;
  readonly issuer?: string;
  readonly createdAt: string;
  readonly keys: { readonly usable: number; readonly rotationDue: number };
}

export interface NewAccountBody {
  readonly name: string;
  readonly kind: ListedAccount["kind"];
  readonly role: Role;
  readonly grants: readonly AccountGrant[];
}

export interface AccountChangesBody {
  readonly role?: Role;
  readonly state?: ListedAccount["state"];
  readonly grants?: readonly AccountGrant[];
}

/** With the first password of a person, which is told once. */
export interface AccountAnswer {
  readonly account: AccountBody;
  readonly password?: string;
}

const MAX_GRANTS = 200;

const role: z.ZodType<Role> = z
  .enum(["ADMIN", "IMAGE_UPLOADER", "PERMISSION", "VIEWER"])
  .describe("all; read and push; switch the service on and off; read");

const grant: z.ZodType<AccountGrant> = z.strictObject({
  prefix: z
    .string()
    .max(255)
    .refine(isRepositoryPrefix, "is not the beginning of a repository name such as team or team/app")
    .describe("team is the repository team and all of team/…; empty: every repository"),
  role,
});

const grants: z.ZodType<readonly AccountGrant[]> = z
  .array(grant)
  .max(MAX_GRANTS)
  .refine((all) => new Set(all.map(({ prefix }) => prefix)).size === all.length, "names a prefix twice")
  .describe("where there are any, only these count in repositories: the longest prefix, and elsewhere nothing");

/** Letters and digits of any script, no colon (Basic), nothing that a shell or a page would read otherwise. */
const NAME = /^[\p{L}\p{N}][\p{L}\p{N}._@+-]{0,63}$/u;

export const accountSchema: z.ZodType<AccountBody> = z.strictObject({
  id: z.string(),
  name: z.string(),
  kind: z.enum(["person", "robot"]),
  role,
  state: z.enum(["active", "disabled"]),
  grants: z.array(z.strictObject({ prefix: z.string(), role })),
  mustChangePassword: z.boolean(),
  issuer: z.exactOptional(z.string()).describe("of the OIDC provider that knows the person"),
  createdAt: z.string(),
  keys: z.strictObject({ usable: z.int().min(0), rotationDue: z.int().min(0) }),
});

export const accountListSchema: z.ZodType<{ readonly accounts: readonly AccountBody[] }> = z.strictObject({
  accounts: z.array(accountSchema),
});

export const accountAnswerSchema: z.ZodType<AccountAnswer> = z.strictObject({
  account: accountSchema,
  password: z.exactOptional(z.string()).describe("told once; it must be changed at the first login"),
});

export const newAccountSchema: z.ZodType<NewAccountBody> = z.strictObject({
  name: z.string().regex(NAME, "is not a name: letters, digits and . _ @ + -, at most 64"),
  kind: z.enum(["person", "robot"]).default("person").describe("a robot has no password, only access keys"),
  role,
  grants: grants.default([]),
});

export const accountChangesSchema: z.ZodType<AccountChangesBody> = z.strictObject({
  role: z.exactOptional(role),
  state: z.exactOptional(z.enum(["active", "disabled"])),
  grants: z.exactOptional(grants),
});

/** An id in the path; what is none is an account or key that there is not. */
export const idSchema: z.ZodType<{ readonly id: string }> = z.strictObject({ id: z.string().max(64) });

z.globalRegistry.add(accountSchema, { id: "Account" });
