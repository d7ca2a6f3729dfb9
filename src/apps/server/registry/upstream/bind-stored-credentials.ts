// SPDX-License-Identifier: Apache-2.0
import type { Logger } from "pino";
import type { Database } from "#database";
import { parseForeignScanner, parseReplicationRule } from "#registry";
import { bindScannerCredentials } from "../external-scan/index.ts";
import { importParametersSchema } from "../import/import-parameters.ts";
import { promotionRuleSchema } from "../promotion/promotion-rule.ts";
import type { RegistrySettings } from "../settings/index.ts";
import {
  plainRegistryName,
  readStoredCredentials,
  UPSTREAM_SECRETS,
  writeUpstreamCredentials,
} from "./upstream-credentials.ts";

const MAX_IMPORTS = 1_000;

/**
 * Binds credentials that an earlier version stored to the registry that settings, rules and imports name them for: at the first start of
 * this version, before anybody can write another rule. Where these name none or several, they are bound to none and have to be stored
 * again; not to the first one that takes them, which could be anybody's. Those of scanners are bound to the address that they have now.
 */
export async function bindStoredCredentials({
  database,
  settings,
  log,
}: {
  readonly database: Pick<Database, "secrets" | "registryObjects" | "registryJobs">;
  readonly settings: Pick<RegistrySettings, "tree">;
  readonly log: Pick<Logger, "info" | "warn">;
}): Promise<void> {
  const { secrets, registryObjects } = database;
  let uses: ReadonlyMap<string, ReadonlySet<string>> | undefined;
  for (const name of await secrets.list(UPSTREAM_SECRETS)) {
    const stored = await readStoredCredentials(secrets, name);
    if (stored === undefined || stored.registry !== undefined) {
      continue;
    }
    uses ??= await usesOf(database, settings);
    const registries = [...(uses.get(name) ?? [])];
    const [only = ""] = registries.length === 1 ? registries : [];
    await writeUpstreamCredentials(secrets, name, { ...stored, registry: only });
    if (only === "") {
      log.warn({ name, registries }, "stored credentials are for no registry any more: store them again for one");
    } else {
      log.info({ name, registry: only }, "stored credentials are for this registry only from now on");
    }
  }
  for (const { name, document } of await registryObjects.list("scanner")) {
    const scanner = parseForeignScanner(document);
    if (scanner !== undefined) {
      await bindScannerCredentials(secrets, name, scanner.url);
    }
  }
}

/** For which registries each name is used. */
async function usesOf(
  { registryObjects, registryJobs }: Pick<Database, "registryObjects" | "registryJobs">,
  settings: Pick<RegistrySettings, "tree">,
): Promise<ReadonlyMap<string, ReadonlySet<string>>> {
  const uses = new Map<string, Set<string>>();
  function note(
    use: { readonly registry?: string | undefined; readonly credentials?: string | undefined } | undefined,
  ) {
    if (use?.registry !== undefined && use.credentials !== undefined) {
      uses.set(use.credentials, (uses.get(use.credentials) ?? new Set()).add(plainRegistryName(use.registry)));
    }
  }
  for (const { settings: each } of settings.tree.prefixes) {
    note(each.proxyCache);
  }
  for (const { document } of await registryObjects.list("replication")) {
    const parsed = parseReplicationRule(document);
    note("rule" in parsed ? parsed.rule : undefined);
  }
  for (const { document } of await registryObjects.list("promotion")) {
    note(promotionRuleSchema.safeParse(document).data);
  }
  for (const { parameters } of await registryJobs.list({ kind: "import", limit: MAX_IMPORTS })) {
    note(importParametersSchema.safeParse(parameters).data);
  }
  return uses;
}
