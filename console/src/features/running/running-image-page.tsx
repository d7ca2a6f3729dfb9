// SPDX-License-Identifier: Apache-2.0
import { Stack, Text, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { useIntl } from "react-intl";
import type { Pod, RunningDetail } from "../../api/generated/api.ts";
import { runningImageQuery } from "../../api/queries.ts";
import { useLanguage, useText } from "../../app/language.tsx";
import { usePageTitle } from "../../app/use-page-title.ts";
import { type Column, DataTable } from "../../components/data-table.tsx";
import { Moment } from "../../components/moment.tsx";
import { QueryState } from "../../components/page-state.tsx";
import { VerdictSection } from "../../components/verdict-section.tsx";
import { RunningImageName, Standing } from "./running-cells.tsx";

const route = getRouteApi("/layout/running/$id");

/** One image of one workload: every reason, its pods, and the exceptions that let it pass. */
export function RunningImagePage() {
  const text = useText();
  const { language } = useLanguage();
  const { id } = route.useParams();
  usePageTitle(text("console.running.title"));
  const query = useQuery(runningImageQuery(Number(id), language));
  return (
    <Stack gap="md">
      <Link to="/running" className="text-link">
        {text("console.running.back")}
      </Link>
      <QueryState query={query}>{(image) => <Detail image={image} />}</QueryState>
    </Stack>
  );
}

function Detail({ image }: { readonly image: RunningDetail }) {
  const text = useText();
  return (
    <Stack gap="md">
      <div>
        <Title order={1} size="h2" className="long">
          {image.namespace}/{image.owner.name}
        </Title>
        <Text c="dimmed">
          {image.owner.kind}
          {image.goneAt === undefined ? null : ` · ${text("console.running.gone")}`}
        </Text>
      </div>
      <Stack className="panel" p="lg" gap="md">
        <RunningImageName image={image} />
        {image.verdict === undefined ? (
          <Text>{text("console.running.unjudged")}</Text>
        ) : (
          <VerdictSection title={text("console.running.column.verdict")} verdict={image.verdict} />
        )}
        <Standing image={image} />
        <Exceptions image={image} />
        <dl className="facts">
          <Fact name={text("console.running.containers")}>
            <span className="mono long">{image.containers.join(", ")}</span>
          </Fact>
          <Fact name={text("console.running.firstSeenAt")}>
            <Moment at={image.firstSeenAt} />
          </Fact>
          {image.judgedAt === undefined ? null : (
            <Fact name={text("console.running.judgedAt")}>
              <Moment at={image.judgedAt} />
            </Fact>
          )}
        </dl>
      </Stack>
      <Pods image={image} />
    </Stack>
  );
}

function Fact({ name, children }: { readonly name: string; readonly children: ReactNode }) {
  return (
    <>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </>
  );
}

function Exceptions({ image }: { readonly image: RunningDetail }) {
  const text = useText();
  const intl = useIntl();
  if (image.exceptions.length === 0) {
    return null;
  }
  return (
    <div>
      <Title order={2} size="h5">
        {text("console.running.exceptions")}
      </Title>
      <ul className="plain-list">
        {image.exceptions.map(({ namespace, name, until, exempted }) => (
          <li key={`${namespace ?? ""}/${name}`} className="long">
            <Link to="/exceptions" className="text-link">
              {namespace === undefined ? name : `${namespace}/${name}`}
            </Link>{" "}
            {text("console.running.exceptionUntil", { until: intl.formatDate(until, { dateStyle: "medium" }) })}
            <Text size="sm" c="dimmed" className="mono long">
              {exempted.join(", ")}
            </Text>
          </li>
        ))}
      </ul>
    </div>
  );
}

const POD_COLUMNS: readonly Column<Pod>[] = [
  { title: "console.running.pods.name", cell: (pod) => <span className="long">{pod.name}</span>, className: "wide" },
  { title: "console.running.pods.node", cell: (pod) => pod.node ?? "—" },
  { title: "console.running.pods.phase", cell: (pod) => pod.phase, className: "tight" },
  { title: "console.running.pods.created", cell: (pod) => <Moment at={pod.createdAt} />, className: "tight" },
];

function Pods({ image }: { readonly image: RunningDetail }) {
  const text = useText();
  const { pods, podCount } = image;
  return (
    <section>
      <Title order={2} size="h4" mb="xs">
        {text("console.running.pods.title")}
      </Title>
      {podCount <= pods.length ? null : (
        <Text size="sm" c="dimmed" mb="xs">
          {text("console.running.pods.some", { shown: pods.length, count: podCount })}
        </Text>
      )}
      <DataTable className="panel" columns={POD_COLUMNS} rows={pods} rowKey={(pod) => pod.uid} />
    </section>
  );
}
