// SPDX-License-Identifier: Apache-2.0
import type { Command, CommandArgument, CommandContext, CommandOption, ExitCode, Invocation } from "../command.ts";
import { UsageError } from "../errors.ts";
import { FORMAT_OPTIONS } from "../policy/policy-option-table.ts";
import { SERVER_OPTIONS } from "../registry/server-option-table.ts";

const ROLES = ["ADMIN", "IMAGE_UPLOADER", "PERMISSION", "VIEWER"];
const NAME: CommandArgument = {
  name: "NAME",
  isRequired: true,
  isRepeated: false,
  description: "cli.registry.accounts.name",
};
const GRANT: CommandOption = {
  name: "grant",
  kind: "list",
  value: "PREFIX=ROLE",
  description: "cli.registry.accounts.grant",
};

export const registryAccountsListCommand: Command = {
  name: "registry accounts list",
  summary: "cli.registry.accounts.list.summary",
  arguments: [],
  options: [...FORMAT_OPTIONS, ...SERVER_OPTIONS],
  examples: ["haechi registry accounts list"],
  run: runList,
};

export const registryAccountsCreateCommand: Command = {
  name: "registry accounts create",
  summary: "cli.registry.accounts.create.summary",
  arguments: [NAME],
  options: [
    {
      name: "role",
      kind: "text",
      value: "ROLE",
      choices: ROLES,
      default: "VIEWER",
      description: "cli.registry.accounts.role",
    },
    GRANT,
    { name: "robot", kind: "flag", description: "cli.registry.accounts.robot" },
    ...FORMAT_OPTIONS,
    ...SERVER_OPTIONS,
  ],
  examples: [
    "haechi registry accounts create kim --role IMAGE_UPLOADER",
    "haechi registry accounts create ci --robot --grant team=IMAGE_UPLOADER --grant base=VIEWER",
  ],
  run: runCreate,
};

export const registryAccountsChangeCommand: Command = {
  name: "registry accounts change",
  summary: "cli.registry.accounts.change.summary",
  arguments: [NAME],
  options: [
    { name: "role", kind: "text", value: "ROLE", choices: ROLES, description: "cli.registry.accounts.role" },
    GRANT,
    { name: "no-grants", kind: "flag", description: "cli.registry.accounts.noGrants" },
    ...FORMAT_OPTIONS,
    ...SERVER_OPTIONS,
  ],
  examples: ["haechi registry accounts change ci --grant team=VIEWER"],
  run: runChange,
};

export const registryAccountsDisableCommand: Command = stateCommand("disable", "disabled");
export const registryAccountsEnableCommand: Command = stateCommand("enable", "active");

export const registryAccountsRemoveCommand: Command = {
  name: "registry accounts remove",
  summary: "cli.registry.accounts.remove.summary",
  arguments: [NAME],
  options: SERVER_OPTIONS,
  examples: ["haechi registry accounts remove kim"],
  run: runRemove,
};

export const registryAccountsResetPasswordCommand: Command = {
  name: "registry accounts reset-password",
  summary: "cli.registry.accounts.resetPassword.summary",
  arguments: [NAME],
  options: SERVER_OPTIONS,
  examples: ["haechi registry accounts reset-password kim"],
  run: runResetPassword,
};

export const registryAccountsPasswordCommand: Command = {
  name: "registry accounts password",
  summary: "cli.registry.accounts.password.summary",
  arguments: [],
  options: SERVER_OPTIONS.map((option) =>
    option.name === "password-stdin" ? { ...option, description: "cli.registry.accounts.password.stdin" } : option,
  ),
  examples: [
    "HAECHI_PASSWORD=… HAECHI_NEW_PASSWORD=… haechi registry accounts password --username kim",
    "haechi registry accounts password --username kim --password-stdin < both-passwords.txt",
  ],
  run: runPassword,
};

function stateCommand(verb: "disable" | "enable", state: "disabled" | "active"): Command {
  return {
    name: `registry accounts ${verb}`,
    summary: `cli.registry.accounts.${verb}.summary`,
    arguments: [NAME],
    options: [...FORMAT_OPTIONS, ...SERVER_OPTIONS],
    examples: [`haechi registry accounts ${verb} kim`],
    run: (invocation, context) => update(invocation, context, { state }),
  };
}

async function runList(invocation: Invocation, context: CommandContext): Promise<ExitCode> {
  const { withServer } = await import("../registry/server-client.ts");
  const { fetchAccounts } = await import("../registry/account-answers.ts");
  const { renderAccounts } = await import("../registry/render-accounts.ts");
  const { writeAnswer } = await import("../registry/write-answer.ts");
  const accounts = await withServer(invocation, context, fetchAccounts);
  writeAnswer(invocation, context, { json: accounts, render: () => renderAccounts(accounts, context.translate) });
  return 0;
}

async function runCreate(invocation: Invocation, context: CommandContext): Promise<ExitCode> {
  const { parseAnswer, withServer } = await import("../registry/server-client.ts");
  const { accountWithPassword } = await import("../registry/account-answers.ts");
  const { renderAccounts } = await import("../registry/render-accounts.ts");
  const { writeAnswer } = await import("../registry/write-answer.ts");
  const body = {
    name: nameOf(invocation),
    role: invocation.text("role"),
    kind: invocation.flag("robot") ? "robot" : "person",
    grants: grantsOf(invocation),
  };
  const made = await withServer(invocation, context, async (server) =>
    parseAnswer(server, accountWithPassword, await server.post("/api/v1/registry/accounts", body)),
  );
  writeAnswer(invocation, context, {
    json: made,
    render: () =>
      made.password === undefined ? renderAccounts([made.account], context.translate) : `${made.password}\n`,
  });
  if (made.password !== undefined) {
    context.stderr(`${context.translate("registryAccounts.firstPassword", { name: made.account.name })}\n`);
  }
  return 0;
}

async function runChange(invocation: Invocation, context: CommandContext): Promise<ExitCode> {
  const grants = grantsOf(invocation);
  const role = invocation.text("role");
  const isCleared = invocation.flag("no-grants");
  if (isCleared && grants.length > 0) {
    throw new UsageError("OPTION_INVALID", "--no-grants and --grant contradict each other");
  }
  if (role === undefined && grants.length === 0 && !isCleared) {
    throw new UsageError("OPTION_INVALID", "expected --role, --grant or --no-grants");
  }
  return await update(invocation, context, {
    ...(role === undefined ? {} : { role }),
    ...(isCleared || grants.length > 0 ? { grants } : {}),
  });
}

async function update(invocation: Invocation, context: CommandContext, changes: object): Promise<ExitCode> {
  const { withServer } = await import("../registry/server-client.ts");
  const { fetchAccount } = await import("../registry/account-answers.ts");
  const { renderAccounts } = await import("../registry/render-accounts.ts");
  const { writeAnswer } = await import("../registry/write-answer.ts");
  const name = nameOf(invocation);
  const changed = await withServer(invocation, context, async (server) => {
    const { id } = await fetchAccount(server, name);
    await server.put(`/api/v1/registry/accounts/${id}`, changes);
    return await fetchAccount(server, name);
  });
  writeAnswer(invocation, context, { json: changed, render: () => renderAccounts([changed], context.translate) });
  return 0;
}

async function runRemove(invocation: Invocation, context: CommandContext): Promise<ExitCode> {
  const { withServer } = await import("../registry/server-client.ts");
  const { fetchAccount } = await import("../registry/account-answers.ts");
  const name = nameOf(invocation);
  await withServer(invocation, context, async (server) => {
    const { id } = await fetchAccount(server, name);
    await server.delete(`/api/v1/registry/accounts/${id}`);
  });
  context.stdout(`${context.translate("registryAccounts.removed", { name })}\n`);
  return 0;
}

async function runResetPassword(invocation: Invocation, context: CommandContext): Promise<ExitCode> {
  const { parseAnswer, withServer } = await import("../registry/server-client.ts");
  const { accountWithPassword, fetchAccount } = await import("../registry/account-answers.ts");
  const name = nameOf(invocation);
  const { password = "" } = await withServer(invocation, context, async (server) => {
    const { id } = await fetchAccount(server, name);
    return parseAnswer(server, accountWithPassword, await server.post(`/api/v1/registry/accounts/${id}/password`));
  });
  context.stderr(`${context.translate("registryAccounts.firstPassword", { name })}\n`);
  context.stdout(`${password}\n`);
  return 0;
}

async function runPassword(invocation: Invocation, context: CommandContext): Promise<ExitCode> {
  const { withServerAs } = await import("../registry/server-client.ts");
  const { readPasswordChange } = await import("../registry/server-credentials.ts");
  const { credentials, newPassword } = await readPasswordChange(invocation, context);
  const { name, password: currentPassword } = credentials;
  await withServerAs(credentials, { invocation, context }, async (server) => {
    await server.post("/api/v1/session/password", { currentPassword, newPassword });
  });
  context.stdout(`${context.translate("registryAccounts.passwordChanged", { name })}\n`);
  return 0;
}

function nameOf(invocation: Invocation): string {
  return invocation.arguments[0] ?? "";
}

/** `PREFIX=ROLE`; the prefix `*` is every repository. */
function grantsOf(invocation: Invocation): readonly { readonly prefix: string; readonly role: string }[] {
  return invocation.list("grant").map((text) => {
    const [prefix = "", role = "", ...rest] = text.split("=");
    if (prefix === "" || !ROLES.includes(role) || rest.length > 0) {
      throw new UsageError(
        "OPTION_INVALID",
        `--grant takes PREFIX=ROLE with one of ${ROLES.join(", ")}, found "${text}"`,
      );
    }
    return { prefix: prefix === "*" ? "" : prefix, role };
  });
}
