// SPDX-License-Identifier: Apache-2.0
import type { Command, CommandArgument, CommandContext, ExitCode, Invocation } from "../command.ts";
import { UsageError } from "../errors.ts";
import { FORMAT_OPTIONS } from "../policy/policy-option-table.ts";
import { SERVER_OPTIONS } from "../registry/server-option-table.ts";
import { writeAnswer } from "../registry/write-answer.ts";
import { visibleLines } from "../visible-lines.ts";

const RULE: CommandArgument = {
  name: "RULE",
  isRequired: true,
  isRepeated: false,
  description: "cli.registry.promote.rule",
};
const JOB: CommandArgument = {
  name: "JOB",
  isRequired: true,
  isRepeated: false,
  description: "cli.registry.jobs.id",
};

export const registryPromoteRequestCommand: Command = {
  name: "registry promote request",
  summary: "cli.registry.promote.request.summary",
  arguments: [
    RULE,
    { name: "REPOSITORY:TAG", isRequired: true, isRepeated: false, description: "cli.registry.promote.image" },
  ],
  options: [...FORMAT_OPTIONS, ...SERVER_OPTIONS],
  examples: ["haechi registry promote request dev-to-prod dev/team/app:1.4"],
  run: request,
};

export const registryPromoteApproveCommand: Command = {
  name: "registry promote approve",
  summary: "cli.registry.promote.approve.summary",
  arguments: [JOB],
  options: [...FORMAT_OPTIONS, ...SERVER_OPTIONS],
  examples: ["haechi registry promote approve 17"],
  run: (invocation, context) => decide("approve", invocation, context),
};

export const registryPromoteRejectCommand: Command = {
  name: "registry promote reject",
  summary: "cli.registry.promote.reject.summary",
  arguments: [JOB],
  options: [...FORMAT_OPTIONS, ...SERVER_OPTIONS],
  examples: ["haechi registry promote reject 17"],
  run: (invocation, context) => decide("reject", invocation, context),
};

export const registryPromoteListCommand: Command = {
  name: "registry promote list",
  summary: "cli.registry.promote.list.summary",
  arguments: [],
  options: [...FORMAT_OPTIONS, ...SERVER_OPTIONS],
  examples: ["haechi registry promote list"],
  run: list,
};

export const registryPromoteRulesCommand: Command = {
  name: "registry promote rules",
  summary: "cli.registry.promote.rules.summary",
  arguments: [],
  options: [...FORMAT_OPTIONS, ...SERVER_OPTIONS],
  examples: ["haechi registry promote rules"],
  run: rules,
};

export const registryPromoteSetRuleCommand: Command = {
  name: "registry promote set-rule",
  summary: "cli.registry.promote.setRule.summary",
  arguments: [
    RULE,
    { name: "FROM", isRequired: true, isRepeated: false, description: "cli.registry.promote.from" },
    { name: "TO", isRequired: true, isRepeated: false, description: "cli.registry.promote.to" },
  ],
  options: [
    { name: "tag", kind: "list", value: "PATTERN", description: "cli.registry.promote.tag" },
    { name: "registry", kind: "text", value: "REGISTRY", description: "cli.registry.promote.registry" },
    { name: "credentials", kind: "text", value: "NAME", description: "cli.registry.import.credentials" },
    { name: "source-plain-http", kind: "flag", description: "cli.registry.import.sourcePlainHttp" },
    { name: "no-approval", kind: "flag", description: "cli.registry.promote.noApproval" },
    { name: "mutable", kind: "flag", description: "cli.registry.promote.mutable" },
    ...SERVER_OPTIONS,
  ],
  examples: ["haechi registry promote set-rule dev-to-prod dev prod --tag 'v*'"],
  run: setRule,
};

export const registryPromoteDeleteRuleCommand: Command = {
  name: "registry promote delete-rule",
  summary: "cli.registry.promote.deleteRule.summary",
  arguments: [RULE],
  options: SERVER_OPTIONS,
  examples: ["haechi registry promote delete-rule dev-to-prod"],
  run: deleteRule,
};

async function request(invocation: Invocation, context: CommandContext): Promise<ExitCode> {
  const { parseAnswer, withServer } = await import("../registry/server-client.ts");
  const { registryJobAnswer } = await import("../registry/registry-job-answer.ts");
  const { writeJob } = await import("../registry/write-job.ts");
  const [rule, image = ""] = invocation.arguments;
  const at = image.lastIndexOf(":");
  if (at <= 0 || image.slice(at).includes("/") || image.includes("@")) {
    throw new UsageError("ARGUMENT_INVALID", "expected REPOSITORY:TAG of this registry, without its name");
  }
  const body = { rule, repository: image.slice(0, at), tag: image.slice(at + 1) };
  const job = await withServer(invocation, context, async (server) =>
    parseAnswer(server, registryJobAnswer, await server.post("/api/v1/registry/promotions", body)),
  );
  writeJob(job, invocation, context);
  return 0;
}

async function decide(verb: "approve" | "reject", invocation: Invocation, context: CommandContext): Promise<ExitCode> {
  const { parseAnswer, withServer } = await import("../registry/server-client.ts");
  const { registryJobAnswer } = await import("../registry/registry-job-answer.ts");
  const { parseJobId } = await import("../registry/parse-job-id.ts");
  const { writeJob } = await import("../registry/write-job.ts");
  const id = parseJobId(invocation.arguments[0]);
  const job = await withServer(invocation, context, async (server) =>
    parseAnswer(server, registryJobAnswer, await server.post(`/api/v1/registry/jobs/${verb}`, { id })),
  );
  writeJob(job, invocation, context);
  return 0;
}

async function list(invocation: Invocation, context: CommandContext): Promise<ExitCode> {
  const { parseAnswer, withServer } = await import("../registry/server-client.ts");
  const { promotionsAnswer } = await import("../registry/promotion-answers.ts");
  const { renderJobs } = await import("../registry/render-jobs.ts");
  const { jobs } = await withServer(invocation, context, async (server) =>
    parseAnswer(server, promotionsAnswer, await server.get("/api/v1/registry/promotions?limit=100")),
  );
  writeAnswer(invocation, context, { json: { jobs }, render: () => renderJobs(jobs, context.translate) });
  return 0;
}

async function rules(invocation: Invocation, context: CommandContext): Promise<ExitCode> {
  const { parseAnswer, withServer } = await import("../registry/server-client.ts");
  const { promotionRulesAnswer, renderPromotionRules } = await import("../registry/promotion-answers.ts");
  const answer = await withServer(invocation, context, async (server) =>
    parseAnswer(server, promotionRulesAnswer, await server.get("/api/v1/registry/promotion/rules")),
  );
  writeAnswer(invocation, context, {
    json: answer,
    render: () => renderPromotionRules(answer.rules, context.translate),
  });
  return 0;
}

async function setRule(invocation: Invocation, context: CommandContext): Promise<ExitCode> {
  const { withServer } = await import("../registry/server-client.ts");
  const [name = "", from = "", to = ""] = invocation.arguments;
  const { upstreamSecret } = await import("../registry/upstream-secret.ts");
  const tags = invocation.list("tag");
  const registry = invocation.text("registry");
  const rule = {
    from,
    to,
    ...(registry === undefined ? {} : { registry }),
    ...upstreamSecret(invocation.text("credentials")),
    ...(invocation.flag("source-plain-http") ? { isPlainHttp: true } : {}),
    ...(tags.length === 0 ? {} : { tags }),
    needsApproval: !invocation.flag("no-approval"),
    isImmutable: !invocation.flag("mutable"),
  };
  await withServer(invocation, context, (server) => server.put("/api/v1/registry/promotion/rule", { name, rule }));
  context.stdout(`${visibleLines(context.translate("registryTransfer.promotion.ruleSet", { name, from, to }))}\n`);
  return 0;
}

async function deleteRule(invocation: Invocation, context: CommandContext): Promise<ExitCode> {
  const { withServer } = await import("../registry/server-client.ts");
  const [name = ""] = invocation.arguments;
  await withServer(invocation, context, (server) =>
    server.delete(`/api/v1/registry/promotion/rule?name=${encodeURIComponent(name)}`),
  );
  context.stdout(`${visibleLines(context.translate("registryTransfer.promotion.ruleRemoved", { name }))}\n`);
  return 0;
}
