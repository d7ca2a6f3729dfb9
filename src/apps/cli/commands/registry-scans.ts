// SPDX-License-Identifier: Apache-2.0
import type { Command, CommandArgument, CommandContext, CommandOption, ExitCode, Invocation } from "../command.ts";
import { FORMAT_OPTIONS } from "../policy/policy-option-table.ts";
import { parseJobId } from "../registry/parse-job-id.ts";
import type { Server } from "../registry/server-client.ts";
import { SERVER_OPTIONS } from "../registry/server-option-table.ts";
import { writeAnswer } from "../registry/write-answer.ts";
import { visibleLines } from "../visible-lines.ts";

const IMAGE: CommandArgument = {
  name: "IMAGE",
  isRequired: true,
  isRepeated: false,
  description: "cli.registry.scans.image",
};
const STATE: CommandOption = { name: "state", kind: "text", value: "STATE", description: "cli.registry.scans.state" };

export const registryScansListCommand: Command = {
  name: "registry scans list",
  summary: "cli.registry.scans.list.summary",
  arguments: [],
  options: [
    STATE,
    { name: "repository", kind: "text", value: "REPOSITORY", description: "cli.registry.scans.repository" },
    ...FORMAT_OPTIONS,
    ...SERVER_OPTIONS,
  ],
  examples: ["haechi registry scans list", "haechi registry scans list --state failed"],
  run: list,
};

export const registryScansStartCommand: Command = {
  name: "registry scans start",
  summary: "cli.registry.scans.start.summary",
  arguments: [IMAGE],
  options: SERVER_OPTIONS,
  examples: ["haechi registry scans start team/app:1.0"],
  run: (invocation, context) =>
    ask(invocation, context, async (server) => {
      const { scanRequestedAnswer } = await import("../registry/scan-answers.ts");
      const { parseAnswer } = await import("../registry/server-client.ts");
      const answer = await server.post("/api/v1/image/scan", { image: invocation.arguments[0] });
      const { requested } = parseAnswer(server, scanRequestedAnswer, answer);
      return context.translate("registryScans.requested", { count: requested });
    }),
};

export const registryScansStopCommand: Command = {
  name: "registry scans stop",
  summary: "cli.registry.scans.stop.summary",
  arguments: [IMAGE],
  options: SERVER_OPTIONS,
  examples: ["haechi registry scans stop team/app:1.0"],
  run: (invocation, context) =>
    ask(invocation, context, async (server) => {
      const { scanStoppedAnswer } = await import("../registry/scan-answers.ts");
      const { parseAnswer } = await import("../registry/server-client.ts");
      const query = new URLSearchParams({ image: invocation.arguments[0] ?? "" });
      const answer = await server.delete(`/api/v1/image/scan?${query.toString()}`);
      const { stopped } = parseAnswer(server, scanStoppedAnswer, answer);
      return context.translate("registryScans.stopped", { count: stopped });
    }),
};

export const registryScansRetryCommand: Command = {
  name: "registry scans retry",
  summary: "cli.registry.scans.retry.summary",
  arguments: [{ ...IMAGE, name: "ID", description: "cli.registry.scans.id" }],
  options: SERVER_OPTIONS,
  examples: ["haechi registry scans retry 17"],
  run: (invocation, context) =>
    ask(invocation, context, async (server) => {
      const { scanRequestedAnswer } = await import("../registry/scan-answers.ts");
      const { parseAnswer } = await import("../registry/server-client.ts");
      const answer = await server.post("/api/v1/scan/retry", { id: parseJobId(invocation.arguments[0]) });
      const { requested } = parseAnswer(server, scanRequestedAnswer, answer);
      return context.translate("registryScans.requested", { count: requested });
    }),
};

async function list(invocation: Invocation, context: CommandContext): Promise<ExitCode> {
  const { parseAnswer, withServer } = await import("../registry/server-client.ts");
  const { scanListAnswer } = await import("../registry/scan-answers.ts");
  const { renderScans } = await import("../registry/render-scans.ts");
  const query = new URLSearchParams({ limit: "200" });
  for (const name of ["state", "repository"]) {
    const value = invocation.text(name);
    if (value !== undefined) {
      query.set(name, value);
    }
  }
  const answer = await withServer(invocation, context, async (server) =>
    parseAnswer(server, scanListAnswer, await server.get(`/api/v1/scans?${query.toString()}`)),
  );
  writeAnswer(invocation, context, { json: answer, render: () => renderScans(answer, context.translate) });
  return 0;
}

/** Writes the sentence that comes of it. */
async function ask(
  invocation: Invocation,
  context: CommandContext,
  work: (server: Server) => Promise<string>,
): Promise<ExitCode> {
  const { withServer } = await import("../registry/server-client.ts");
  context.stdout(`${visibleLines(await withServer(invocation, context, work))}\n`);
  return 0;
}
