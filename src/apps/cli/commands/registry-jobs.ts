// SPDX-License-Identifier: Apache-2.0
import type { Command, CommandContext, ExitCode, Invocation } from "../command.ts";
import { UsageError } from "../errors.ts";
import { FORMAT_OPTIONS } from "../policy/policy-option-table.ts";
import { SERVER_OPTIONS } from "../registry/server-option-table.ts";
import { writeAnswer } from "../registry/write-answer.ts";

const KINDS = [
  "gc",
  "check",
  "retention",
  "replicate",
  "promote",
  "import",
  "backup",
  "restore",
  "snapshot",
  "external-scan",
];
const STATES = ["awaiting-approval", "pending", "running", "done", "failed", "cancelled", "rejected"];
const JOB_ARGUMENT = {
  name: "JOB",
  isRequired: true,
  isRepeated: false,
  description: "cli.registry.jobs.id",
} as const;

export const registryJobsListCommand: Command = {
  name: "registry jobs list",
  summary: "cli.registry.jobs.list.summary",
  arguments: [],
  options: [
    { name: "limit", kind: "text", value: "N", default: "20", description: "cli.registry.jobs.limit" },
    { name: "kind", kind: "text", value: "KIND", choices: KINDS, description: "cli.registry.jobs.kind" },
    { name: "state", kind: "text", value: "STATE", choices: STATES, description: "cli.registry.jobs.state" },
    ...FORMAT_OPTIONS,
    ...SERVER_OPTIONS,
  ],
  examples: ["haechi registry jobs list --state running"],
  run: listJobs,
};

export const registryJobsShowCommand: Command = {
  name: "registry jobs show",
  summary: "cli.registry.jobs.show.summary",
  arguments: [JOB_ARGUMENT],
  options: [...FORMAT_OPTIONS, ...SERVER_OPTIONS],
  examples: ["haechi registry jobs show 17 --format json"],
  run: showJob,
};

export const registryJobsCancelCommand: Command = {
  name: "registry jobs cancel",
  summary: "cli.registry.jobs.cancel.summary",
  arguments: [JOB_ARGUMENT],
  options: SERVER_OPTIONS,
  examples: ["haechi registry jobs cancel 17"],
  run: cancelJob,
};

export const registryJobsWatchCommand: Command = {
  name: "registry jobs watch",
  summary: "cli.registry.jobs.watch.summary",
  arguments: [JOB_ARGUMENT],
  options: [...FORMAT_OPTIONS, ...SERVER_OPTIONS],
  examples: ["haechi registry jobs watch 17"],
  exitCodes: "cli.registry.jobs.exitCodes",
  run: followJob,
};

async function listJobs(invocation: Invocation, context: CommandContext): Promise<ExitCode> {
  const { withServer } = await import("../registry/server-client.ts");
  const { fetchJobs } = await import("../registry/fetch-jobs.ts");
  const { renderJobs } = await import("../registry/render-jobs.ts");
  const limit = invocation.text("limit") ?? "";
  if (!/^[1-9]\d{0,2}$/.test(limit) || Number(limit) > 200) {
    throw new UsageError("OPTION_INVALID", "--limit takes a number from 1 to 200");
  }
  const query = { limit, kind: invocation.text("kind"), state: invocation.text("state") };
  const jobs = await withServer(invocation, context, (server) => fetchJobs(server, query));
  writeAnswer(invocation, context, { json: { jobs }, render: () => renderJobs(jobs, context.translate) });
  return 0;
}

async function showJob(invocation: Invocation, context: CommandContext): Promise<ExitCode> {
  const { withServer } = await import("../registry/server-client.ts");
  const { fetchJob } = await import("../registry/registry-job-answer.ts");
  const { writeJob } = await import("../registry/write-job.ts");
  const { parseJobId } = await import("../registry/parse-job-id.ts");
  const id = parseJobId(invocation.arguments[0]);
  const job = await withServer(invocation, context, (server) => fetchJob(server, id));
  writeJob(job, invocation, context);
  return 0;
}

async function cancelJob(invocation: Invocation, context: CommandContext): Promise<ExitCode> {
  const { parseAnswer, withServer } = await import("../registry/server-client.ts");
  const { registryJobAnswer } = await import("../registry/registry-job-answer.ts");
  const { parseJobId } = await import("../registry/parse-job-id.ts");
  const id = parseJobId(invocation.arguments[0]);
  const job = await withServer(invocation, context, async (server) =>
    parseAnswer(server, registryJobAnswer, await server.post("/api/v1/registry/jobs/cancel", { id })),
  );
  const message = job.state === "cancelled" ? "registryJobs.cancelled" : "registryJobs.cancelling";
  context.stdout(`${context.translate(message, { id: String(id) })}\n`);
  return 0;
}

async function followJob(invocation: Invocation, context: CommandContext): Promise<ExitCode> {
  const { withServer } = await import("../registry/server-client.ts");
  const { exitCodeOf, watchJob } = await import("../registry/watch-job.ts");
  const { writeJob } = await import("../registry/write-job.ts");
  const { parseJobId } = await import("../registry/parse-job-id.ts");
  const id = parseJobId(invocation.arguments[0]);
  const job = await withServer(invocation, context, (server) => watchJob(server, id, context));
  writeJob(job, invocation, context);
  return exitCodeOf(job);
}
