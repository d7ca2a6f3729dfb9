// SPDX-License-Identifier: Apache-2.0
import { Table } from "@mantine/core";
import type { ReactNode } from "react";
import type { MessageId } from "#messages";
import type { Verdict } from "../api/generated/api.ts";
import { useText } from "../app/language.tsx";

/** A column of a table; `className` goes to its cells. */
export interface Column<Row> {
  readonly title: MessageId;
  readonly cell: (row: Row, index: number) => ReactNode;
  readonly className?: string;
}

/**
 * A table that turns into a list of cards, each cell under its column's name, where there is too little room. The roles
 * are written out because a browser forgets those of a table whose rows are laid out as blocks.
 */
export function DataTable<Row>({
  columns,
  rows,
  rowKey,
  outcome,
  className,
}: {
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
  readonly rowKey: (row: Row, index: number) => string;
  readonly outcome?: (row: Row) => Verdict["outcome"] | undefined;
  readonly className?: string;
}) {
  const text = useText();
  return (
    <div className={className === undefined ? "table-frame" : `table-frame ${className}`}>
      <Table className="table" verticalSpacing="sm" horizontalSpacing="sm" role="table">
        <Table.Thead role="rowgroup">
          <Table.Tr role="row">
            {columns.map(({ title }) => (
              <Table.Th key={title} role="columnheader">
                {text(title)}
              </Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody role="rowgroup">
          {rows.map((row, index) => (
            <Table.Tr key={rowKey(row, index)} role="row" data-outcome={outcome?.(row)}>
              {columns.map(({ title, cell, className: cellClass }) => (
                <Table.Td key={title} role="cell" data-label={text(title)} className={cellClass ?? ""}>
                  <div className="table-cell">{cell(row, index)}</div>
                </Table.Td>
              ))}
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </div>
  );
}
