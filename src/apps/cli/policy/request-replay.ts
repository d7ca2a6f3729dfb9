// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from "node:fs";
import { CodedError, LIMITS, parseDurationMs } from "#base";
import { readPolicyFiles } from "#policy-files";
import type { CommandContext, Invocation } from "../command.ts";
import { UsageError } from "../errors.ts";
import { parseAnswer, withServer } from "../registry/server-client.ts";
import { type ReplayAnswer, replayAnswer } from "./replay-answer.ts";

/** Signs in, asks, and signs out again. Throws UsageError, errors of policy files, ServerError. */
export async function requestReplay(invocation: Invocation, context: CommandContext): Promise<ReplayAnswer> {
  const since = invocation.text("since") ?? "";
  if (parseDurationMs(since) === undefined) {
    throw new UsageError("OPTION_INVALID", "--since takes a duration such as 30d");
  }
  const policies = await readPolicies(invocation.arguments);
  const body = { policies, since, only: invocation.flag("only"), lang: context.language };
  return await withServer(invocation, context, async (server) =>
    parseAnswer(server, replayAnswer, await server.post("/api/v1/policy/replay", body)),
  );
}

/** The files as one text; read first, so that what is wrong with them is said with file and line. */
async function readPolicies(files: readonly string[]): Promise<string> {
  await readPolicyFiles(files);
  const text = files.map((file) => readFileSync(file, "utf8").replace(/\n*$/, "\n")).join("---\n");
  if (Buffer.byteLength(text) > LIMITS.maxPolicyBytes) {
    throw new CodedError("OPTION_INVALID", `the files together are larger than ${LIMITS.maxPolicyBytes} bytes`);
  }
  return text;
}
