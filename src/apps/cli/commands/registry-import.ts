// SPDX-License-Identifier: Apache-2.0
import type { Command, CommandContext, ExitCode, Invocation } from "../command.ts";
import { FORMAT_OPTIONS } from "../policy/policy-option-table.ts";
import { SERVER_OPTIONS } from "../registry/server-option-table.ts";

export const registryImportCommand: Command = {
  name: "registry import",
  summary: "cli.registry.import.summary",
  arguments: [{ name: "REGISTRY", isRequired: true, isRepeated: false, description: "cli.registry.import.registry" }],
  options: [
    {
      name: "kind",
      kind: "text",
      value: "KIND",
      choices: ["distribution", "harbor"],
      default: "distribution",
      description: "cli.registry.import.kind",
    },
    { name: "to", kind: "text", value: "PREFIX", default: "", description: "cli.registry.import.to" },
    { name: "credentials", kind: "text", value: "NAME", description: "cli.registry.import.credentials" },
    { name: "repository", kind: "list", value: "PATTERN", description: "cli.registry.import.repository" },
    { name: "tag", kind: "list", value: "PATTERN", description: "cli.registry.import.tag" },
    { name: "overwrite", kind: "flag", description: "cli.registry.import.overwrite" },
    { name: "with-settings", kind: "flag", description: "cli.registry.import.withSettings" },
    { name: "dry-run", kind: "flag", description: "cli.registry.import.dryRun" },
    { name: "source-plain-http", kind: "flag", description: "cli.registry.import.sourcePlainHttp" },
    { name: "no-wait", kind: "flag", description: "cli.registry.import.noWait" },
    ...FORMAT_OPTIONS,
    ...SERVER_OPTIONS,
  ],
  examples: [
    "haechi registry import harbor.example.com --kind harbor --credentials harbor --with-settings --dry-run",
    "haechi registry import registry.example.com:5000 --to old --repository 'team/*' --tag '!old-*'",
  ],
  exitCodes: "cli.registry.jobs.exitCodes",
  run: runImport,
};

async function runImport(invocation: Invocation, context: CommandContext): Promise<ExitCode> {
  const { parseAnswer, withServer } = await import("../registry/server-client.ts");
  const { registryJobAnswer } = await import("../registry/registry-job-answer.ts");
  const { exitCodeOf, watchJob } = await import("../registry/watch-job.ts");
  const { writeImport } = await import("../registry/write-import.ts");
  const { upstreamSecret } = await import("../registry/upstream-secret.ts");
  const body = {
    kind: invocation.text("kind"),
    registry: invocation.arguments[0],
    ...upstreamSecret(invocation.text("credentials")),
    ...(invocation.flag("source-plain-http") ? { isPlainHttp: true } : {}),
    to: invocation.text("to"),
    ...(invocation.list("repository").length === 0 ? {} : { repositories: invocation.list("repository") }),
    ...(invocation.list("tag").length === 0 ? {} : { tags: invocation.list("tag") }),
    duplicates: invocation.flag("overwrite") ? "overwrite" : "skip",
    withSettings: invocation.flag("with-settings"),
    isDryRun: invocation.flag("dry-run"),
  };
  return await withServer(invocation, context, async (server) => {
    const begun = parseAnswer(server, registryJobAnswer, await server.post("/api/v1/registry/import", body));
    context.stderr(`${context.translate("registryTransfer.import.begun", { id: String(begun.id) })}\n`);
    const job = invocation.flag("no-wait") ? begun : await watchJob(server, begun.id, context);
    writeImport(job, invocation, context);
    return invocation.flag("no-wait") ? 0 : exitCodeOf(job);
  });
}
