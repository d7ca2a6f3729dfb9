// SPDX-License-Identifier: Apache-2.0
import { Stack, Text, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { Decision } from "../../api/generated/api.ts";
import { decisionsQuery, statusQuery } from "../../api/queries.ts";
import { useLanguage, useText } from "../../app/language.tsx";
import { usePageTitle } from "../../app/use-page-title.ts";
import { type Column, DataTable } from "../../components/data-table.tsx";
import { ImageName } from "../../components/image-name.tsx";
import { Moment } from "../../components/moment.tsx";
import { Notice, QueryState } from "../../components/page-state.tsx";
import { VerdictBadge } from "../../components/verdict-badge.tsx";
import { formatDuration, imageOfDecision } from "./model.ts";

/** What the gates decided lately. */
export function DecisionsPage() {
  const text = useText();
  const { language } = useLanguage();
  usePageTitle(text("console.decisions.title"));
  const query = useQuery(decisionsQuery(language));
  return (
    <Stack gap="md">
      <Title order={1} size="h2">
        {text("console.decisions.title")}
      </Title>
      <Text c="dimmed">{text("console.decisions.hint")}</Text>
      <QueryState query={query}>
        {({ decisions }) =>
          decisions.length === 0 ? (
            <div className="panel">
              <Notice title={text("console.decisions.empty")} hint={text("console.decisions.emptyHint")} />
            </div>
          ) : (
            <DecisionTable decisions={decisions} />
          )
        }
      </QueryState>
    </Stack>
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
  { title: "console.decisions.column.gate", cell: (each) => <GateCell decision={each} />, className: "tight" },
  { title: "console.decisions.column.actor", cell: (each) => each.actor },
  { title: "console.decisions.column.time", cell: (each) => <TimeCell decision={each} />, className: "tight nowrap" },
];

function DecisionTable({ decisions }: { readonly decisions: readonly Decision[] }) {
  return (
    <DataTable
      className="panel"
      columns={COLUMNS}
      rows={decisions}
      rowKey={(each) => `${each.requestId} ${each.reference} ${each.decidedAt}`}
      outcome={(each) => each.outcome}
    />
  );
}

function NameCell({ decision }: { readonly decision: Decision }) {
  const status = useQuery(statusQuery());
  const image = imageOfDecision(decision, status.data?.registry ?? "");
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
  if (reason === undefined) {
    return "—";
  }
  return (
    <>
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
