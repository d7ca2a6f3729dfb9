// SPDX-License-Identifier: Apache-2.0
import { Group, Pagination, Stack, Table, Text, TextInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { ImagePlatform, Package } from "../../api/generated/api.ts";
import { packagesQuery } from "../../api/queries.ts";
import { useText } from "../../app/language.tsx";
import { QueryState } from "../../components/page-state.tsx";
import { CONTENTS_PAGE_SIZE } from "./model.ts";

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
          <>
            {total === 0 ? (
              <Text ta="center">{text("console.packages.noMatch")}</Text>
            ) : (
              <PackageTable packages={packages} />
            )}
            {total > CONTENTS_PAGE_SIZE ? (
              <Pagination
                total={Math.ceil(total / CONTENTS_PAGE_SIZE)}
                value={page}
                onChange={setPage}
                getItemProps={(item) => ({ "aria-label": String(item) })}
                aria-label={text("console.packages.page")}
              />
            ) : null}
          </>
        )}
      </QueryState>
    </Stack>
  );
}

function PackageTable({ packages }: { readonly packages: readonly Package[] }) {
  const text = useText();
  return (
    <Table.ScrollContainer minWidth={820}>
      <Table className="table">
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{text("console.packages.column.name")}</Table.Th>
            <Table.Th>{text("console.packages.column.version")}</Table.Th>
            <Table.Th>{text("console.packages.column.type")}</Table.Th>
            <Table.Th>{text("console.packages.column.source")}</Table.Th>
            <Table.Th>{text("console.packages.column.license")}</Table.Th>
            <Table.Th>{text("console.packages.column.place")}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {packages.map((each) => (
            <Table.Tr key={`${each.type} ${each.name} ${each.version} ${each.architecture ?? ""} ${each.path}`}>
              <Table.Td fw={600}>{each.name}</Table.Td>
              <Table.Td className="mono">{each.version}</Table.Td>
              <Table.Td>{each.type}</Table.Td>
              <Table.Td className="mono">{each.source ?? ""}</Table.Td>
              <Table.Td maw={220}>{each.licenses.join(", ")}</Table.Td>
              <Table.Td>
                <Text size="sm">{text("console.findings.layer", { number: each.layerIndex + 1 })}</Text>
                <Text size="xs" c="dimmed" className="mono long">
                  {each.path}
                </Text>
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}
