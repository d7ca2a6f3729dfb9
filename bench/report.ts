// SPDX-License-Identifier: Apache-2.0
import { cpus, loadavg, totalmem } from "node:os";

/** One line of a table: our figure, the peer's in the same run, and the aim. */
export interface BenchRow {
  readonly what: string;
  readonly unit: string;
  readonly ours: number;
  readonly peer?: number;
  /** For people, e.g. `≤ 0.6 ×` or `< 250 MiB`; nothing fails when it is missed. */
  readonly aim?: string;
}

/** What one bench found. */
export interface BenchReport {
  readonly title: string;
  /** Name and version of what the figures are compared with. */
  readonly peer?: string;
  readonly rows: readonly BenchRow[];
  /** Sentences below the table: what was checked beside the figures. */
  readonly notes: readonly string[];
}

/** One line about the day, the machine and how busy it is: with other work on it, wall time says little. */
export function describeMachine(): string {
  const processor = cpus()[0]?.model.trim() ?? "unknown processor";
  const memory = Math.round(totalmem() / 2 ** 30);
  const day = new Date().toISOString().slice(0, 10);
  return `${day}, ${processor}, ${cpus().length} cores, ${memory} GiB, Node ${process.version}, ${describeLoad()}`;
}

export function describeLoad(): string {
  return `load ${loadavg()[0]?.toFixed(2) ?? "unknown"}`;
}

/** The report as a Markdown table. */
export function renderReport(report: BenchReport): string {
  const peer = report.peer ?? "peer";
  const lines = report.rows.map((row) => {
    const ratio = row.peer === undefined ? "" : `${(row.ours / row.peer).toFixed(2)} ×`;
    const theirs = row.peer === undefined ? "" : `${format(row.peer)} ${row.unit}`;
    return `| ${row.what} | ${format(row.ours)} ${row.unit} | ${theirs} | ${ratio} | ${row.aim ?? ""} |`;
  });
  const notes = report.notes.map((note) => `\n- ${note}`).join("");
  return `### ${report.title}\n\n| | haechi | ${peer} | ratio | aim |\n|---|--:|--:|--:|---|\n${lines.join("\n")}\n${notes}\n`;
}

function format(value: number): string {
  return value >= 100 ? Math.round(value).toLocaleString("en") : value.toPrecision(3);
}
