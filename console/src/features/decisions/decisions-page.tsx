// SPDX-License-Identifier: Apache-2.0
import { Button, Group, Stack, Text, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import type { Decision } from "../../api/generated/api.ts";
import { DECISION_PAGE_SIZE, decisionsQuery, statusQuery } from "../../api/queries.ts";
import { useLanguage, useText } from "../../app/language.tsx";
import { usePageTitle } from "../../app/use-page-title.ts";
import { type Column, DataTable } from "../../components/data-table.tsx";
import { ImageName } from "../../components/image-name.tsx";
import { Moment } from "../../components/moment.tsx";
import { Notice, QueryState } from "../../components/page-state.tsx";
import { VerdictBadge } from "../../components/verdict-badge.tsx";
import { imageOfReference } from "../../lib/image-of-reference.ts";
import { DecisionFilters } from "./decision-filters.tsx";
import { formatDuration, toDecisionQuery } from "./model.ts";

const route = getRouteApi("/layout/decisions");

/** What the gates decided lately, searched and paged by the server. */
export function DecisionsPage() {
  const text = useText();
  const { language } = useLanguage();
  usePageTitle(text("console.decisions.title"));
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const query = useQuery(decisionsQuery(search, language, (now) => toDecisionQuery(search, now)));
  const isWhole = Object.keys(search).length === 0;
  return (
    <Stack gap="md">
      <Title order={1} size="h2">
        {text("console.decisions.title")}
      </Title>
      <Text c="dimmed">{text("console.decisions.hint")}</Text>
      <DecisionFilters search={search} onChange={(next) => void navigate({ search: next })} />
      <QueryState query={query}>
        {({ decisions }) =>
          decisions.length === 0 ? (
            <div className="panel">
              {isWhole ? (
                <Notice title={text("console.decisions.empty")} hint={text("console.decisions.emptyHint")} />
              ) : (
                <Notice title={text("console.decisions.noMatch")} />
              )}
            </div>
          ) : (
            <DecisionTable decisions={decisions} />
          )
        }
      </QueryState>
      <Pages
        isFirst={search.before === undefined}
        older={query.data?.decisions.length === DECISION_PAGE_SIZE ? query.data.decisions.at(-1)?.id : undefined}
        onPage={(before) => {
          const { before: _before, ...rest } = search;
          void navigate({ search: before === undefined ? rest : { ...rest, before } });
          globalThis.scrollTo({ top: 0 });
        }}
      />
    </Stack>
  );
}

function Pages(props: {
  readonly isFirst: boolean;
  readonly older: number | undefined;
  readonly onPage: (before: number | undefined) => void;
}) {
  const text = useText();
  if (props.isFirst && props.older === undefined) {
    return null;
  }
  return (
    <Group component="nav" aria-label={text("console.decisions.pages")}>
      {props.isFirst ? null : (
        <Button variant="default" onClick={() => props.onPage(undefined)}>
          {text("console.decisions.newest")}
        </Button>
      )}
      {props.older === undefined ? null : (
        <Button variant="default" onClick={() => props.onPage(props.older)}>
          {text("console.decisions.older")}
        </Button>
      )}
    </Group>
  );
}

const COLUMNS: readonly Column<Decision>[] = [
  { title: "console.decisions.column.image", cell: (each) => <NameCell decision={each} />, className: "wide" },
  {
    title: "console.decisions.column.outcome",
    cell: (each) => <VerdictBadge outcome={each.outcome} />,
    className: "tight",
  },
  { title: "console.decisions.column.reason", cell: (each) => <ReasonCell decision={each} />, className: "wide" },
  { title: "console.decisions.column.gate", cell: (each) => <GateCell decision={each} /> },
  { title: "console.decisions.column.actor", cell: (each) => each.actor },
  { title: "console.decisions.column.time", cell: (each) => <TimeCell decision={each} />, className: "tight nowrap" },
];

function DecisionTable({ decisions }: { readonly decisions: readonly Decision[] }) {
  return (
    <DataTable
      className="panel"
      columns={COLUMNS}
      rows={decisions}
      rowKey={(each) => String(each.id)}
      outcome={(each) => each.outcome}
    />
  );
}

function NameCell({ decision }: { readonly decision: Decision }) {
  const status = useQuery(statusQuery());
  const image = imageOfReference(decision.reference, status.data?.registry ?? "");
  return image === undefined ? (
    <ImageName name={decision.reference} />
  ) : (
    <Link to="/image/$" params={{ _splat: image }}>
      <ImageName name={decision.reference} />
    </Link>
  );
}

function ReasonCell({ decision }: { readonly decision: Decision }) {
  const text = useText();
  const [reason, ...more] = decision.reasons;
  const notes = [
    ...(decision.passedAs === undefined ? [] : [text(`console.decisions.passedAs.${decision.passedAs}`)]),
    ...(decision.exceptions ?? []).map(({ name }) => text("console.decisions.exception", { name })),
  ];
  if (reason === undefined) {
    return notes.length === 0 ? "—" : <Notes notes={notes} />;
  }
  return (
    <>
      <Notes notes={notes} />
      <Text size="sm" lineClamp={4} title={reason.text}>
        {reason.text}
      </Text>
      {more.length === 0 ? null : (
        <Text size="xs" c="dimmed">
          {text("console.verdict.more", { count: more.length })}
        </Text>
      )}
    </>
  );
}

function Notes({ notes }: { readonly notes: readonly string[] }) {
  return notes.map((note) => (
    <Text key={note} size="sm" fw={600}>
      {note}
    </Text>
  ));
}

function GateCell({ decision }: { readonly decision: Decision }) {
  const text = useText();
  return (
    <>
      <span className="nowrap">{text(`console.decisions.gate.${decision.gate}`)}</span>
      {decision.namespace === undefined ? null : (
        <Text size="xs" c="dimmed">
          {decision.namespace}
        </Text>
      )}
      {decision.kind === undefined ? null : (
        <Text size="xs" c="dimmed" className="long">
          {`${decision.kind} ${decision.name ?? ""}`.trim()}
        </Text>
      )}
    </>
  );
}

function TimeCell({ decision }: { readonly decision: Decision }) {
  return (
    <>
      <Moment at={decision.decidedAt} />
      <Text size="xs" c="dimmed">
        {formatDuration(decision.durationMs)}
      </Text>
    </>
  );
}
