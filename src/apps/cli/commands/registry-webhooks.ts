// SPDX-License-Identifier: Apache-2.0
import { readFile } from "node:fs/promises";
import { setTimeout as delay } from "node:timers/promises";
import { messageOf } from "#base";
import type { Command, CommandArgument, CommandContext, ExitCode, Invocation } from "../command.ts";
import { UsageError } from "../errors.ts";
import { FORMAT_OPTIONS } from "../policy/policy-option-table.ts";
import { SERVER_OPTIONS } from "../registry/server-option-table.ts";
import { writeAnswer } from "../registry/write-answer.ts";
import { visibleLines } from "../visible-lines.ts";

const NAME: CommandArgument = {
  name: "NAME",
  isRequired: true,
  isRepeated: false,
  description: "cli.registry.webhooks.name",
};
const DELIVERY: CommandArgument = { ...NAME, name: "DELIVERY", description: "cli.registry.webhooks.delivery" };
const STATES = ["pending", "delivered", "failed"];
const PAUSE_MS = 500;
/** One attempt; what is tried again later is shown as it is by then. */
const PATIENCE_MS = 40_000;

export const registryWebhooksListCommand: Command = {
  name: "registry webhooks list",
  summary: "cli.registry.webhooks.list.summary",
  arguments: [],
  options: [...FORMAT_OPTIONS, ...SERVER_OPTIONS],
  examples: ["haechi registry webhooks list"],
  run: list,
};

export const registryWebhooksCreateCommand: Command = {
  name: "registry webhooks create",
  summary: "cli.registry.webhooks.create.summary",
  arguments: [NAME, { ...NAME, name: "URL", description: "cli.registry.webhooks.url" }],
  options: [
    { name: "events", kind: "text", value: "EVENTS", description: "cli.registry.webhooks.events" },
    { name: "prefix", kind: "text", value: "PREFIX", description: "cli.registry.webhooks.prefix" },
    { name: "description", kind: "text", value: "TEXT", description: "cli.registry.webhooks.description" },
    { name: "receiver-ca", kind: "text", value: "FILE", description: "cli.registry.webhooks.receiverCa" },
    { name: "receiver-plain-http", kind: "flag", description: "cli.registry.webhooks.receiverPlainHttp" },
    { name: "disabled", kind: "flag", description: "cli.registry.webhooks.disabled" },
    ...FORMAT_OPTIONS,
    ...SERVER_OPTIONS,
  ],
  examples: [
    "haechi registry webhooks create chat https://chat.example/hook",
    "haechi registry webhooks create check https://check.example/hook --events image.pushed,approval.requested --prefix team",
  ],
  run: create,
};

export const registryWebhooksDeleteCommand: Command = {
  name: "registry webhooks delete",
  summary: "cli.registry.webhooks.delete.summary",
  arguments: [NAME],
  options: SERVER_OPTIONS,
  examples: ["haechi registry webhooks delete chat"],
  run: remove,
};

export const registryWebhooksTestCommand: Command = {
  name: "registry webhooks test",
  summary: "cli.registry.webhooks.test.summary",
  arguments: [NAME],
  options: [...FORMAT_OPTIONS, ...SERVER_OPTIONS],
  examples: ["haechi registry webhooks test chat"],
  exitCodes: "cli.registry.webhooks.test.exitCodes",
  run: test,
};

export const registryWebhooksDeliveriesCommand: Command = {
  name: "registry webhooks deliveries",
  summary: "cli.registry.webhooks.deliveries.summary",
  arguments: [],
  options: [
    { name: "webhook", kind: "text", value: "NAME", description: "cli.registry.webhooks.webhook" },
    { name: "state", kind: "text", value: "STATE", choices: STATES, description: "cli.registry.webhooks.state" },
    { name: "limit", kind: "text", value: "N", default: "20", description: "cli.registry.webhooks.limit" },
    ...FORMAT_OPTIONS,
    ...SERVER_OPTIONS,
  ],
  examples: ["haechi registry webhooks deliveries --webhook chat --state failed"],
  run: listDeliveries,
};

export const registryWebhooksRedeliverCommand: Command = {
  name: "registry webhooks redeliver",
  summary: "cli.registry.webhooks.redeliver.summary",
  arguments: [DELIVERY],
  options: SERVER_OPTIONS,
  examples: ["haechi registry webhooks redeliver 41"],
  run: redeliver,
};

export const registryWebhooksRotateKeyCommand: Command = {
  name: "registry webhooks rotate-key",
  summary: "cli.registry.webhooks.rotateKey.summary",
  arguments: [NAME],
  options: [...FORMAT_OPTIONS, ...SERVER_OPTIONS],
  examples: ["haechi registry webhooks rotate-key chat"],
  run: rotateKey,
};

async function list(invocation: Invocation, context: CommandContext): Promise<ExitCode> {
  const { parseAnswer, withServer } = await import("../registry/server-client.ts");
  const { webhookListAnswer } = await import("../registry/webhook-answers.ts");
  const { renderWebhooks } = await import("../registry/render-webhooks.ts");
  const answer = await withServer(invocation, context, async (server) =>
    parseAnswer(server, webhookListAnswer, await server.get("/api/v1/registry/webhooks")),
  );
  writeAnswer(invocation, context, { json: answer, render: () => renderWebhooks(answer, context.translate) });
  return 0;
}

async function create(invocation: Invocation, context: CommandContext): Promise<ExitCode> {
  const { parseAnswer, withServer } = await import("../registry/server-client.ts");
  const { signingKeyAnswer } = await import("../registry/webhook-answers.ts");
  const { renderSigningKey } = await import("../registry/render-webhooks.ts");
  const [name = "", url = ""] = invocation.arguments;
  const [events, prefix, description] = ["events", "prefix", "description"].map((each) => invocation.text(each));
  const certificateAuthority = await readOptional(invocation.text("receiver-ca"));
  const webhook = {
    url,
    isEnabled: !invocation.flag("disabled"),
    ...(events === undefined ? {} : { events: events.split(",").map((each) => each.trim()) }),
    ...(prefix === undefined ? {} : { prefix }),
    ...(description === undefined ? {} : { description }),
    ...(certificateAuthority === undefined ? {} : { certificateAuthority }),
    ...(invocation.flag("receiver-plain-http") ? { isPlainHttp: true } : {}),
  };
  const answer = await withServer(invocation, context, async (server) =>
    parseAnswer(server, signingKeyAnswer, await server.put("/api/v1/registry/webhook", { name, webhook })),
  );
  const text = `${context.translate("registryWebhooks.saved", { name })}\n${renderSigningKey(answer, context.translate)}`;
  writeAnswer(invocation, context, { json: answer, render: () => text });
  return 0;
}

async function remove(invocation: Invocation, context: CommandContext): Promise<ExitCode> {
  const { withServer } = await import("../registry/server-client.ts");
  const [name = ""] = invocation.arguments;
  const query = new URLSearchParams({ name });
  await withServer(invocation, context, (server) => server.delete(`/api/v1/registry/webhook?${query.toString()}`));
  context.stdout(`${visibleLines(context.translate("registryWebhooks.deleted", { name }))}\n`);
  return 0;
}

async function test(invocation: Invocation, context: CommandContext): Promise<ExitCode> {
  const { parseAnswer, withServer } = await import("../registry/server-client.ts");
  const { deliveryAnswer } = await import("../registry/webhook-answers.ts");
  const { renderDeliveries } = await import("../registry/render-webhooks.ts");
  const [name = ""] = invocation.arguments;
  const delivery = await withServer(invocation, context, async (server) => {
    let sent = parseAnswer(server, deliveryAnswer, await server.post("/api/v1/registry/webhooks/test", { name }));
    const endMs = performance.now() + PATIENCE_MS;
    while (sent.state === "pending" && sent.message === undefined && performance.now() < endMs) {
      await delay(PAUSE_MS, undefined, { signal: context.signal });
      const found = await server.get(`/api/v1/registry/webhooks/delivery?id=${sent.id}`);
      sent = parseAnswer(server, deliveryAnswer, found);
    }
    return sent;
  });
  writeAnswer(invocation, context, { json: delivery, render: () => renderDeliveries([delivery], context.translate) });
  return delivery.state === "delivered" ? 0 : 1;
}

async function listDeliveries(invocation: Invocation, context: CommandContext): Promise<ExitCode> {
  const { parseAnswer, withServer } = await import("../registry/server-client.ts");
  const { deliveryListAnswer } = await import("../registry/webhook-answers.ts");
  const { renderDeliveries } = await import("../registry/render-webhooks.ts");
  const given = ["webhook", "state", "limit"].flatMap((each): [string, string][] => {
    const value = invocation.text(each);
    return value === undefined ? [] : [[each, value]];
  });
  const path = `/api/v1/registry/webhooks/deliveries?${new URLSearchParams(given).toString()}`;
  const answer = await withServer(invocation, context, async (server) =>
    parseAnswer(server, deliveryListAnswer, await server.get(path)),
  );
  writeAnswer(invocation, context, {
    json: answer,
    render: () => renderDeliveries(answer.deliveries, context.translate),
  });
  return 0;
}

async function redeliver(invocation: Invocation, context: CommandContext): Promise<ExitCode> {
  const { withServer } = await import("../registry/server-client.ts");
  const { parseJobId } = await import("../registry/parse-job-id.ts");
  const id = parseJobId(invocation.arguments[0]);
  await withServer(invocation, context, (server) => server.post("/api/v1/registry/webhooks/redeliver", { id }));
  context.stdout(`${context.translate("registryWebhooks.redelivered", { id: String(id) })}\n`);
  return 0;
}

async function rotateKey(invocation: Invocation, context: CommandContext): Promise<ExitCode> {
  const { parseAnswer, withServer } = await import("../registry/server-client.ts");
  const { signingKeyAnswer } = await import("../registry/webhook-answers.ts");
  const { renderSigningKey } = await import("../registry/render-webhooks.ts");
  const [name = ""] = invocation.arguments;
  const answer = await withServer(invocation, context, async (server) =>
    parseAnswer(server, signingKeyAnswer, await server.post("/api/v1/registry/webhooks/rotate-key", { name })),
  );
  writeAnswer(invocation, context, { json: answer, render: () => renderSigningKey(answer, context.translate) });
  return 0;
}

async function readOptional(path: string | undefined): Promise<string | undefined> {
  try {
    return path === undefined ? undefined : await readFile(path, "utf8");
  } catch (error) {
    throw new UsageError("OPTION_INVALID", `--receiver-ca: ${messageOf(error)}`);
  }
}
