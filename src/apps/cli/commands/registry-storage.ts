// SPDX-License-Identifier: Apache-2.0
import type { Command, CommandContext, CommandOption, ExitCode, Invocation } from "../command.ts";
import { FORMAT_OPTIONS } from "../policy/policy-option-table.ts";
import { SERVER_OPTIONS } from "../registry/server-option-table.ts";
import { writeAnswer } from "../registry/write-answer.ts";

const NO_WAIT: CommandOption = { name: "no-wait", kind: "flag", description: "registryStorage.noWait" };

export const registryGcCommand: Command = {
  name: "registry gc",
  summary: "registryStorage.gc.summary",
  arguments: [],
  options: [
    { name: "dry-run", kind: "flag", description: "registryStorage.gc.dryRun" },
    NO_WAIT,
    ...FORMAT_OPTIONS,
    ...SERVER_OPTIONS,
  ],
  examples: ["haechi registry gc", "haechi registry gc --dry-run"],
  exitCodes: "registryStorage.gc.exitCodes",
  run: runCollection,
};

export const registryCheckCommand: Command = {
  name: "registry check",
  summary: "registryStorage.check.summary",
  arguments: [],
  options: [NO_WAIT, ...FORMAT_OPTIONS, ...SERVER_OPTIONS],
  examples: ["haechi registry check"],
  exitCodes: "registryStorage.check.exitCodes",
  run: runCheck,
};

export const registryUsageCommand: Command = {
  name: "registry usage",
  summary: "registryStorage.usage.summary",
  arguments: [],
  options: [
    { name: "prefix", kind: "text", value: "PREFIX", description: "registryStorage.usage.prefix" },
    ...FORMAT_OPTIONS,
    ...SERVER_OPTIONS,
  ],
  examples: ["haechi registry usage", "haechi registry usage --prefix team --format json"],
  run: runUsage,
};

async function runCollection(invocation: Invocation, context: CommandContext): Promise<ExitCode> {
  const { runStorageJob } = await import("../registry/run-storage-job.ts");
  const { renderCollection } = await import("../registry/render-storage.ts");
  const body = { isDryRun: invocation.flag("dry-run") };
  return await runStorageJob({ path: "/api/v1/registry/gc", body, render: renderCollection }, invocation, context);
}

async function runCheck(invocation: Invocation, context: CommandContext): Promise<ExitCode> {
  const { runStorageJob } = await import("../registry/run-storage-job.ts");
  const { isWhole, renderIntegrity } = await import("../registry/render-storage.ts");
  const asked = { path: "/api/v1/registry/check", render: renderIntegrity, isGood: isWhole };
  return await runStorageJob(asked, invocation, context);
}

async function runUsage(invocation: Invocation, context: CommandContext): Promise<ExitCode> {
  const { withServer } = await import("../registry/server-client.ts");
  const { fetchUsage } = await import("../registry/fetch-usage.ts");
  const { renderUsage } = await import("../registry/render-storage.ts");
  const usage = await withServer(invocation, context, (server) => fetchUsage(server, invocation.text("prefix") ?? ""));
  writeAnswer(invocation, context, { json: usage, render: () => renderUsage(usage, context.translate) });
  return 0;
}
