// SPDX-License-Identifier: Apache-2.0
import { Group, Stack, Text, TextInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { ImagePlatform, Package } from "../../api/generated/api.ts";
import { packagesQuery } from "../../api/queries.ts";
import { useText } from "../../app/language.tsx";
import { type Column, DataTable } from "../../components/data-table.tsx";
import { QueryState } from "../../components/page-state.tsx";
import { Paged } from "../../components/paged.tsx";
import { CONTENTS_PAGE_SIZE } from "./model.ts";
import { Place } from "./place.tsx";

/** The packages of one platform, searched and paged by the server. */
export function PackagesTab({ image, platform }: { readonly image: string; readonly platform: ImagePlatform }) {
  const text = useText();
  const [search, setSearch] = useState("");
  const [page, setPage] = useState(1);
  const [settled] = useDebouncedValue(search, 200);
  const query = useQuery(
    packagesQuery({
      image,
      digest: platform.digest,
      search: settled,
      limit: CONTENTS_PAGE_SIZE,
      offset: (page - 1) * CONTENTS_PAGE_SIZE,
    }),
  );
  if (platform.scan?.packages === 0) {
    return (
      <Text py="lg" ta="center">
        {text("console.packages.none")}
      </Text>
    );
  }
  return (
    <Stack gap="md">
      <Group justify="space-between">
        <TextInput
          type="search"
          aria-label={text("console.packages.search")}
          placeholder={text("console.packages.search")}
          w={320}
          maw="100%"
          value={search}
          onChange={(event) => {
            setSearch(event.currentTarget.value);
            setPage(1);
          }}
        />
        {query.data === undefined ? null : (
          <Text size="sm" c="dimmed">
            {text("console.packages.count", { count: query.data.total })}
          </Text>
        )}
      </Group>
      <QueryState query={query}>
        {({ total, packages }) => (
          <Paged
            total={total}
            pageSize={CONTENTS_PAGE_SIZE}
            page={page}
            onPage={setPage}
            label={text("console.packages.page")}
            nothing={text("console.packages.noMatch")}
          >
            <PackageTable packages={packages} />
          </Paged>
        )}
      </QueryState>
    </Stack>
  );
}

const COLUMNS: readonly Column<Package>[] = [
  { title: "console.packages.column.name", cell: ({ name }) => <strong>{name}</strong> },
  { title: "console.packages.column.version", cell: ({ version }) => version, className: "mono" },
  { title: "console.packages.column.type", cell: ({ type }) => type, className: "tight" },
  { title: "console.packages.column.source", cell: ({ source }) => source ?? "—", className: "mono" },
  {
    title: "console.packages.column.license",
    cell: ({ licenses }) => (licenses.length === 0 ? "—" : licenses.join(", ")),
  },
  { title: "console.packages.column.place", cell: (each) => <Place found={each} /> },
];

function PackageTable({ packages }: { readonly packages: readonly Package[] }) {
  return (
    <DataTable
      columns={COLUMNS}
      rows={packages}
      rowKey={(each) => `${each.type} ${each.name} ${each.version} ${each.architecture ?? ""} ${each.path}`}
    />
  );
}
