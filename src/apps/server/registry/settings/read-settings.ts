// SPDX-License-Identifier: Apache-2.0
import type { RegistryObjectStore } from "#database";
import { isRepositoryPrefix, type PrefixSettings, parseRepositorySettings, STRICTEST_SETTINGS } from "#registry";

/** What the database says about the registry's settings. */
export interface StoredSettings {
  readonly prefixes: readonly PrefixSettings[];
  readonly problems: ReadonlyMap<string, string>;
  readonly isServiceOn: boolean;
  /** Equal when nothing changed. */
  readonly text: string;
}

/** All of them, validated: a document that cannot be read is as strict as can be. */
export async function readSettings(objects: Pick<RegistryObjectStore, "list" | "find">): Promise<StoredSettings> {
  const [documents, service] = await Promise.all([objects.list("settings"), objects.find("service", "")]);
  const problems = new Map<string, string>();
  const prefixes: PrefixSettings[] = [];
  for (const { name: prefix, document, updatedBy } of documents) {
    const parsed = parseRepositorySettings(document);
    if (!isRepositoryPrefix(prefix)) {
      problems.set(prefix, "not a prefix of repositories");
    } else if ("settings" in parsed) {
      prefixes.push({ prefix, settings: parsed.settings, updatedBy });
    } else {
      problems.set(prefix, parsed.problems.map(({ path, message }) => `${path}: ${message}`).join("; "));
      prefixes.push({ prefix, settings: STRICTEST_SETTINGS, updatedBy });
    }
  }
  const isServiceOn = isOn(service?.document);
  return { prefixes, problems, isServiceOn, text: JSON.stringify([prefixes, [...problems], isServiceOn]) };
}

/** On unless somebody said otherwise; a document that says neither was not written to keep it on. */
function isOn(document: unknown): boolean {
  if (document === undefined) {
    return true;
  }
  return typeof document === "object" && document !== null && "isOn" in document && document.isOn === true;
}
