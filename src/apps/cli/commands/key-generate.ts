// SPDX-License-Identifier: Apache-2.0
import { existsSync, writeFileSync } from "node:fs";
import { CodedError, messageOf } from "#base";
import type { Command, CommandContext, ExitCode, Invocation } from "../command.ts";
import { UsageError } from "../errors.ts";

export const keyGenerateCommand: Command = {
  name: "key generate",
  summary: "cli.key.generate.summary",
  arguments: [],
  options: [
    {
      name: "output-key-prefix",
      kind: "text",
      value: "PREFIX",
      default: "haechi",
      description: "cli.key.generate.output",
    },
    { name: "key-password-stdin", kind: "flag", description: "cli.sign.keyPasswordStdin" },
  ],
  examples: ["COSIGN_PASSWORD=… haechi key generate --output-key-prefix team"],
  run: runKeyGenerate,
};

async function runKeyGenerate(invocation: Invocation, context: CommandContext): Promise<ExitCode> {
  const password = invocation.flag("key-password-stdin")
    ? (await context.readStdin()).replace(/\r?\n$/, "")
    : context.environment.keyPassword;
  if (password === undefined) {
    throw new UsageError("OPTION_INVALID", "expected a password in COSIGN_PASSWORD or --key-password-stdin");
  }
  const prefix = invocation.text("output-key-prefix") ?? "haechi";
  const files = { privateKey: `${prefix}.key`, publicKey: `${prefix}.pub` };
  // both before either is written: half a pair helps nobody
  for (const file of Object.values(files).filter((each) => existsSync(each))) {
    throw new CodedError("OUTPUT_UNWRITABLE", context.translate("cli.key.generate.exists", { file }));
  }
  const { generateCosignKeyPair } = await import("#signing");
  const pair = await generateCosignKeyPair(password);
  writeNew(files.privateKey, pair.privateKey, 0o600);
  writeNew(files.publicKey, pair.publicKey, 0o644);
  context.stdout(`${context.translate("cli.key.generate.done", files)}\n`);
  return 0;
}

/** A key that is there is never overwritten: what it signed could not be signed again. */
function writeNew(file: string, text: string, mode: number): void {
  try {
    writeFileSync(file, text, { mode, flag: "wx" });
  } catch (error) {
    throw new CodedError("OUTPUT_UNWRITABLE", `cannot write ${file}: ${messageOf(error)}`, { cause: error });
  }
}
