// SPDX-License-Identifier: Apache-2.0
import type { FastifyRequest } from "fastify";
import type { Role } from "#database";
import { parseRepositorySettings, type RepositorySettings, STRICTEST_SETTINGS } from "#registry";
import type { ServerContext } from "../../context.ts";
import { type ApiApp, EVERY_ROLE, READERS } from "../api-app.ts";
import { ApiError } from "../errors.ts";
import {
  changeSettingsSchema,
  effectiveQuerySchema,
  effectiveSettingsSchema,
  type PrefixSettingsBody,
  putServiceSchema,
  putSettingsSchema,
  type ServiceBody,
  serviceSchema,
  settingsListSchema,
  settingsQuerySchema,
} from "../schemas/registry-settings.ts";
import { accountOf } from "../security/authenticate.ts";
import { createAudit } from "../views/append-audit.ts";

const ADMINISTRATORS: readonly Role[] = ["ADMIN"];
/** PERMISSION does this and nothing else. */
const SWITCHERS: readonly Role[] = ["ADMIN", "PERMISSION"];

/** The settings by repository prefix, and the switch of the whole registry. */
export function addRegistrySettingsRoutes(app: ApiApp, context: ServerContext): void {
  const audit = createAudit(context);
  const { registryObjects } = context.database;

  app.route({
    method: "GET",
    url: "/api/v1/registry/settings",
    config: { access: READERS },
    schema: {
      operationId: "listRegistrySettings",
      tags: ["registry settings"],
      response: { 200: settingsListSchema },
    },
    handler: async () => ({ prefixes: (await registryObjects.list("settings")).map(toBody) }),
  });

  app.route({
    method: "GET",
    url: "/api/v1/registry/settings/effective",
    config: { access: READERS },
    schema: {
      operationId: "getEffectiveRegistrySettings",
      tags: ["registry settings"],
      querystring: effectiveQuerySchema,
      response: { 200: effectiveSettingsSchema },
    },
    handler: async (request) => {
      const { repository } = request.query;
      // what was written a moment ago by another process is answered as well
      await context.settings.refresh();
      const { settings, from, allowed, allowedFrom } = context.settings.of(repository);
      return { repository, settings, from, allowed, allowedFrom, quotas: context.settings.quotasOf(repository) };
    },
  });

  app.route({
    method: "PUT",
    url: "/api/v1/registry/settings",
    config: { access: ADMINISTRATORS },
    schema: {
      operationId: "putRegistrySettings",
      tags: ["registry settings"],
      body: putSettingsSchema,
      response: { 200: settingsListSchema },
    },
    handler: async (request) => await write(request, request.body.prefix, () => request.body.settings),
  });

  app.route({
    method: "POST",
    url: "/api/v1/registry/settings/change",
    config: { access: ADMINISTRATORS },
    schema: {
      operationId: "changeRegistrySettings",
      tags: ["registry settings"],
      body: changeSettingsSchema,
      response: { 200: settingsListSchema },
    },
    handler: async (request) => {
      const { prefix, set, unset } = request.body;
      return await write(request, prefix, (present) => {
        const changed = { ...present, ...set };
        return Object.fromEntries(Object.entries(changed).filter(([field]) => !unset.includes(field)));
      });
    },
  });

  app.route({
    method: "DELETE",
    url: "/api/v1/registry/settings",
    config: { access: ADMINISTRATORS },
    schema: {
      operationId: "removeRegistrySettings",
      tags: ["registry settings"],
      querystring: settingsQuerySchema,
      response: { 200: settingsListSchema },
    },
    handler: async (request) => {
      const { prefix } = request.query;
      if ((await registryObjects.find("settings", prefix)) === undefined) {
        throw new ApiError("SETTINGS_UNKNOWN", `nothing is set for ${nameOf(prefix)}`);
      }
      await audit(request, "registry-settings-removed", nameOf(prefix));
      await registryObjects.remove("settings", prefix);
      await context.settings.refresh();
      return { prefixes: [] };
    },
  });

  app.route({
    method: "GET",
    url: "/api/v1/registry/service",
    config: { access: EVERY_ROLE, isPerRepository: true },
    schema: { operationId: "getRegistryService", tags: ["registry settings"], response: { 200: serviceSchema } },
    handler: readService,
  });

  app.route({
    method: "PUT",
    url: "/api/v1/registry/service",
    // the switch is of the registry, not of a repository: roles for some of those take nothing from it
    config: { access: SWITCHERS, isPerRepository: true },
    schema: {
      operationId: "switchRegistryService",
      tags: ["registry settings"],
      body: putServiceSchema,
      response: { 200: serviceSchema },
    },
    handler: async (request) => {
      const { isOn } = request.body;
      await audit(request, isOn ? "registry-switched-on" : "registry-switched-off", "registry");
      const updatedBy = accountOf(request).name;
      await registryObjects.put({ kind: "service", name: "", document: { isOn }, updatedBy });
      await context.settings.refresh();
      return await readService();
    },
  });

  let writing: Promise<unknown> = Promise.resolve();

  /** One change after another, so that none of them is made of what another one replaced. */
  async function write(
    request: FastifyRequest,
    prefix: string,
    change: (present: Readonly<Record<string, unknown>>) => Readonly<Record<string, unknown>>,
  ): Promise<{ readonly prefixes: readonly PrefixSettingsBody[] }> {
    const mine = writing
      .catch(() => undefined)
      .then(async () => {
        const present = (await registryObjects.find("settings", prefix))?.document ?? {};
        const settings = parse(change(present as Readonly<Record<string, unknown>>));
        await audit(request, "registry-settings-changed", `${nameOf(prefix)} ${JSON.stringify(settings)}`);
        const updatedBy = accountOf(request).name;
        await registryObjects.put({ kind: "settings", name: prefix, document: settings, updatedBy });
      });
    writing = mine;
    await mine;
    await context.settings.refresh();
    const stored = await registryObjects.find("settings", prefix);
    return { prefixes: stored === undefined ? [] : [toBody(stored)] };
  }

  async function readService(): Promise<ServiceBody> {
    await context.settings.refresh();
    const { isServiceOn: isOn } = context.settings;
    const stored = await registryObjects.find("service", "");
    return stored === undefined ? { isOn } : { isOn, updatedBy: stored.updatedBy, updatedAt: stored.updatedAt };
  }
}

function parse(document: Readonly<Record<string, unknown>>): RepositorySettings {
  const parsed = parseRepositorySettings(document);
  if ("settings" in parsed) {
    return parsed.settings;
  }
  const problems = parsed.problems.map(({ path, message }) => (path === "" ? message : `${path}: ${message}`));
  throw new ApiError("SETTINGS_INVALID", problems.join("; "));
}

function toBody(stored: {
  readonly name: string;
  readonly document: unknown;
  readonly updatedBy: string;
  readonly updatedAt: string;
}): PrefixSettingsBody {
  const { name: prefix, updatedBy, updatedAt } = stored;
  const parsed = parseRepositorySettings(stored.document);
  return "settings" in parsed
    ? { prefix, settings: parsed.settings, updatedBy, updatedAt }
    : {
        prefix,
        settings: STRICTEST_SETTINGS,
        updatedBy,
        updatedAt,
        problem: parsed.problems.map(({ path, message }) => `${path}: ${message}`).join("; "),
      };
}

/** For people: the empty prefix is written `*`, as in the command line. */
function nameOf(prefix: string): string {
  return prefix === "" ? "*" : prefix;
}
