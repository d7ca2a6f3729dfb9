// SPDX-License-Identifier: Apache-2.0
import { Stack, Table, Text, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { auditQuery } from "../../api/queries.ts";
import { useText } from "../../app/language.tsx";
import { Moment } from "../../components/moment.tsx";
import { Notice, QueryState } from "../../components/page-state.tsx";

/** Who did what; for administrators. */
export function AuditPage() {
  const text = useText();
  const query = useQuery(auditQuery());
  return (
    <Stack gap="md">
      <Title order={1} size="h2">
        {text("console.audit.title")}
      </Title>
      <Text c="dimmed">{text("console.audit.hint")}</Text>
      <QueryState query={query}>
        {({ entries }) =>
          entries.length === 0 ? (
            <div className="panel">
              <Notice title={text("console.audit.empty")} hint={text("console.audit.emptyHint")} />
            </div>
          ) : (
            <Table.ScrollContainer minWidth={720} className="panel">
              <Table className="table" horizontalSpacing="md">
                <Table.Thead>
                  <Table.Tr>
                    <Table.Th>{text("console.audit.column.time")}</Table.Th>
                    <Table.Th>{text("console.audit.column.actor")}</Table.Th>
                    <Table.Th>{text("console.audit.column.action")}</Table.Th>
                    <Table.Th>{text("console.audit.column.target")}</Table.Th>
                    <Table.Th>{text("console.audit.column.address")}</Table.Th>
                  </Table.Tr>
                </Table.Thead>
                <Table.Tbody>
                  {entries.map((entry) => (
                    <Table.Tr key={`${entry.requestId} ${entry.action} ${entry.target} ${entry.at}`}>
                      <Table.Td className="nowrap">
                        <Moment at={entry.at} />
                      </Table.Td>
                      <Table.Td>{entry.actor}</Table.Td>
                      <Table.Td className="mono">{entry.action}</Table.Td>
                      <Table.Td className="long">{entry.target}</Table.Td>
                      <Table.Td className="mono">{entry.remoteAddress ?? ""}</Table.Td>
                    </Table.Tr>
                  ))}
                </Table.Tbody>
              </Table>
            </Table.ScrollContainer>
          )
        }
      </QueryState>
    </Stack>
  );
}
