// SPDX-License-Identifier: Apache-2.0
import { Stack, Text, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import type { HoldingImage } from "../../api/generated/api.ts";
import { holdingQuery } from "../../api/queries.ts";
import { useText } from "../../app/language.tsx";
import { usePageTitle } from "../../app/use-page-title.ts";
import { type Column, DataTable } from "../../components/data-table.tsx";
import { ImageName } from "../../components/image-name.tsx";
import { Notice, QueryState } from "../../components/page-state.tsx";
import { Paged } from "../../components/paged.tsx";
import { SearchField } from "../../components/search-field.tsx";
import { SearchForm } from "../../components/search-form.tsx";
import { SeverityBadge } from "../../components/severity-counts.tsx";
import { shortDigest } from "../../lib/short-digest.ts";
import { HOLDING_PAGE_SIZE, type HoldingSearch, toHoldingQuery } from "./model.ts";

const route = getRouteApi("/layout/search");

/** Which images hold a package or a vulnerability. */
export function SearchPage() {
  const text = useText();
  usePageTitle(text("console.search.title"));
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const query = useQuery(holdingQuery(toHoldingQuery(search)));
  const { page = 1, ...asked } = search;
  const isAsked = asked.package !== undefined || asked.vulnerability !== undefined;
  return (
    <Stack gap="md">
      <Title order={1} size="h2">
        {text("console.search.title")}
      </Title>
      <Text c="dimmed">{text("console.search.hint")}</Text>
      <Fields search={asked} onChange={(next) => void navigate({ search: next })} />
      {isAsked ? (
        <QueryState query={query}>
          {({ total, images }) => (
            <>
              {total === 0 ? null : <Text c="dimmed">{text("console.search.count", { count: total })}</Text>}
              <Paged
                total={total}
                pageSize={HOLDING_PAGE_SIZE}
                page={page}
                onPage={(next) => void navigate({ search: next > 1 ? { ...asked, page: next } : asked })}
                label={text("console.search.page")}
                nothing={text("console.search.none")}
              >
                <DataTable className="panel" columns={COLUMNS} rows={images} rowKey={(image) => image.digest} />
              </Paged>
            </>
          )}
        </QueryState>
      ) : (
        <div className="panel">
          <Notice title={text("console.search.start")} />
        </div>
      )}
    </Stack>
  );
}

function Fields({
  search,
  onChange,
}: {
  readonly search: HoldingSearch;
  readonly onChange: (search: HoldingSearch) => void;
}) {
  const text = useText();
  function change(part: HoldingSearch): void {
    onChange(Object.fromEntries(Object.entries({ ...search, ...part }).filter(([, value]) => value !== "")));
  }
  return (
    <SearchForm isSearching={Object.keys(search).length > 0} onReset={() => onChange({})}>
      <SearchField
        label={text("console.search.package")}
        placeholder={text("console.search.packageHint")}
        value={search.package ?? ""}
        onSettled={(value) => change({ package: value })}
      />
      <SearchField
        label={text("console.search.version")}
        value={search.version ?? ""}
        onSettled={(value) => change({ version: value })}
      />
      <SearchField
        label={text("console.search.vulnerability")}
        placeholder={text("console.search.vulnerabilityHint")}
        value={search.vulnerability ?? ""}
        onSettled={(value) => change({ vulnerability: value })}
      />
    </SearchForm>
  );
}

const COLUMNS: readonly Column<HoldingImage>[] = [
  { title: "console.search.column.image", cell: (image) => <Names image={image} />, className: "wide" },
  { title: "console.search.column.packages", cell: (image) => <Packages image={image} />, className: "wide" },
  { title: "console.search.column.vulnerabilities", cell: (image) => <Vulnerabilities image={image} /> },
  { title: "console.search.column.running", cell: (image) => <Running image={image} />, className: "tight nowrap" },
];

function Names({ image }: { readonly image: HoldingImage }) {
  const { digest, places, remote } = image;
  return (
    <Stack gap={2}>
      {places.map(({ repository, tag }) => {
        const name = tag === undefined ? `${repository}@${digest}` : `${repository}:${tag}`;
        return (
          <Link key={name} to="/image/$" params={{ _splat: name }}>
            <ImageName name={name} />
          </Link>
        );
      })}
      {remote === undefined || places.length > 0 ? null : (
        <ImageName name={`${remote.registry}/${remote.repository}`} />
      )}
      <Text size="xs" c="dimmed" className="mono" title={digest}>
        {shortDigest(digest)}
      </Text>
    </Stack>
  );
}

function Packages({ image: { packages } }: { readonly image: HoldingImage }) {
  return packages.length === 0
    ? "—"
    : packages.map(({ type, name, version }) => (
        <Text key={`${type} ${name} ${version}`} size="sm">
          {name}{" "}
          <span className="mono">
            {version} ({type})
          </span>
        </Text>
      ));
}

function Vulnerabilities({ image: { vulnerabilities } }: { readonly image: HoldingImage }) {
  return vulnerabilities.length === 0
    ? "—"
    : vulnerabilities.map(({ id, severity }) => (
        <Text key={id} size="sm">
          <SeverityBadge severity={severity} /> {id}
        </Text>
      ));
}

function Running({ image: { running } }: { readonly image: HoldingImage }) {
  const text = useText();
  return text("console.search.running", { count: running });
}
