// SPDX-License-Identifier: Apache-2.0
import { registryNamesOf } from "#configuration";
import type { ParsedPolicies } from "#policy";
import { readPolicyFiles, readRequiredSignatures } from "#policy-files";
import type { CommandContext } from "./command.ts";
import { withLocalSettings } from "./local-settings.ts";

/**
 * What the policy files hold, with the signatures that `registry.requireSignatures` asks of our own registry and with its settings,
 * as the gates have them: no file takes those away. Says on stderr what is accepted and probably not meant. Throws as
 * `readPolicyFiles` and `readRequiredSignatures`.
 */
export async function readPolicies(files: readonly string[], context: CommandContext): Promise<ParsedPolicies> {
  const policies = await readPolicyFiles(files);
  for (const { origin, document, line, path, message } of policies.warnings) {
    const place = line === undefined ? origin : `${origin}:${line}`;
    context.stderr(`haechi: ${context.translate("cli.policy.warning", { place, document, path, message })}\n`);
  }
  const configuration = context.configuration();
  const [registryName = ""] = registryNamesOf(configuration);
  const required = await readRequiredSignatures(configuration.registry.requireSignatures, registryName);
  const asked = { ...policies, documents: [...policies.documents, ...required] };
  return await withLocalSettings(asked, configuration.dataDir);
}
