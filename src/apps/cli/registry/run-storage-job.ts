// SPDX-License-Identifier: Apache-2.0
import type { Translate } from "#messages";
import type { CommandContext, ExitCode, Invocation } from "../command.ts";
import { visibleLines } from "../visible-lines.ts";
import { writeOutput } from "../write-output.ts";
import { type RegistryJobAnswer, registryJobAnswer } from "./registry-job-answer.ts";
import { parseAnswer, withServer } from "./server-client.ts";
import { exitCodeOf, watchJob } from "./watch-job.ts";
import { writeJob } from "./write-job.ts";

/** Long work that one request asks for. */
export interface AskedWork {
  readonly path: string;
  readonly body?: object;
  /** What came of it, for people; `undefined` when it cannot be read. */
  readonly render: (result: unknown, translate: Translate) => string | undefined;
  /** Whether what came of it is what one hopes for; default: whatever it is. */
  readonly isGood?: (result: unknown) => boolean;
}

/** Asks for the work, waits for its end unless `--no-wait`, and writes what came of it. */
export async function runStorageJob(
  work: AskedWork,
  invocation: Invocation,
  context: CommandContext,
): Promise<ExitCode> {
  const job = await withServer(invocation, context, async (server): Promise<RegistryJobAnswer> => {
    const asked = parseAnswer(server, registryJobAnswer, await server.post(work.path, work.body));
    return invocation.flag("no-wait") ? asked : await watchJob(server, asked.id, context);
  });
  const text =
    invocation.text("format") === "json" || job.state !== "done"
      ? undefined
      : work.render(job.result, context.translate);
  if (text === undefined) {
    writeJob(job, invocation, context);
  } else {
    writeOutput(visibleLines(text), invocation.text("output"), context);
  }
  if (invocation.flag("no-wait")) {
    return 0;
  }
  return job.state === "done" && work.isGood?.(job.result) === false ? 1 : exitCodeOf(job);
}
