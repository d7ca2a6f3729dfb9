// SPDX-License-Identifier: Apache-2.0
import { readFile } from "node:fs/promises";
import { messageOf } from "#base";
import type { Command, CommandArgument, CommandContext, ExitCode, Invocation } from "../command.ts";
import { UsageError } from "../errors.ts";
import { FORMAT_OPTIONS } from "../policy/policy-option-table.ts";
import { SERVER_OPTIONS } from "../registry/server-option-table.ts";
import { visibleLines } from "../visible-lines.ts";

const NAME: CommandArgument = {
  name: "NAME",
  isRequired: true,
  isRepeated: false,
  description: "cli.registry.scanners.name",
};

export const registryScannersListCommand: Command = {
  name: "registry scanners list",
  summary: "cli.registry.scanners.list.summary",
  arguments: [],
  options: [...FORMAT_OPTIONS, ...SERVER_OPTIONS],
  examples: ["haechi registry scanners list"],
  run: list,
};

export const registryScannersSetCommand: Command = {
  name: "registry scanners set",
  summary: "cli.registry.scanners.set.summary",
  arguments: [NAME, { ...NAME, name: "URL", description: "cli.registry.scanners.url" }],
  options: [
    { name: "prefix", kind: "text", value: "PREFIX", description: "cli.registry.scanners.prefix" },
    { name: "counts", kind: "flag", description: "cli.registry.scanners.counts" },
    { name: "registry-url", kind: "text", value: "URL", description: "cli.registry.scanners.registryUrl" },
    { name: "scanner-ca", kind: "text", value: "FILE", description: "cli.registry.scanners.scannerCa" },
    { name: "scanner-username", kind: "text", value: "NAME", description: "cli.registry.scanners.username" },
    { name: "scanner-password-stdin", kind: "flag", description: "cli.registry.scanners.passwordStdin" },
    { name: "scanner-token-stdin", kind: "flag", description: "cli.registry.scanners.tokenStdin" },
    { name: "no-credentials", kind: "flag", description: "cli.registry.scanners.noCredentials" },
    { name: "description", kind: "text", value: "TEXT", description: "cli.registry.scanners.description" },
    { name: "disabled", kind: "flag", description: "cli.registry.scanners.disabled" },
    ...SERVER_OPTIONS,
  ],
  examples: [
    "haechi registry scanners set trivy https://trivy-adapter.example.com --prefix team",
    "haechi registry scanners set other https://scanner.example --counts --scanner-username haechi --scanner-password-stdin < password.txt",
  ],
  run: set,
};

export const registryScannersDeleteCommand: Command = {
  name: "registry scanners delete",
  summary: "cli.registry.scanners.delete.summary",
  arguments: [NAME],
  options: SERVER_OPTIONS,
  examples: ["haechi registry scanners delete trivy"],
  run: remove,
};

export const registryScannersAskCommand: Command = {
  name: "registry scanners ask",
  summary: "cli.registry.scanners.ask.summary",
  arguments: [NAME],
  options: [...FORMAT_OPTIONS, ...SERVER_OPTIONS],
  examples: ["haechi registry scanners ask trivy"],
  run: ask,
};

async function list(invocation: Invocation, context: CommandContext): Promise<ExitCode> {
  const { parseAnswer, withServer } = await import("../registry/server-client.ts");
  const { scannerListAnswer } = await import("../registry/scanner-answers.ts");
  const { renderScanners } = await import("../registry/render-scanners.ts");
  const { writeAnswer } = await import("../registry/write-answer.ts");
  const answer = await withServer(invocation, context, async (server) =>
    parseAnswer(server, scannerListAnswer, await server.get("/api/v1/registry/scanners")),
  );
  writeAnswer(invocation, context, { json: answer, render: () => renderScanners(answer, context.translate) });
  return 0;
}

async function set(invocation: Invocation, context: CommandContext): Promise<ExitCode> {
  const { withServer } = await import("../registry/server-client.ts");
  const { readScannerCredentials } = await import("../registry/read-scanner-credentials.ts");
  const [name = "", url = ""] = invocation.arguments;
  const [prefix, description, registryUrl] = ["prefix", "description", "registry-url"].map((each) =>
    invocation.text(each),
  );
  const certificateAuthority = await readAuthority(invocation.text("scanner-ca"));
  const credentials = await readScannerCredentials(invocation, context);
  const scanner = {
    url,
    isEnabled: !invocation.flag("disabled"),
    ...(prefix === undefined ? {} : { prefix }),
    ...(description === undefined ? {} : { description }),
    ...(registryUrl === undefined ? {} : { registryUrl }),
    ...(certificateAuthority === undefined ? {} : { certificateAuthority }),
    ...(invocation.flag("counts") ? { counts: true } : {}),
  };
  const body = { name, scanner, ...(credentials === undefined ? {} : { credentials }) };
  await withServer(invocation, context, (server) => server.put("/api/v1/registry/scanner", body));
  context.stdout(`${visibleLines(context.translate("registryScanners.saved", { name }))}\n`);
  return 0;
}

async function remove(invocation: Invocation, context: CommandContext): Promise<ExitCode> {
  const { withServer } = await import("../registry/server-client.ts");
  const [name = ""] = invocation.arguments;
  const query = new URLSearchParams({ name });
  await withServer(invocation, context, (server) => server.delete(`/api/v1/registry/scanner?${query.toString()}`));
  context.stdout(`${visibleLines(context.translate("registryScanners.deleted", { name }))}\n`);
  return 0;
}

async function ask(invocation: Invocation, context: CommandContext): Promise<ExitCode> {
  const { parseAnswer, withServer } = await import("../registry/server-client.ts");
  const { registryJobAnswer } = await import("../registry/registry-job-answer.ts");
  const { writeJob } = await import("../registry/write-job.ts");
  const job = await withServer(invocation, context, async (server) =>
    parseAnswer(
      server,
      registryJobAnswer,
      await server.post("/api/v1/registry/scanners/scan", { name: invocation.arguments[0] }),
    ),
  );
  writeJob(job, invocation, context);
  return 0;
}

async function readAuthority(path: string | undefined): Promise<string | undefined> {
  try {
    return path === undefined ? undefined : await readFile(path, "utf8");
  } catch (error) {
    throw new UsageError("OPTION_INVALID", `--scanner-ca: ${messageOf(error)}`);
  }
}
