// SPDX-License-Identifier: Apache-2.0
import { renderSize, type Translate } from "#messages";
import { renderRows } from "../render-rows.ts";
import type { RegistryJobAnswer } from "./registry-job-answer.ts";

/** A table of jobs, newest first. */
export function renderJobs(jobs: readonly RegistryJobAnswer[], translate: Translate): string {
  if (jobs.length === 0) {
    return `${translate("registryJobs.none")}\n`;
  }
  return renderRows([
    [
      translate("registryJobs.column.id"),
      translate("registryJobs.column.kind"),
      translate("registryJobs.column.state"),
      translate("registryJobs.column.progress"),
      translate("registryJobs.column.requestedBy"),
      translate("registryJobs.column.requestedAt"),
      translate("registryJobs.column.target"),
    ],
    ...jobs.map((job) => [
      String(job.id),
      job.kind,
      stateOf(job, translate),
      renderProgress(job),
      job.requestedBy,
      job.requestedAt,
      job.target,
    ]),
  ]);
}

/** Everything about one job; the result is JSON, since each kind has its own. */
export function renderJob(job: RegistryJobAnswer, translate: Translate): string {
  const rows: (readonly string[])[] = [
    [translate("registryJobs.column.id"), String(job.id)],
    [translate("registryJobs.column.kind"), job.kind],
    [translate("registryJobs.column.target"), job.target],
    [translate("registryJobs.column.state"), stateOf(job, translate)],
    [translate("registryJobs.column.progress"), renderProgress(job)],
    [translate("registryJobs.column.requestedBy"), job.requestedBy],
    [translate("registryJobs.column.requestedAt"), job.requestedAt],
  ];
  const rest: readonly (readonly [string, string | undefined])[] = [
    [translate("registryJobs.decidedBy"), job.decidedBy],
    [translate("registryJobs.startedAt"), job.startedAt],
    [translate("registryJobs.finishedAt"), job.finishedAt],
    [translate("registryJobs.attempts"), job.attempts > 1 ? String(job.attempts) : undefined],
    [translate("registryJobs.message"), job.message],
  ];
  for (const [label, value] of rest) {
    if (value !== undefined) {
      rows.push([label, value]);
    }
  }
  const result =
    job.result === undefined
      ? ""
      : `${translate("registryJobs.result")}\n${JSON.stringify(job.result, undefined, 2).replaceAll(/^/gm, "  ")}\n`;
  return renderRows(rows) + result;
}

/** One line on how far it is, such as `running 12/40 (30 %)`. */
export function renderJobLine(job: RegistryJobAnswer, translate: Translate): string {
  const parts = [stateOf(job, translate), renderProgress(job), job.message ?? ""];
  return parts.filter((part) => part !== "").join("  ");
}

function stateOf(job: RegistryJobAnswer, translate: Translate): string {
  return translate(job.isCancelling === true ? "registryJobs.state.cancelling" : `registryJobs.state.${job.state}`);
}

function renderProgress({ done, total, unit, state }: RegistryJobAnswer): string {
  if (done === 0 && total === 0) {
    return "";
  }
  const amount = unit === "bytes" ? renderSize : String;
  const percent = total > 0 && state === "running" ? ` (${Math.min(100, Math.floor((done / total) * 100))} %)` : "";
  return total === 0 ? amount(done) : `${amount(done)}/${amount(total)}${percent}`;
}
