// SPDX-License-Identifier: Apache-2.0
import { type AccountGrant, generateFirstPassword, hashPassword, type ListedAccount, type Role } from "#database";
import { isAccountName } from "../../accounts/account-name.ts";
import { standingOfKey } from "../../accounts/key-standing.ts";
import type { ServerContext } from "../../context.ts";
import type { ApiApp } from "../api-app.ts";
import { ApiError } from "../errors.ts";
import { emptySchema } from "../schemas/empty.ts";
import {
  type AccountAnswer,
  type AccountBody,
  accountAnswerSchema,
  accountChangesSchema,
  accountListSchema,
  accountSchema,
  idSchema,
  newAccountSchema,
} from "../schemas/registry-accounts.ts";
import { answeringRefusals } from "../views/account-errors.ts";
import { createAudit } from "../views/append-audit.ts";

const ADMINISTRATORS: readonly Role[] = ["ADMIN"];

/** Accounts of people and robots, kept by administrators. */
export function addRegistryAccountRoutes(app: ApiApp, context: ServerContext): void {
  const audit = createAudit(context);
  const { accounts, accessKeys } = context.database;

  app.route({
    method: "GET",
    url: "/api/v1/registry/accounts",
    config: { access: ADMINISTRATORS },
    schema: { operationId: "listAccounts", tags: ["accounts"], response: { 200: accountListSchema } },
    handler: async () => {
      const [all, keys] = await Promise.all([accounts.list(), accessKeys.list()]);
      return { accounts: all.map((account) => toBody(context, account, keys)) };
    },
  });

  app.route({
    method: "POST",
    url: "/api/v1/registry/accounts",
    config: { access: ADMINISTRATORS },
    schema: {
      operationId: "createAccount",
      tags: ["accounts"],
      body: newAccountSchema,
      response: { 201: accountAnswerSchema },
    },
    handler: async (request, reply) => {
      const { name, kind, role, grants } = request.body;
      if (!isAccountName(name)) {
        throw new ApiError("ACCOUNT_EXISTS", `the name ${name} is taken by the server itself`);
      }
      assertNoAdministratorOfParts(role, grants);
      const password = kind === "person" ? generateFirstPassword() : undefined;
      const account = await answeringRefusals(async () =>
        accounts.create({
          name,
          kind,
          role,
          grants,
          ...(password === undefined ? {} : { passwordHash: await hashPassword(password) }),
        }),
      );
      await audit(request, "account-created", `${name} (${describe(kind, role, grants)})`);
      const body = await readBack(account.id);
      const answer: AccountAnswer = { account: body, ...(password === undefined ? {} : { password }) };
      return reply.code(201).send(answer);
    },
  });

  app.route({
    method: "PUT",
    url: "/api/v1/registry/accounts/:id",
    config: { access: ADMINISTRATORS },
    schema: {
      operationId: "changeAccount",
      tags: ["accounts"],
      params: idSchema,
      body: accountChangesSchema,
      response: { 200: accountSchema },
    },
    handler: async (request) => {
      const known = await find(request.params.id);
      const { role = known.role, grants = known.grants } = request.body;
      assertNoAdministratorOfParts(role, grants);
      await answeringRefusals(() => accounts.update(known.id, request.body));
      const changed = await readBack(known.id);
      await audit(
        request,
        "account-changed",
        `${known.name} (${changed.state}, ${describe(known.kind, role, grants)})`,
      );
      return changed;
    },
  });

  app.route({
    method: "DELETE",
    url: "/api/v1/registry/accounts/:id",
    config: { access: ADMINISTRATORS },
    schema: {
      operationId: "removeAccount",
      tags: ["accounts"],
      params: idSchema,
      response: { 204: emptySchema },
    },
    handler: async (request, reply) => {
      const known = await find(request.params.id);
      await answeringRefusals(() => accounts.remove(known.id));
      await audit(request, "account-removed", known.name);
      return reply.code(204).send(null);
    },
  });

  app.route({
    method: "POST",
    url: "/api/v1/registry/accounts/:id/password",
    config: { access: ADMINISTRATORS },
    schema: {
      operationId: "resetPassword",
      tags: ["accounts"],
      params: idSchema,
      response: { 200: accountAnswerSchema },
    },
    handler: async (request) => {
      const known = await find(request.params.id);
      if (known.kind === "robot") {
        throw new ApiError("ACCOUNT_HAS_NO_PASSWORD", "a robot has no password, only access keys");
      }
      const password = generateFirstPassword();
      await accounts.setPassword(known.id, await hashPassword(password), { mustChange: true });
      await audit(request, "password-reset", known.name);
      return { account: await readBack(known.id), password };
    },
  });

  async function find(id: string): Promise<ListedAccount> {
    const account = await accounts.find(id);
    if (account === undefined) {
      throw new ApiError("ACCOUNT_UNKNOWN", "no such account");
    }
    return account;
  }

  async function readBack(id: string): Promise<AccountBody> {
    return toBody(context, await find(id), await accessKeys.list(id));
  }
}

/** Administrators change accounts, their own too: one for some repositories only would be one for all. */
function assertNoAdministratorOfParts(role: Role, grants: readonly AccountGrant[]): void {
  if (role === "ADMIN" && grants.length > 0) {
    throw new ApiError(
      "ADMINISTRATOR_OF_PARTS",
      "an account with the role ADMIN cannot have roles for some repositories only; give ADMIN in a grant instead",
    );
  }
}

function describe(kind: ListedAccount["kind"], role: Role, grants: readonly AccountGrant[]): string {
  return [kind, role, ...grants.map((grant) => `${grant.role} in ${grant.prefix === "" ? "all" : grant.prefix}`)].join(
    ", ",
  );
}

function toBody(
  { clock, configuration }: ServerContext,
  account: ListedAccount,
  keys: Awaited<ReturnType<ServerContext["database"]["accessKeys"]["list"]>>,
): AccountBody {
  const standings = keys
    .filter(({ accountId }) => accountId === account.id)
    .map((key) => standingOfKey(key, clock.now(), configuration.registry.keyMaxAgeMs));
  const { issuer } = account;
  return {
    id: account.id,
    name: account.name,
    kind: account.kind,
    role: account.role,
    state: account.state,
    grants: account.grants,
    mustChangePassword: account.mustChangePassword,
    ...(issuer === undefined ? {} : { issuer }),
    createdAt: account.createdAt,
    keys: {
      usable: standings.filter(({ state }) => state === "active").length,
      rotationDue: standings.filter(({ isRotationDue }) => isRotationDue).length,
    },
  };
}
