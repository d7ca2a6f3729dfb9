// SPDX-License-Identifier: Apache-2.0
import { Group, Stack, Text, TextInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { ImagePlatform, Observation } from "../../api/generated/api.ts";
import { observationsQuery } from "../../api/queries.ts";
import { useLanguage, useText } from "../../app/language.tsx";
import { type Column, DataTable } from "../../components/data-table.tsx";
import { QueryState } from "../../components/page-state.tsx";
import { Paged } from "../../components/paged.tsx";
import { SeverityBadge } from "../../components/severity-counts.tsx";
import { CountingSwitch } from "./counting-switch.tsx";
import { CONTENTS_PAGE_SIZE } from "./model.ts";
import { Place } from "./place.tsx";
import { SuppressionNote } from "./suppression-note.tsx";

/** Secrets, configuration, licences or malware of one platform, searched and paged by the server. */
export function ObservationsTab({
  image,
  platform,
  kind,
}: {
  readonly image: string;
  readonly platform: ImagePlatform;
  readonly kind: Observation["kind"];
}) {
  const text = useText();
  const { language } = useLanguage();
  const [search, setSearch] = useState("");
  const [isSuppressed, setSuppressed] = useState(false);
  const [page, setPage] = useState(1);
  const [settled] = useDebouncedValue(search, 200);
  const query = useQuery(
    observationsQuery({
      image,
      digest: platform.digest,
      kind,
      search: settled,
      suppressed: isSuppressed ? "true" : "false",
      limit: CONTENTS_PAGE_SIZE,
      offset: (page - 1) * CONTENTS_PAGE_SIZE,
      lang: language,
    }),
  );
  const nothing = isSuppressed ? "console.findings.noneSuppressed" : (`console.observations.none.${kind}` as const);
  return (
    <Stack gap="md">
      <Group align="flex-end">
        <TextInput
          type="search"
          aria-label={text("console.observations.search")}
          placeholder={text("console.observations.search")}
          w={320}
          maw="100%"
          value={search}
          onChange={(event) => {
            setSearch(event.currentTarget.value);
            setPage(1);
          }}
        />
        <CountingSwitch
          isSuppressed={isSuppressed}
          onChange={(next) => {
            setSuppressed(next);
            setPage(1);
          }}
        />
      </Group>
      <QueryState query={query}>
        {({ total, observations }) => (
          <Paged
            total={total}
            pageSize={CONTENTS_PAGE_SIZE}
            page={page}
            onPage={setPage}
            label={text("console.observations.page")}
            nothing={text(settled === "" ? nothing : "console.observations.noMatch")}
          >
            <DataTable
              columns={COLUMNS}
              rows={observations}
              rowKey={(each, index) => `${index} ${each.rule} ${each.path ?? ""}`}
            />
          </Paged>
        )}
      </QueryState>
    </Stack>
  );
}

const COLUMNS: readonly Column<Observation>[] = [
  {
    title: "console.observations.column.severity",
    cell: (each) => <SeverityBadge severity={each.severity} />,
    className: "tight",
  },
  { title: "console.observations.column.what", cell: (each) => <What observation={each} />, className: "wide" },
  { title: "console.observations.column.place", cell: (each) => <Where observation={each} /> },
];

function What({ observation }: { readonly observation: Observation }) {
  const { text: sentence, advice, rule, excerpt, suppression } = observation;
  return (
    <Stack gap={4}>
      <Text size="sm" fw={600} className="long">
        {sentence}
      </Text>
      {excerpt === undefined ? null : (
        <Text size="xs" className="mono long">
          {excerpt}
        </Text>
      )}
      {advice === undefined ? null : (
        <Text size="sm" c="dimmed">
          {advice}
        </Text>
      )}
      <Text size="xs" c="dimmed" className="mono">
        {rule}
      </Text>
      {suppression === undefined ? null : <SuppressionNote suppression={suppression} />}
    </Stack>
  );
}

function Where({ observation }: { readonly observation: Observation }) {
  const text = useText();
  const { layerIndex, path, line, historyIndex, isHidden } = observation;
  if (layerIndex === undefined || path === undefined) {
    return historyIndex === undefined
      ? text("console.observations.config")
      : text("console.observations.history", { number: historyIndex + 1 });
  }
  return (
    <>
      <Place found={{ layerIndex, path }} />
      {line === undefined ? null : (
        <Text size="xs" c="dimmed">
          {text("console.observations.line", { line: String(line) })}
        </Text>
      )}
      {isHidden === true ? <Text size="xs">{text("console.observations.hidden")}</Text> : null}
    </>
  );
}
