// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { ParsedPolicies } from "#policy";
import type * as registry from "#registry";

const MAX_NAMES = 100;

type Registry = Pick<typeof registry, "isRepositoryPrefix" | "parseRepositorySettings" | "STRICTEST_SETTINGS">;

/**
 * The policies with what a server of the same account on this machine keeps of its registry's settings in its data folder (mode
 * 0600), so that an image of it gets the verdict that the gate gives. Without one the policies judge alone.
 */
export async function withLocalSettings(policies: ParsedPolicies, dataDir: string): Promise<ParsedPolicies> {
  const text = readFile(join(dataDir, "run/registry-settings.json"));
  if (text === undefined) {
    return policies;
  }
  const { addSettings, createSettingsTree, ...reading } = await import("#registry");
  const { registryNames, prefixes } = parse(text);
  if (!Array.isArray(registryNames) || !Array.isArray(prefixes)) {
    return policies;
  }
  const tree = createSettingsTree(prefixes.flatMap((each) => parsePrefix(each, reading)));
  const names = registryNames.filter((each) => typeof each === "string").slice(0, MAX_NAMES);
  return names.reduce((judging, name) => addSettings(judging, tree, name), policies);
}

function readFile(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    // no server here, or another account's
    return undefined;
  }
}

function parse(text: string): Readonly<Record<string, unknown>> {
  try {
    return (JSON.parse(text) ?? {}) as Readonly<Record<string, unknown>>;
  } catch {
    // not what a server writes
    return {};
  }
}

/** As the server reads them: what cannot be read is as strict as can be. */
function parsePrefix(
  value: unknown,
  { isRepositoryPrefix, parseRepositorySettings, STRICTEST_SETTINGS }: Registry,
): readonly registry.PrefixSettings[] {
  const { prefix, settings, updatedBy } = (value ?? {}) as Readonly<Record<string, unknown>>;
  if (typeof prefix !== "string" || !isRepositoryPrefix(prefix) || typeof updatedBy !== "string") {
    return [];
  }
  const parsed = parseRepositorySettings(settings);
  return [{ prefix, settings: "settings" in parsed ? parsed.settings : STRICTEST_SETTINGS, updatedBy }];
}
