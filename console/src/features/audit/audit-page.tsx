// SPDX-License-Identifier: Apache-2.0
import { Stack, Text, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import type { AuditEntry } from "../../api/generated/api.ts";
import { auditQuery } from "../../api/queries.ts";
import { useText } from "../../app/language.tsx";
import { usePageTitle } from "../../app/use-page-title.ts";
import { type Column, DataTable } from "../../components/data-table.tsx";
import { Moment } from "../../components/moment.tsx";
import { Notice, QueryState } from "../../components/page-state.tsx";

const COLUMNS: readonly Column<AuditEntry>[] = [
  { title: "console.audit.column.time", cell: (entry) => <Moment at={entry.at} />, className: "tight nowrap" },
  { title: "console.audit.column.actor", cell: (entry) => entry.actor },
  { title: "console.audit.column.action", cell: (entry) => entry.action, className: "mono" },
  { title: "console.audit.column.target", cell: (entry) => entry.target, className: "wide" },
  { title: "console.audit.column.address", cell: (entry) => entry.remoteAddress ?? "—", className: "mono" },
];

/** Who did what; for administrators. */
export function AuditPage() {
  const text = useText();
  usePageTitle(text("console.audit.title"));
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
            <DataTable
              className="panel"
              columns={COLUMNS}
              rows={entries}
              rowKey={(entry) => `${entry.requestId} ${entry.action} ${entry.target} ${entry.at}`}
            />
          )
        }
      </QueryState>
    </Stack>
  );
}
