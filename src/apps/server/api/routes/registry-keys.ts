// SPDX-License-Identifier: Apache-2.0
import type { FastifyRequest } from "fastify";
import type { AccessKeyRecord, ListedAccount } from "#database";
import { createAccessKeyPair, openSecretHasher } from "../../accounts/access-key-pair.ts";
import type { ServerContext } from "../../context.ts";
import { type ApiApp, EVERY_ROLE } from "../api-app.ts";
import { ApiError } from "../errors.ts";
import { emptySchema } from "../schemas/empty.ts";
import { idSchema } from "../schemas/registry-accounts.ts";
import {
  accessKeyListSchema,
  accessKeySchema,
  keyStateSchema,
  keysQuerySchema,
  newAccessKeyAnswerSchema,
  newKeySchema,
  rotateKeySchema,
} from "../schemas/registry-keys.ts";
import { accountOf } from "../security/authenticate.ts";
import { toAccessKeyBody } from "../views/access-key-body.ts";
import { answeringRefusals } from "../views/account-errors.ts";
import { appendAudit } from "../views/append-audit.ts";

const DAY_MS = 24 * 60 * 60_000;
const HOUR_MS = 60 * 60_000;
const OWN = { access: EVERY_ROLE, isPerRepository: true } as const;

/**
 * Access keys: everybody keeps their own. Administrators see and stop those of others and keep those of robots, but make none for
 * a person: a key that two people know is nobody's.
 */
export function addRegistryKeyRoutes(app: ApiApp, context: ServerContext): void {
  const { accounts, accessKeys, secrets } = context.database;

  app.route({
    method: "GET",
    url: "/api/v1/registry/keys",
    config: OWN,
    schema: {
      operationId: "listAccessKeys",
      tags: ["accounts"],
      querystring: keysQuerySchema,
      response: { 200: accessKeyListSchema },
    },
    handler: async (request) => {
      const own = accountOf(request);
      const { all, account } = request.query;
      const isOfOthers = all || (account !== undefined && account !== own.name);
      if (isOfOthers) {
        assertAdministrator(request);
      }
      const of = all ? undefined : isOfOthers ? (await findAccount(account ?? "")).id : own.id;
      const keys = await accessKeys.list(of);
      return { keys: keys.map((key) => toAccessKeyBody(context, key)) };
    },
  });

  app.route({
    method: "POST",
    url: "/api/v1/registry/keys",
    config: OWN,
    schema: {
      operationId: "createAccessKey",
      tags: ["accounts"],
      body: newKeySchema,
      response: { 201: newAccessKeyAnswerSchema },
    },
    handler: async (request, reply) => {
      const { account: name, description, expiresInDays } = request.body;
      const own = accountOf(request);
      const accountId = name === undefined || name === own.name ? own.id : (await findRobot(request, name)).id;
      const pair = createAccessKeyPair();
      const hasher = await openSecretHasher(secrets);
      const asked =
        expiresInDays === undefined ? undefined : new Date(context.clock.now().getTime() + expiresInDays * DAY_MS);
      const expiresAt = withinOwnKey(request, asked);
      const key = await answeringRefusals(() =>
        accessKeys.create({
          accountId,
          accessKey: pair.accessKey,
          secretHash: hasher.hash(pair),
          description,
          ...(expiresAt === undefined ? {} : { expiresAt }),
        }),
      );
      await audit(request, "access-key-created", key);
      return reply.code(201).send({ key: toAccessKeyBody(context, key), secretKey: pair.secretKey });
    },
  });

  app.route({
    method: "POST",
    url: "/api/v1/registry/keys/:id/rotate",
    config: OWN,
    schema: {
      operationId: "rotateAccessKey",
      tags: ["accounts"],
      params: idSchema,
      body: rotateKeySchema,
      response: { 201: newAccessKeyAnswerSchema },
    },
    handler: async (request, reply) => {
      const old = await findKey(request, { mayBePersons: false });
      const pair = createAccessKeyPair();
      const hasher = await openSecretHasher(secrets);
      const now = context.clock.now();
      const overlapUntil = new Date(now.getTime() + request.body.overlapHours * HOUR_MS);
      const expiresAt = withinOwnKey(request, endOfSuccessor(old, now, context.configuration.registry.keyMaxAgeMs));
      const key = await answeringRefusals(() =>
        accessKeys.rotate(old.id, {
          accessKey: pair.accessKey,
          secretHash: hasher.hash(pair),
          overlapUntil,
          ...(expiresAt === undefined ? {} : { expiresAt }),
        }),
      );
      await audit(request, "access-key-rotated", key, ` for ${old.accessKey}`);
      return reply.code(201).send({ key: toAccessKeyBody(context, key), secretKey: pair.secretKey });
    },
  });

  app.route({
    method: "PUT",
    url: "/api/v1/registry/keys/:id",
    config: OWN,
    schema: {
      operationId: "changeAccessKey",
      tags: ["accounts"],
      params: idSchema,
      body: keyStateSchema,
      response: { 200: accessKeySchema },
    },
    handler: async (request) => {
      const { state } = request.body;
      // Its owner may enable a key again that an administrator disabled; who is to be stopped is disabled as an account.
      const key = await findKey(request, { mayBePersons: state === "disabled" });
      await answeringRefusals(() => accessKeys.setState(key.id, state));
      await audit(request, state === "active" ? "access-key-enabled" : "access-key-disabled", key);
      return toAccessKeyBody(context, { ...key, state });
    },
  });

  app.route({
    method: "DELETE",
    url: "/api/v1/registry/keys/:id",
    config: OWN,
    schema: {
      operationId: "removeAccessKey",
      tags: ["accounts"],
      params: idSchema,
      response: { 204: emptySchema },
    },
    handler: async (request, reply) => {
      const key = await findKey(request, { mayBePersons: true });
      await accessKeys.remove(key.id);
      await audit(request, "access-key-removed", key);
      return reply.code(204).send(null);
    },
  });

  /** A key of one's own, or for administrators that of a robot; of another person only where the key is stopped. */
  async function findKey(
    request: FastifyRequest,
    { mayBePersons }: { readonly mayBePersons: boolean },
  ): Promise<AccessKeyRecord> {
    const own = accountOf(request);
    const key = await accessKeys.find((request.params as { readonly id: string }).id);
    if (key === undefined || (key.accountId !== own.id && own.role !== "ADMIN")) {
      throw new ApiError("ACCESS_KEY_UNKNOWN", "no such access key");
    }
    if (key.accountId !== own.id && !mayBePersons) {
      assertRobot(await accounts.find(key.accountId));
    }
    return key;
  }

  async function findAccount(name: string): Promise<ListedAccount> {
    const account = (await accounts.list()).find((each) => each.name === name);
    if (account === undefined) {
      throw new ApiError("ACCOUNT_UNKNOWN", "no such account");
    }
    return account;
  }

  async function findRobot(request: FastifyRequest, name: string): Promise<ListedAccount> {
    assertAdministrator(request);
    const account = await findAccount(name);
    assertRobot(account);
    return account;
  }

  async function audit(request: FastifyRequest, action: string, key: AccessKeyRecord, more = ""): Promise<void> {
    const target = `${key.accessKey} of ${key.accountName}${more}`;
    await appendAudit(context, request, { actor: accountOf(request).name, action, target });
  }
}

/** A key that was made for so long has a successor that lives as long: rotating is no way to one without end. */
function endOfSuccessor(old: AccessKeyRecord, now: Date, maxAgeMs: number | undefined): Date | undefined {
  if (old.expiresAt === undefined) {
    return undefined;
  }
  const lifeMs = new Date(old.expiresAt).getTime() - new Date(old.rotatedAt).getTime();
  return new Date(now.getTime() + Math.min(lifeMs, maxAgeMs ?? lifeMs));
}

/** Whoever holds a key that ends makes none that goes on: its end would mean nothing. */
function withinOwnKey({ accessKey }: FastifyRequest, asked: Date | undefined): Date | undefined {
  const own = accessKey?.expiresAt === undefined ? undefined : new Date(accessKey.expiresAt);
  return own !== undefined && (asked === undefined || own < asked) ? own : asked;
}

function assertAdministrator(request: FastifyRequest): void {
  if (accountOf(request).role !== "ADMIN") {
    throw new ApiError("PERMISSION_DENIED", "only administrators may see and keep access keys of others");
  }
}

function assertRobot(account: ListedAccount | undefined): void {
  if (account?.kind !== "robot") {
    throw new ApiError(
      "ACCESS_KEY_OF_PERSON",
      "people make their own access keys; administrators only those of robots",
    );
  }
}
