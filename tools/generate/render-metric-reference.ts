// SPDX-License-Identifier: Apache-2.0
import { GENERATED_NOTE, renderTable } from "./markdown.ts";
import { type Metric, readMetrics } from "./read-metrics.ts";

/** The reference of metrics, by name. */
export function renderMetricReference(metrics: readonly Metric[] = readMetrics()): string {
  const rows = metrics.map(({ name, kind, labels, help }) => [
    `\`${name}\``,
    kind,
    labels.map((each) => `\`${each}\``).join(", "),
    help,
  ]);
  return `# Metrics

${GENERATED_NOTE}

The console's listener serves these at \`/metrics\` in the Prometheus text format, beside the process metrics of the Node.js
client library (\`process_*\`, \`nodejs_*\`). Times are in seconds, sizes in bytes.

${renderTable(["Name", "Kind", "Labels", "What"], rows)}
`;
}
