// SPDX-License-Identifier: Apache-2.0
import { Button, Group, Progress, Select, Stack, Text, Title } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { callApi } from "../../api/client.ts";
import type { ScanJob } from "../../api/generated/api.ts";
import { scansQuery, sessionQuery } from "../../api/queries.ts";
import { useText } from "../../app/language.tsx";
import { usePageTitle } from "../../app/use-page-title.ts";
import { type Column, DataTable } from "../../components/data-table.tsx";
import { ImageName } from "../../components/image-name.tsx";
import { Moment } from "../../components/moment.tsx";
import { Notice, QueryState } from "../../components/page-state.tsx";
import { SearchField } from "../../components/search-field.tsx";
import { SearchForm } from "../../components/search-form.tsx";
import { useFailureText } from "../../components/use-failure-text.ts";
import { formatBytes } from "../../lib/format-bytes.ts";
import { shortDigest } from "../../lib/short-digest.ts";
import { mayRescan, progressOf } from "../image/model.ts";
import {
  isRetryable,
  SCAN_REASONS,
  SCAN_STATES,
  SCANS_PAGE_SIZE,
  type ScanSearch,
  secondsOf,
  toScansQuery,
} from "./model.ts";

const route = getRouteApi("/layout/scans");

/** Every scan that was asked for, how far it is and how it ended. */
export function ScansPage() {
  const text = useText();
  usePageTitle(text("console.scans.title"));
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const query = useQuery(scansQuery(toScansQuery(search)));
  const session = useQuery(sessionQuery());
  const { before, ...filters } = search;
  const isSearching = Object.keys(filters).length > 0;
  const columns = mayRescan(session.data?.role) ? [...COLUMNS, ACTIONS] : COLUMNS;
  return (
    <Stack gap="md">
      <Title order={1} size="h2">
        {text("console.scans.title")}
      </Title>
      <Text c="dimmed">{text("console.scans.hint")}</Text>
      <ScanFilters search={filters} onChange={(next) => void navigate({ search: next })} />
      <QueryState query={query}>
        {({ scans }) => (
          <>
            {scans.length === 0 ? (
              <div className="panel">
                {isSearching || before !== undefined ? (
                  <Notice title={text("console.scans.noMatch")} />
                ) : (
                  <Notice title={text("console.scans.empty")} hint={text("console.scans.emptyHint")} />
                )}
              </div>
            ) : (
              <DataTable className="panel" columns={columns} rows={scans} rowKey={(scan) => String(scan.id)} />
            )}
            <Group component="nav" aria-label={text("console.scans.pages")}>
              {before === undefined ? null : (
                <Button variant="default" onClick={() => void navigate({ search: filters })}>
                  {text("console.scans.newest")}
                </Button>
              )}
              {scans.length < SCANS_PAGE_SIZE ? null : (
                <Button
                  variant="default"
                  onClick={() => void navigate({ search: { ...filters, before: scans.at(-1)?.id ?? 0 } })}
                >
                  {text("console.scans.older")}
                </Button>
              )}
            </Group>
          </>
        )}
      </QueryState>
    </Stack>
  );
}

function ScanFilters({
  search,
  onChange,
}: {
  readonly search: ScanSearch;
  readonly onChange: (search: ScanSearch) => void;
}) {
  const text = useText();
  function change(part: { readonly [K in keyof ScanSearch]?: ScanSearch[K] | undefined }): void {
    const next = Object.entries({ ...search, ...part }).filter(([, value]) => value !== undefined && value !== "");
    onChange(Object.fromEntries(next));
  }
  return (
    <SearchForm isSearching={Object.keys(search).length > 0} onReset={() => onChange({})}>
      <SearchField
        label={text("console.scans.repository")}
        value={search.repository ?? ""}
        onSettled={(value) => change({ repository: value })}
      />
      <Select
        label={text("console.scans.state")}
        placeholder={text("console.filter.any")}
        clearable
        value={search.state ?? null}
        data={SCAN_STATES.map((state) => ({ value: state, label: text(`console.scans.state.${state}`) }))}
        onChange={(value) => change({ state: SCAN_STATES.find((each) => each === value) })}
      />
      <Select
        label={text("console.scans.reason")}
        placeholder={text("console.filter.any")}
        clearable
        value={search.reason ?? null}
        data={SCAN_REASONS.map((reason) => ({ value: reason, label: text(`console.scans.reason.${reason}`) }))}
        onChange={(value) => change({ reason: SCAN_REASONS.find((each) => each === value) })}
      />
    </SearchForm>
  );
}

const COLUMNS: readonly Column<ScanJob>[] = [
  { title: "console.scans.column.image", cell: (scan) => <ImageCell scan={scan} />, className: "wide" },
  { title: "console.scans.column.state", cell: (scan) => <StateCell scan={scan} />, className: "wide" },
  { title: "console.scans.column.reason", cell: (scan) => <ReasonCell scan={scan} /> },
  {
    title: "console.scans.column.time",
    cell: (scan) => <Moment at={scan.requestedAt} />,
    className: "tight nowrap",
  },
  { title: "console.scans.column.duration", cell: (scan) => <Duration scan={scan} />, className: "tight nowrap" },
];

const ACTIONS: Column<ScanJob> = {
  title: "console.scans.column.actions",
  cell: (scan) => <Actions scan={scan} />,
  className: "tight",
};

function ImageCell({ scan }: { readonly scan: ScanJob }) {
  const text = useText();
  const [name] = scan.names;
  return (
    <Stack gap={2}>
      {name === undefined ? (
        <Text size="sm" c="dimmed">
          {text("console.scans.gone")}
        </Text>
      ) : scan.reason === "admission" ? (
        <ImageName name={name} />
      ) : (
        <Link to="/image/$" params={{ _splat: name }}>
          <ImageName name={name} />
        </Link>
      )}
      <Text size="xs" c="dimmed" className="mono" title={scan.digest}>
        {shortDigest(scan.digest)}
      </Text>
    </Stack>
  );
}

function StateCell({ scan }: { readonly scan: ScanJob }) {
  const text = useText();
  const progress = progressOf(scan);
  return (
    <Stack gap={4}>
      <Text size="sm" fw={600}>
        {text(`console.scans.state.${scan.state}`)}
      </Text>
      {scan.state !== "running" || progress === undefined ? null : (
        <>
          <Progress value={progress * 100} aria-label={text("console.scanning.label")} />
          <Text size="xs" c="dimmed">
            {text("console.scanning.progress", {
              done: formatBytes(scan.doneBytes),
              total: formatBytes(scan.totalBytes),
            })}
          </Text>
        </>
      )}
      {scan.attempts > 1 ? (
        <Text size="xs" c="dimmed">
          {text("console.scanning.attempts", { count: scan.attempts })}
        </Text>
      ) : null}
      {scan.message === undefined ? null : (
        <Text size="xs" c="dimmed" className="mono long">
          {scan.message}
        </Text>
      )}
    </Stack>
  );
}

function ReasonCell({ scan }: { readonly scan: ScanJob }) {
  const text = useText();
  return (
    <Stack gap={2}>
      <Text size="sm">{text(`console.scans.reason.${scan.reason}`)}</Text>
      {scan.requestedBy === undefined ? null : (
        <Text size="xs" c="dimmed">
          {text("console.scans.by", { name: scan.requestedBy })}
        </Text>
      )}
    </Stack>
  );
}

function Duration({ scan }: { readonly scan: ScanJob }) {
  const text = useText();
  const seconds = secondsOf(scan);
  return seconds === undefined ? "—" : text("console.scans.seconds", { seconds });
}

function Actions({ scan }: { readonly scan: ScanJob }) {
  const text = useText();
  const failureText = useFailureText();
  const queries = useQueryClient();
  const act = useMutation({
    mutationFn: async () => {
      await (scan.isStoppable
        ? callApi("DELETE /api/v1/scan", { query: { id: scan.id } })
        : callApi("POST /api/v1/scan/retry", { body: { id: scan.id } }));
    },
    onSettled: () => queries.invalidateQueries({ queryKey: ["scans"] }),
  });
  if (!scan.isStoppable && !isRetryable(scan)) {
    return null;
  }
  return (
    <Stack gap={4}>
      <Button variant="default" size="compact-sm" loading={act.isPending} onClick={() => act.mutate()}>
        {text(scan.isStoppable ? "console.scans.stop" : "console.scans.retry")}
      </Button>
      {act.error === null ? null : (
        <Text size="xs" role="alert">
          {failureText(act.error)}
        </Text>
      )}
    </Stack>
  );
}
