// SPDX-License-Identifier: Apache-2.0
import { Stack, Table, Text, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { Decision } from "../../api/generated/api.ts";
import { decisionsQuery, statusQuery } from "../../api/queries.ts";
import { useLanguage, useText } from "../../app/language.tsx";
import { ImageName } from "../../components/image-name.tsx";
import { Moment } from "../../components/moment.tsx";
import { Notice, QueryState } from "../../components/page-state.tsx";
import { VerdictBadge } from "../../components/verdict-badge.tsx";
import { formatDuration, imageOfDecision } from "./model.ts";

/** What the gates decided lately. */
export function DecisionsPage() {
  const text = useText();
  const { language } = useLanguage();
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

function DecisionTable({ decisions }: { readonly decisions: readonly Decision[] }) {
  const text = useText();
  return (
    <Table.ScrollContainer minWidth={900} className="panel">
      <Table className="table" verticalSpacing="sm" horizontalSpacing="md">
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{text("console.decisions.column.image")}</Table.Th>
            <Table.Th>{text("console.decisions.column.outcome")}</Table.Th>
            <Table.Th>{text("console.decisions.column.reason")}</Table.Th>
            <Table.Th>{text("console.decisions.column.gate")}</Table.Th>
            <Table.Th>{text("console.decisions.column.actor")}</Table.Th>
            <Table.Th>{text("console.decisions.column.time")}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {decisions.map((decision) => (
            <DecisionRow
              key={`${decision.requestId} ${decision.reference} ${decision.decidedAt}`}
              decision={decision}
            />
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}

function DecisionRow({ decision }: { readonly decision: Decision }) {
  const text = useText();
  const status = useQuery(statusQuery());
  const image = imageOfDecision(decision, status.data?.registry ?? "");
  const [reason, ...more] = decision.reasons;
  return (
    <Table.Tr data-outcome={decision.outcome}>
      <Table.Td>
        {image === undefined ? (
          <ImageName name={decision.reference} />
        ) : (
          <Link to="/image/$" params={{ _splat: image }}>
            <ImageName name={decision.reference} />
          </Link>
        )}
      </Table.Td>
      <Table.Td>
        <VerdictBadge outcome={decision.outcome} />
      </Table.Td>
      <Table.Td maw={420}>
        <Text size="sm" lineClamp={2}>
          {reason?.text}
        </Text>
        {more.length === 0 ? null : (
          <Text size="xs" c="dimmed">
            {text("console.verdict.more", { count: more.length })}
          </Text>
        )}
      </Table.Td>
      <Table.Td>
        <span className="nowrap">{text(`console.decisions.gate.${decision.gate}`)}</span>
        {decision.namespace === undefined ? null : (
          <Text size="xs" c="dimmed">
            {decision.namespace}
          </Text>
        )}
      </Table.Td>
      <Table.Td maw={220} className="long">
        {decision.actor}
      </Table.Td>
      <Table.Td className="nowrap">
        <Moment at={decision.decidedAt} />
        <Text size="xs" c="dimmed">
          {formatDuration(decision.durationMs)}
        </Text>
      </Table.Td>
    </Table.Tr>
  );
}
