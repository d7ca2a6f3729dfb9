// SPDX-License-Identifier: Apache-2.0
import { isRepositoryPrefix, type RepositorySettings, type SettingsTree } from "#registry";
import type { RegistryJobRun } from "../../registry-jobs/registry-job-worker.ts";
import { destinationOf, type ImportParameters } from "./import-parameters.ts";
import type { SourceFindings } from "./import-source.ts";

/** What became of a rule of the source. */
export interface ImportedSettings {
  readonly prefix: string;
  readonly settings: RepositorySettings;
  readonly outcome: "set" | "would be set" | "kept";
}

/**
 * Rules are only set where nobody has set anything: nothing that somebody decided here (`decided`, before the import) is changed, by
 * a setting of all repositories or of a shorter prefix either, which a longer one would undo.
 */
export async function setImportedSettings(
  { context, job }: RegistryJobRun,
  parameters: ImportParameters,
  { found, decided }: { readonly found: SourceFindings["settings"][number]; readonly decided: SettingsTree },
): Promise<ImportedSettings> {
  const prefix = destinationOf(parameters, found.prefix);
  const { registryObjects, audit } = context.database;
  const { from } = decided.resolve(prefix);
  const isDecided = Object.keys(found.settings).some((field) => Object.hasOwn(from, field));
  if (
    prefix === "" ||
    !isRepositoryPrefix(prefix) ||
    isDecided ||
    (await registryObjects.find("settings", prefix)) !== undefined
  ) {
    return { prefix, settings: found.settings, outcome: "kept" };
  }
  if (parameters.isDryRun) {
    return { prefix, settings: found.settings, outcome: "would be set" };
  }
  await audit.append({
    actor: job.requestedBy,
    action: "registry-settings-changed",
    target: prefix === "" ? "(all)" : prefix,
    requestId: `job-${job.id}`,
    at: context.clock.now().toISOString(),
  });
  await registryObjects.put({ kind: "settings", name: prefix, document: found.settings, updatedBy: job.requestedBy });
  return { prefix, settings: found.settings, outcome: "set" };
}
