// SPDX-License-Identifier: Apache-2.0
import { cpus, totalmem } from "node:os";

/** One line of a benchmark: our figure, the peer's in the same run, and the aim for their ratio. */
export interface BenchRow {
  readonly what: string;
  readonly unit: string;
  readonly ours: number;
  readonly peer?: { readonly name: string; readonly value: number };
  /** e.g. `≤ 0.6 ×` or `≥ 5 ×`; compared by people, never by a test. */
  readonly aim?: string;
}

/** A Markdown table with date and machine, to standard output. */
export function printReport(title: string, rows: readonly BenchRow[]): void {
  const machine = `${cpus()[0]?.model.trim() ?? "unknown processor"}, ${cpus().length} cores, ${Math.round(totalmem() / 2 ** 30)} GiB, Node ${process.version}`;
  const lines = rows.map((row) => {
    const ratio = row.peer === undefined ? "" : `${(row.ours / row.peer.value).toFixed(2)} ×`;
    const peer = row.peer === undefined ? "" : `${format(row.peer.value)} (${row.peer.name})`;
    return `| ${row.what} | ${format(row.ours)} ${row.unit} | ${peer} | ${ratio} | ${row.aim ?? ""} |`;
  });
  process.stdout.write(
    `\n### ${title}\n\n${new Date().toISOString().slice(0, 10)}, ${machine}\n\n| what | haechi | peer | ratio | aim |\n|---|---|---|---|---|\n${lines.join("\n")}\n`,
  );
}

function format(value: number): string {
  return value >= 100 ? Math.round(value).toLocaleString("en") : value.toPrecision(3);
}
