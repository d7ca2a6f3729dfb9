// SPDX-License-Identifier: Apache-2.0
import { Text } from "@mantine/core";
import type { ScanSummary } from "../../api/generated/api.ts";
import { useText } from "../../app/language.tsx";
import { type Column, DataTable } from "../../components/data-table.tsx";
import { formatBytes } from "../../lib/format-bytes.ts";
import { shortDigest } from "../../lib/short-digest.ts";

type Layer = ScanSummary["layers"][number];

const COLUMNS: readonly Column<Layer>[] = [
  {
    title: "console.layers.column.number",
    cell: (layer, index) => (
      <>
        {index + 1}
        <Text size="xs" c="dimmed" className="mono" title={layer.digest}>
          {shortDigest(layer.digest)}
        </Text>
      </>
    ),
    className: "tight",
  },
  { title: "console.layers.column.command", cell: (layer) => <LayerCommand layer={layer} />, className: "mono wide" },
  { title: "console.layers.column.packages", cell: (layer) => layer.packages, className: "tight" },
  { title: "console.layers.column.size", cell: (layer) => formatBytes(layer.sizeBytes), className: "tight nowrap" },
];

/** The layers from the base up, with what made them and what they brought. */
export function LayersTab({ scan }: { readonly scan: ScanSummary }) {
  // An image may hold the same layer twice.
  return <DataTable columns={COLUMNS} rows={scan.layers} rowKey={(layer, index) => `${index} ${layer.digest}`} />;
}

function LayerCommand({ layer }: { readonly layer: Layer }) {
  const text = useText();
  return layer.createdBy ?? text("console.layers.noCommand");
}
