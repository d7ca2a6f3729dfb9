// SPDX-License-Identifier: Apache-2.0
import { Group, Pagination, Stack, Text, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { imagesQuery } from "../../api/queries.ts";
import { useLanguage, useText } from "../../app/language.tsx";
import { usePageTitle } from "../../app/use-page-title.ts";
import { DatabaseNotice } from "../../components/database-notice.tsx";
import { QueryState } from "../../components/page-state.tsx";
import { FirstImage } from "./first-image.tsx";
import { ImageTable } from "./image-table.tsx";
import { PAGE_SIZE, pageCount } from "./model.ts";

const route = getRouteApi("/layout/images");

/** The images of the registry, newest push first; changes by itself. */
export function ImagesPage() {
  const text = useText();
  const { language } = useLanguage();
  usePageTitle(text("console.images.title"));
  const { page = 1 } = route.useSearch();
  const navigate = route.useNavigate();
  const query = useQuery(imagesQuery({ limit: PAGE_SIZE, offset: (page - 1) * PAGE_SIZE, lang: language }));
  return (
    <Stack gap="md">
      <Group justify="space-between" align="baseline">
        <Title order={1} size="h2">
          {text("console.images.title")}
        </Title>
        {query.data === undefined ? null : (
          <Text c="dimmed">{text("console.images.count", { count: query.data.total })}</Text>
        )}
      </Group>
      <QueryState query={query}>
        {(list) =>
          list.total === 0 ? (
            <FirstImage />
          ) : (
            <>
              <DatabaseNotice database={list.database} />
              <ImageTable images={list.images} />
              {pageCount(list.total) > 1 ? (
                <Pagination
                  total={pageCount(list.total)}
                  value={page}
                  onChange={(next) => void navigate({ search: next > 1 ? { page: next } : {} })}
                  getItemProps={(item) => ({ "aria-label": String(item) })}
                  aria-label={text("console.images.page")}
                />
              ) : null}
            </>
          )
        }
      </QueryState>
    </Stack>
  );
}
