// SPDX-License-Identifier: Apache-2.0
import { renderSize, type Translate } from "#messages";
import type { Command, CommandContext, ExitCode, Invocation } from "../command.ts";
import { UsageError } from "../errors.ts";
import { FORMAT_OPTIONS } from "../policy/policy-option-table.ts";
import type { RepositoryAnswer, TagAnswer } from "../registry/content-answers.ts";
import { SERVER_OPTIONS } from "../registry/server-option-table.ts";
import { writeAnswer } from "../registry/write-answer.ts";
import { renderRows } from "../render-rows.ts";
import { visibleLines } from "../visible-lines.ts";

export const registryRepositoriesCommand: Command = {
  name: "registry repositories",
  summary: "cli.registry.repositories.summary",
  arguments: [{ name: "PREFIX", isRequired: false, isRepeated: false, description: "cli.registry.content.prefix" }],
  options: [...FORMAT_OPTIONS, ...SERVER_OPTIONS],
  examples: ["haechi registry repositories team"],
  run: listRepositories,
};

export const registryTagsCommand: Command = {
  name: "registry tags",
  summary: "cli.registry.tags.summary",
  arguments: [
    { name: "REPOSITORY", isRequired: true, isRepeated: false, description: "cli.registry.content.repository" },
  ],
  options: [...FORMAT_OPTIONS, ...SERVER_OPTIONS],
  examples: ["haechi registry tags team/app"],
  run: listTags,
};

export const registryDeleteCommand: Command = {
  name: "registry delete",
  summary: "cli.registry.delete.summary",
  arguments: [{ name: "IMAGE", isRequired: true, isRepeated: true, description: "cli.registry.delete.image" }],
  options: [{ name: "yes", short: "y", kind: "flag", description: "cli.registry.delete.yes" }, ...SERVER_OPTIONS],
  examples: ["haechi registry delete team/app:1.0 --yes", "haechi registry delete team/app@sha256:… --yes"],
  run: deleteContent,
};

async function listRepositories(invocation: Invocation, context: CommandContext): Promise<ExitCode> {
  const { withServer } = await import("../registry/server-client.ts");
  const { fetchRepositories } = await import("../registry/content-answers.ts");
  const repositories = await withServer(invocation, context, (server) =>
    Array.fromAsync(fetchRepositories(server, invocation.arguments[0] ?? "")),
  );
  writeAnswer(invocation, context, {
    json: { repositories },
    render: () => renderRepositories(repositories, context.translate),
  });
  return 0;
}

async function listTags(invocation: Invocation, context: CommandContext): Promise<ExitCode> {
  const { withServer } = await import("../registry/server-client.ts");
  const { fetchTags } = await import("../registry/content-answers.ts");
  const [repository = ""] = invocation.arguments;
  const tags = await withServer(invocation, context, (server) => Array.fromAsync(fetchTags(server, repository)));
  writeAnswer(invocation, context, { json: { repository, tags }, render: () => renderTags(tags, context.translate) });
  return 0;
}

async function deleteContent(invocation: Invocation, context: CommandContext): Promise<ExitCode> {
  const { withServer } = await import("../registry/server-client.ts");
  const paths = invocation.arguments.map((name) => ({ name, path: pathOf(name) }));
  if (!invocation.flag("yes") && !(await isConfirmed(invocation.arguments, context))) {
    context.stderr(`${context.translate("registrySettings.delete.notConfirmed")}\n`);
    return 2;
  }
  await withServer(invocation, context, async (server) => {
    for (const { name, path } of paths) {
      await server.delete(path);
      context.stdout(`${visibleLines(context.translate("registrySettings.delete.done", { name }))}\n`);
    }
  });
  return 0;
}

async function isConfirmed(names: readonly string[], context: CommandContext): Promise<boolean> {
  if (!context.isTerminal) {
    throw new UsageError("OPTION_INVALID", "deleting without a terminal needs --yes");
  }
  const { askOnTerminal } = await import("../gate/ask-on-terminal.ts");
  context.stderr(visibleLines(context.translate("registrySettings.delete.question", { names: names.join(", ") })));
  return (await askOnTerminal(context)) === "delete";
}

function pathOf(name: string): string {
  const [, repository = "", tag, digest] = /^([^:@]{1,255})(?::([^:@]{1,128})|@(\S{1,200}))$/.exec(name) ?? [];
  if (repository === "") {
    const found = name.slice(0, 100);
    throw new UsageError("ARGUMENT_INVALID", `expected REPOSITORY:TAG or REPOSITORY@DIGEST, found "${found}"`);
  }
  return tag === undefined
    ? `/api/v1/registry/manifest?${new URLSearchParams({ repository, digest: digest ?? "" }).toString()}`
    : `/api/v1/registry/tag?${new URLSearchParams({ repository, tag }).toString()}`;
}

function renderRepositories(repositories: readonly RepositoryAnswer[], translate: Translate): string {
  return renderRows([
    [
      translate("registrySettings.column.repository"),
      translate("registrySettings.column.tags"),
      translate("registrySettings.column.manifests"),
      translate("registrySettings.column.bytes"),
      translate("registrySettings.column.pushedAt"),
      translate("registrySettings.column.pulledAt"),
    ],
    ...repositories.map(({ repository, tags, manifests, bytes, pushedAt = "-", pulledAt = "-" }) => [
      repository,
      String(tags),
      String(manifests),
      renderSize(bytes),
      pushedAt,
      pulledAt,
    ]),
  ]);
}

function renderTags(tags: readonly TagAnswer[], translate: Translate): string {
  return renderRows([
    [
      translate("registrySettings.column.tag"),
      translate("registrySettings.column.pushedAt"),
      translate("registrySettings.column.pushedBy"),
      translate("registrySettings.column.pulledAt"),
      translate("registrySettings.column.digest"),
    ],
    ...tags.map(({ name, pushedAt, pushedBy, pulledAt = "-", digest }) => [name, pushedAt, pushedBy, pulledAt, digest]),
  ]);
}
