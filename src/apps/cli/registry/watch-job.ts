// SPDX-License-Identifier: Apache-2.0
import { setTimeout as pause } from "node:timers/promises";
import type { CommandContext, ExitCode } from "../command.ts";
import { visibleLines } from "../visible-lines.ts";
import { fetchJob, type RegistryJobAnswer } from "./registry-job-answer.ts";
import { renderJobLine } from "./render-jobs.ts";
import type { Server } from "./server-client.ts";

const INTERVAL_MS = 1_000;

/** Says on standard error how far the job is, until it has ended. A job that waits for approval is waited for. */
export async function watchJob(server: Server, id: number, context: CommandContext): Promise<RegistryJobAnswer> {
  let said = "";
  for (;;) {
    const job = await fetchJob(server, id);
    const line = visibleLines(renderJobLine(job, context.translate)).trimEnd();
    if (line !== said) {
      context.stderr(`${line}\n`);
      said = line;
    }
    if (hasEnded(job)) {
      return job;
    }
    await pause(INTERVAL_MS, undefined, { signal: context.signal });
  }
}

/** 0 when it is done, 1 when it ended in another way. */
export function exitCodeOf(job: RegistryJobAnswer): ExitCode {
  return job.state === "done" ? 0 : 1;
}

function hasEnded({ state }: RegistryJobAnswer): boolean {
  return state === "done" || state === "failed" || state === "cancelled" || state === "rejected";
}
