// SPDX-License-Identifier: Apache-2.0
import { Table, Text } from "@mantine/core";
import type { ScanSummary } from "../../api/generated/api.ts";
import { useText } from "../../app/language.tsx";
import { formatBytes } from "../../lib/format-bytes.ts";
import { shortDigest } from "../../lib/short-digest.ts";

/** The layers from the base up, with what made them and what they brought. */
export function LayersTab({ scan }: { readonly scan: ScanSummary }) {
  const text = useText();
  return (
    <Table.ScrollContainer minWidth={720}>
      <Table className="table" verticalSpacing="sm">
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{text("console.layers.column.number")}</Table.Th>
            <Table.Th>{text("console.layers.column.command")}</Table.Th>
            <Table.Th>{text("console.layers.column.packages")}</Table.Th>
            <Table.Th>{text("console.layers.column.size")}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {scan.layers.map((layer, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: an image may hold the same layer twice
            <Table.Tr key={`${index} ${layer.digest}`}>
              <Table.Td>
                {index + 1}
                <Text size="xs" c="dimmed" className="mono" title={layer.digest}>
                  {shortDigest(layer.digest)}
                </Text>
              </Table.Td>
              <Table.Td className="mono">{layer.createdBy ?? text("console.layers.noCommand")}</Table.Td>
              <Table.Td>{layer.packages}</Table.Td>
              <Table.Td className="nowrap">{formatBytes(layer.sizeBytes)}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}
