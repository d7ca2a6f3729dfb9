// SPDX-License-Identifier: Apache-2.0
import { Checkbox, Stack, Text, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import type { RunningImage, RunningList } from "../../api/generated/api.ts";
import { runningQuery } from "../../api/queries.ts";
import { useLanguage, useText } from "../../app/language.tsx";
import { usePageTitle } from "../../app/use-page-title.ts";
import { type Column, DataTable } from "../../components/data-table.tsx";
import { Moment } from "../../components/moment.tsx";
import { Notice, QueryState } from "../../components/page-state.tsx";
import { Paged } from "../../components/paged.tsx";
import { SearchField } from "../../components/search-field.tsx";
import { OutcomeSelect, SearchForm } from "../../components/search-form.tsx";
import { RUNNING_PAGE_SIZE, type RunningSearch, toRunningQuery } from "./model.ts";
import { RunningImageName, RunningVerdict, Standing } from "./running-cells.tsx";

const route = getRouteApi("/layout/running");

/** What the cluster runs, and what admission would say about it now. */
export function RunningPage() {
  const text = useText();
  const { language } = useLanguage();
  usePageTitle(text("console.running.title"));
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const query = useQuery(runningQuery({ ...toRunningQuery(search), lang: language }));
  const { page = 1, ...filters } = search;
  const isSearching = Object.keys(filters).length > 0;
  return (
    <Stack gap="md">
      <Title order={1} size="h2">
        {text("console.running.title")}
      </Title>
      <Text c="dimmed">{text("console.running.hint")}</Text>
      <QueryState query={query}>
        {(list) =>
          !isSearching && list.total === 0 ? (
            <div className="panel">
              <NothingRuns list={list} />
            </div>
          ) : (
            <>
              <Text>{text("console.running.counts", { ...list.counts })}</Text>
              <RunningFilters search={filters} onChange={(next) => void navigate({ search: next })} />
              <Paged
                total={list.total}
                pageSize={RUNNING_PAGE_SIZE}
                page={page}
                onPage={(next) => void navigate({ search: next > 1 ? { ...filters, page: next } : filters })}
                label={text("console.running.page")}
                nothing={text("console.running.noMatch")}
              >
                <DataTable
                  className="panel"
                  columns={COLUMNS}
                  rows={list.images}
                  rowKey={(image) => String(image.id)}
                  outcome={(image) => image.verdict?.outcome}
                />
              </Paged>
            </>
          )
        }
      </QueryState>
    </Stack>
  );
}

function NothingRuns({ list }: { readonly list: RunningList }) {
  const text = useText();
  return list.isWatched ? (
    <Notice title={text("console.running.empty")} hint={text("console.running.emptyHint")} />
  ) : (
    <Notice title={text("console.running.unwatched")} hint={text("console.running.unwatchedHint")} />
  );
}

function RunningFilters({
  search,
  onChange,
}: {
  readonly search: RunningSearch;
  readonly onChange: (search: RunningSearch) => void;
}) {
  const text = useText();
  function change(part: { readonly [K in keyof RunningSearch]?: RunningSearch[K] | undefined }): void {
    const next = Object.entries({ ...search, ...part }).filter(([, value]) => value !== undefined && value !== "");
    onChange(Object.fromEntries(next));
  }
  return (
    <SearchForm isSearching={Object.keys(search).length > 0} onReset={() => onChange({})}>
      <SearchField
        label={text("console.filter.text")}
        placeholder={text("console.filter.textHint")}
        value={search.text ?? ""}
        onSettled={(value) => change({ text: value })}
      />
      <SearchField
        label={text("console.filter.namespace")}
        value={search.namespace ?? ""}
        onSettled={(value) => change({ namespace: value })}
      />
      <OutcomeSelect value={search.outcome} onChange={(outcome) => change({ outcome })} />
      <Checkbox
        label={text("console.filter.neverAdmitted")}
        checked={search.ungated === true}
        onChange={(event) => change({ ungated: event.currentTarget.checked ? true : undefined })}
      />
    </SearchForm>
  );
}

const COLUMNS: readonly Column<RunningImage>[] = [
  { title: "console.running.column.workload", cell: (image) => <WorkloadCell image={image} />, className: "wide" },
  { title: "console.running.column.image", cell: (image) => <RunningImageName image={image} />, className: "wide" },
  { title: "console.running.column.verdict", cell: (image) => <RunningVerdict image={image} />, className: "wide" },
  { title: "console.running.column.admission", cell: (image) => <Standing image={image} /> },
  {
    title: "console.running.column.since",
    cell: (image) => <Moment at={image.changedAt ?? image.firstSeenAt} />,
    className: "tight nowrap",
  },
];

function WorkloadCell({ image }: { readonly image: RunningImage }) {
  const text = useText();
  return (
    <Stack gap={2}>
      <Link to="/running/$id" params={{ id: String(image.id) }}>
        <span className="long">
          {image.namespace}/<wbr />
          {image.owner.name}
        </span>
      </Link>
      <Text size="xs" c="dimmed">
        {image.owner.kind}
      </Text>
      <Text size="xs" c="dimmed">
        {text("console.running.pods", { count: image.podCount })}
      </Text>
    </Stack>
  );
}
