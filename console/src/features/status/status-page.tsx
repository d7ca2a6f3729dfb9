// SPDX-License-Identifier: Apache-2.0
import { Group, SimpleGrid, Stack, Table, Text, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { useIntl } from "react-intl";
import type { Component, Status } from "../../api/generated/api.ts";
import { statusQuery } from "../../api/queries.ts";
import { useText } from "../../app/language.tsx";
import { usePageTitle } from "../../app/use-page-title.ts";
import { DatabaseNotice } from "../../components/database-notice.tsx";
import { QueryState } from "../../components/page-state.tsx";
import { formatBytes } from "../../lib/format-bytes.ts";
import { outcomeOfState, STATE_SIGNS } from "./model.ts";

/** What runs here, how it is, and what it judges with. */
export function StatusPage() {
  const text = useText();
  usePageTitle(text("console.status.title"));
  const query = useQuery(statusQuery());
  return (
    <Stack gap="md">
      <Title order={1} size="h2">
        {text("console.status.title")}
      </Title>
      <QueryState query={query}>
        {(status) => (
          <SimpleGrid cols={{ base: 1, lg: 2 }} spacing="md">
            <Components components={status.components} />
            <Server status={status} />
            <Advisories status={status} />
          </SimpleGrid>
        )}
      </QueryState>
    </Stack>
  );
}

function Panel({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  return (
    <Stack className="panel" p="lg" gap="sm" component="section">
      <Title order={2} size="h4">
        {title}
      </Title>
      {children}
    </Stack>
  );
}

function Components({ components }: { readonly components: readonly Component[] }) {
  const text = useText();
  return (
    <Panel title={text("console.status.components")}>
      <Stack gap="xs">
        {components.map((component) => (
          <Group key={component.name} justify="space-between" wrap="nowrap" align="flex-start">
            <div>
              <Text fw={600}>{text(`console.component.${component.name}`)}</Text>
              <Text size="sm" c="dimmed">
                <ComponentDetail component={component} />
              </Text>
            </div>
            <span className="verdict" data-outcome={outcomeOfState(component.state)}>
              <span aria-hidden="true">{STATE_SIGNS[component.state]}</span>
              {text(`console.status.state.${component.state}`)}
            </span>
          </Group>
        ))}
      </Stack>
    </Panel>
  );
}

function ComponentDetail({ component }: { readonly component: Component }) {
  const text = useText();
  const { name, count, message } = component;
  if (count === undefined || name === "database" || name === "cluster") {
    return message ?? null;
  }
  return name === "blobs"
    ? text("console.component.blobsCount", { size: formatBytes(count) })
    : text(`console.component.${name}Count`, { count });
}

function Server({ status }: { readonly status: Status }) {
  const text = useText();
  const policies = status.policies.map(({ kind, namespace, name }) =>
    namespace === undefined ? `${kind} ${name}` : `${kind} ${namespace}/${name}`,
  );
  return (
    <Panel title={text("console.status.server")}>
      <Facts
        facts={[
          [text("console.status.version"), status.version],
          [text("console.status.registry"), status.registry],
          [text("console.status.roles"), status.roles.join(", ")],
          [text("console.status.policies"), policies.length === 0 ? text("console.status.none") : policies.join(", ")],
          [text("console.status.cluster"), status.clusterId],
        ]}
      />
    </Panel>
  );
}

function Advisories({ status }: { readonly status: Status }) {
  const text = useText();
  const intl = useIntl();
  const { advisories } = status;
  return (
    <Panel title={text("console.status.database")}>
      <DatabaseNotice database={advisories} />
      <Facts
        facts={[
          [
            text("console.status.databaseDate"),
            intl.formatDate(advisories.date, { dateStyle: "long", timeZone: "UTC" }),
          ],
          [text("console.status.databaseDigest"), advisories.digest],
        ]}
      />
      <Table className="table">
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{text("console.status.ecosystem")}</Table.Th>
            <Table.Th>{text("console.status.databaseCount")}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {advisories.ecosystems.map((ecosystem) => (
            <Table.Tr key={ecosystem.name}>
              <Table.Td>{ecosystem.name}</Table.Td>
              <Table.Td>{intl.formatNumber(ecosystem.advisories)}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Panel>
  );
}

function Facts({ facts }: { readonly facts: readonly (readonly [string, string])[] }) {
  return (
    <dl className="facts">
      {facts.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd className="mono long">{value}</dd>
        </div>
      ))}
    </dl>
  );
}
