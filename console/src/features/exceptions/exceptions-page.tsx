// SPDX-License-Identifier: Apache-2.0
import { Stack, Text, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useIntl } from "react-intl";
import type { Exception } from "../../api/generated/api.ts";
import { exceptionsQuery } from "../../api/queries.ts";
import { useLanguage, useText } from "../../app/language.tsx";
import { usePageTitle } from "../../app/use-page-title.ts";
import { type Column, DataTable } from "../../components/data-table.tsx";
import { Moment } from "../../components/moment.tsx";
import { Notice, QueryState } from "../../components/page-state.tsx";
import { scopeOf } from "./model.ts";

/** Who let what pass, why and until when, and whether it is needed. */
export function ExceptionsPage() {
  const text = useText();
  const { language } = useLanguage();
  usePageTitle(text("console.exceptions.title"));
  const query = useQuery(exceptionsQuery(language));
  return (
    <Stack gap="md">
      <Title order={1} size="h2">
        {text("console.exceptions.title")}
      </Title>
      <Text c="dimmed">{text("console.exceptions.hint")}</Text>
      <QueryState query={query}>
        {({ exceptions }) =>
          exceptions.length === 0 ? (
            <div className="panel">
              <Notice title={text("console.exceptions.empty")} hint={text("console.exceptions.emptyHint")} />
            </div>
          ) : (
            <DataTable
              className="panel"
              columns={COLUMNS}
              rows={exceptions}
              rowKey={(each) => `${each.namespace ?? ""}/${each.name}`}
            />
          )
        }
      </QueryState>
    </Stack>
  );
}

const COLUMNS: readonly Column<Exception>[] = [
  { title: "console.exceptions.column.name", cell: (each) => <NameCell exception={each} /> },
  { title: "console.exceptions.column.state", cell: (each) => <State exception={each} /> },
  { title: "console.exceptions.column.scope", cell: (each) => <Scope exception={each} />, className: "wide" },
  { title: "console.exceptions.column.reason", cell: (each) => <ReasonCell exception={each} />, className: "wide" },
  { title: "console.exceptions.column.uses", cell: (each) => <Uses exception={each} /> },
];

function NameCell({ exception }: { readonly exception: Exception }) {
  return (
    <>
      <span className="long">{exception.name}</span>
      {exception.namespace === undefined ? null : (
        <Text size="xs" c="dimmed">
          {exception.namespace}
        </Text>
      )}
    </>
  );
}

/** Shapes differ, not only colors. */
const SIGNS = { active: "✓", expiring: "!", requested: "…", expired: "–" } as const;

function State({ exception: { state, until } }: { readonly exception: Exception }) {
  const text = useText();
  const intl = useIntl();
  return (
    <Stack gap={4}>
      <span>
        <span className="standing" data-standing={state}>
          <span aria-hidden="true">{SIGNS[state]}</span>
          {text(`console.exceptions.state.${state}`)}
        </span>
      </span>
      <Text size="sm" className="nowrap">
        <time dateTime={until} title={intl.formatDate(until, { dateStyle: "medium", timeStyle: "medium" })}>
          {text("console.exceptions.until", { until: intl.formatDate(until, { dateStyle: "medium" }) })}
        </time>
      </Text>
    </Stack>
  );
}

function Scope({ exception }: { readonly exception: Exception }) {
  const text = useText();
  const { findings, subject } = scopeOf(exception);
  return (
    <Stack gap={4}>
      {findings.map(({ kind, names }) => (
        <Text key={kind} size="sm" className="long">
          {text(`console.exceptions.scope.${kind}`)}: <span className="mono">{names.join(", ")}</span>
        </Text>
      ))}
      {subject.map(({ kind, names }) => (
        <Text key={kind} size="xs" c="dimmed" className="long">
          {text(`console.exceptions.scope.${kind}`)}: <span className="mono">{names.join(", ")}</span>
        </Text>
      ))}
      {subject.length > 0 ? null : (
        <Text size="xs" c="dimmed">
          {text("console.exceptions.everywhere")}
        </Text>
      )}
    </Stack>
  );
}

function ReasonCell({ exception: { reason, requester, approver } }: { readonly exception: Exception }) {
  const text = useText();
  return (
    <>
      <Text size="sm" className="long">
        {reason}
      </Text>
      <Text size="xs" c="dimmed">
        {text("console.exceptions.requester", { name: requester })}
      </Text>
      {approver === undefined ? null : (
        <Text size="xs" c="dimmed">
          {text("console.exceptions.approver", { name: approver })}
        </Text>
      )}
    </>
  );
}

function Uses({ exception: { uses, lastUsedAt, runningImages } }: { readonly exception: Exception }) {
  const text = useText();
  return (
    <>
      <Text size="sm">{text("console.exceptions.uses", { count: uses })}</Text>
      {lastUsedAt === undefined ? null : (
        <Text size="xs" c="dimmed">
          <Moment at={lastUsedAt} />
        </Text>
      )}
      <Text size="xs" c="dimmed">
        {text("console.exceptions.running", { count: runningImages })}
      </Text>
    </>
  );
}
