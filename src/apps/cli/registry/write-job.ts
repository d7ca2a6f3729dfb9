// SPDX-License-Identifier: Apache-2.0
import type { CommandContext, Invocation } from "../command.ts";
import type { RegistryJobAnswer } from "./registry-job-answer.ts";
import { renderJob } from "./render-jobs.ts";
import { writeAnswer } from "./write-answer.ts";

/** Writes one job as `--format` and `--output` say. */
export function writeJob(job: RegistryJobAnswer, invocation: Invocation, context: CommandContext): void {
  writeAnswer(invocation, context, { json: job, render: () => renderJob(job, context.translate) });
}
