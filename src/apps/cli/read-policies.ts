// SPDX-License-Identifier: Apache-2.0
import type { ParsedPolicies } from "#policy";
import { readPolicyFiles } from "#policy-files";
import type { CommandContext } from "./command.ts";

/** What the policy files hold. Says on stderr what is accepted and probably not meant. Throws as `readPolicyFiles`. */
export async function readPolicies(files: readonly string[], context: CommandContext): Promise<ParsedPolicies> {
  const policies = await readPolicyFiles(files);
  for (const { origin, document, line, path, message } of policies.warnings) {
    const place = line === undefined ? origin : `${origin}:${line}`;
    context.stderr(`haechi: ${context.translate("cli.policy.warning", { place, document, path, message })}\n`);
  }
  return policies;
}
