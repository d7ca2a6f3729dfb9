// SPDX-License-Identifier: Apache-2.0
import type { Command, CommandArgument, CommandContext, CommandOption, ExitCode, Invocation } from "../command.ts";
import { FORMAT_OPTIONS } from "../policy/policy-option-table.ts";
import { SERVER_OPTIONS } from "../registry/server-option-table.ts";
import { writeAnswer } from "../registry/write-answer.ts";

const RULE: CommandArgument = {
  name: "RULE",
  isRequired: true,
  isRepeated: false,
  description: "cli.registry.replicate.rule",
};
const NO_WAIT: CommandOption = { name: "no-wait", kind: "flag", description: "cli.registry.jobs.noWait" };

export const registryReplicateListCommand: Command = {
  name: "registry replicate list",
  summary: "cli.registry.replicate.list.summary",
  arguments: [],
  options: [...FORMAT_OPTIONS, ...SERVER_OPTIONS],
  examples: ["haechi registry replicate list"],
  run: list,
};

export const registryReplicateSetCommand: Command = {
  name: "registry replicate set",
  summary: "cli.registry.replicate.set.summary",
  arguments: [
    RULE,
    { name: "REGISTRY", isRequired: true, isRepeated: false, description: "cli.registry.replicate.registry" },
  ],
  options: [
    {
      name: "direction",
      kind: "text",
      value: "DIRECTION",
      choices: ["push", "pull"],
      default: "push",
      description: "cli.registry.replicate.direction",
    },
    { name: "credentials", kind: "text", value: "NAME", description: "cli.registry.import.credentials" },
    { name: "registry-plain-http", kind: "flag", description: "cli.registry.replicate.plainHttp" },
    { name: "repository", kind: "list", value: "PATTERN", description: "cli.registry.replicate.repository" },
    { name: "tag", kind: "list", value: "PATTERN", description: "cli.registry.replicate.tag" },
    { name: "exclude-tag", kind: "list", value: "PATTERN", description: "cli.registry.replicate.excludeTag" },
    { name: "remove-prefix", kind: "text", value: "PREFIX", description: "cli.registry.replicate.removePrefix" },
    { name: "add-prefix", kind: "text", value: "PREFIX", description: "cli.registry.replicate.addPrefix" },
    {
      name: "duplicates",
      kind: "text",
      value: "RULE",
      choices: ["skip", "overwrite"],
      default: "skip",
      description: "cli.registry.replicate.duplicates",
    },
    { name: "on-push", kind: "flag", description: "cli.registry.replicate.onPush" },
    { name: "cron", kind: "text", value: "FIELDS", description: "cli.registry.replicate.cron" },
    { name: "time-zone", kind: "text", value: "ZONE", description: "cli.registry.replicate.timeZone" },
    { name: "copy-deletions", kind: "flag", description: "cli.registry.replicate.copyDeletions" },
    { name: "only-allowed", kind: "flag", description: "cli.registry.replicate.onlyAllowed" },
    { name: "max-rate", kind: "text", value: "BYTES", description: "cli.registry.replicate.maxRate" },
    { name: "description", kind: "text", value: "TEXT", description: "cli.registry.replicate.description" },
    ...SERVER_OPTIONS,
  ],
  examples: [
    "haechi registry replicate set busan registry.busan.example --repository 'team/*' --on-push --credentials busan",
    "haechi registry replicate set nightly registry.example --tag 'v*' --cron '0 3 * * *' --time-zone Asia/Seoul",
    "haechi registry replicate set base docker.io --direction pull --repository library/debian --add-prefix hub",
  ],
  run: set,
};

export const registryReplicateDeleteCommand: Command = {
  name: "registry replicate delete",
  summary: "cli.registry.replicate.delete.summary",
  arguments: [RULE],
  options: SERVER_OPTIONS,
  examples: ["haechi registry replicate delete busan"],
  run: remove,
};

export const registryReplicateRunCommand: Command = {
  name: "registry replicate run",
  summary: "cli.registry.replicate.run.summary",
  arguments: [RULE],
  options: [NO_WAIT, ...FORMAT_OPTIONS, ...SERVER_OPTIONS],
  examples: ["haechi registry replicate run busan"],
  exitCodes: "cli.registry.jobs.exitCodes",
  run: carryOut,
};

export const registryRetentionCommand: Command = {
  name: "registry retention",
  summary: "cli.registry.retention.summary",
  arguments: [{ name: "PREFIX", isRequired: false, isRepeated: false, description: "cli.registry.retention.prefix" }],
  options: [
    { name: "dry-run", kind: "flag", description: "cli.registry.retention.dryRun" },
    NO_WAIT,
    ...FORMAT_OPTIONS,
    ...SERVER_OPTIONS,
  ],
  examples: ["haechi registry retention --dry-run", "haechi registry retention team"],
  exitCodes: "cli.registry.jobs.exitCodes",
  run: retain,
};

async function list(invocation: Invocation, context: CommandContext): Promise<ExitCode> {
  const { withServer } = await import("../registry/server-client.ts");
  const { fetchReplicationRules, renderReplicationRules } = await import("../registry/replication-answers.ts");
  const rules = await withServer(invocation, context, fetchReplicationRules);
  writeAnswer(invocation, context, { json: { rules }, render: () => renderReplicationRules(rules, context.translate) });
  return 0;
}

async function set(invocation: Invocation, context: CommandContext): Promise<ExitCode> {
  const { withServer } = await import("../registry/server-client.ts");
  const { readReplicationOptions } = await import("../registry/read-replication-options.ts");
  const [name = "", registry = ""] = invocation.arguments;
  const rule = readReplicationOptions(registry, invocation);
  await withServer(invocation, context, (server) => server.put("/api/v1/registry/replication", { name, rule }));
  context.stdout(`${context.translate("registryJobs.replication.stored", { name })}\n`);
  return 0;
}

async function remove(invocation: Invocation, context: CommandContext): Promise<ExitCode> {
  const { withServer } = await import("../registry/server-client.ts");
  const [name = ""] = invocation.arguments;
  const path = `/api/v1/registry/replication?${new URLSearchParams({ name }).toString()}`;
  await withServer(invocation, context, (server) => server.delete(path));
  context.stdout(`${context.translate("registryJobs.replication.deleted", { name })}\n`);
  return 0;
}

async function carryOut(invocation: Invocation, context: CommandContext): Promise<ExitCode> {
  const { runStorageJob } = await import("../registry/run-storage-job.ts");
  const { renderReplicationResult } = await import("../registry/replication-answers.ts");
  const body = { name: invocation.arguments[0] ?? "" };
  const work = { path: "/api/v1/registry/replication/run", body, render: renderReplicationResult };
  return await runStorageJob(work, invocation, context);
}

async function retain(invocation: Invocation, context: CommandContext): Promise<ExitCode> {
  const { runStorageJob } = await import("../registry/run-storage-job.ts");
  const { renderRetentionResult } = await import("../registry/retention-answers.ts");
  const body = { prefix: invocation.arguments[0] ?? "", isDryRun: invocation.flag("dry-run") };
  const work = { path: "/api/v1/registry/retention/run", body, render: renderRetentionResult };
  return await runStorageJob(work, invocation, context);
}
