// SPDX-License-Identifier: Apache-2.0
import { Group, Select, Stack, Text, TextInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { Finding, ImagePlatform, Severity } from "../../api/generated/api.ts";
import { findingsQuery } from "../../api/queries.ts";
import { useText } from "../../app/language.tsx";
import { type Column, DataTable } from "../../components/data-table.tsx";
import { QueryState } from "../../components/page-state.tsx";
import { Paged } from "../../components/paged.tsx";
import { SeverityBadge } from "../../components/severity-counts.tsx";
import { CONTENTS_PAGE_SIZE, isIncomplete } from "./model.ts";
import { Place } from "./place.tsx";

/** The findings of one platform, searched and paged by the server. */
export function FindingsTab({ image, platform }: { readonly image: string; readonly platform: ImagePlatform }) {
  const text = useText();
  const [search, setSearch] = useState("");
  const [severity, setSeverity] = useState<Severity | undefined>();
  const [page, setPage] = useState(1);
  const [settled] = useDebouncedValue(search, 200);
  const query = useQuery(
    findingsQuery({
      image,
      digest: platform.digest,
      search: settled,
      limit: CONTENTS_PAGE_SIZE,
      offset: (page - 1) * CONTENTS_PAGE_SIZE,
      ...(severity === undefined ? {} : { severity }),
    }),
  );
  if (platform.scan?.findings === 0) {
    return (
      <Text py="lg" ta="center">
        {text(isIncomplete(platform) ? "console.findings.noneIncomplete" : "console.findings.none")}
      </Text>
    );
  }
  return (
    <Stack gap="md">
      <Group align="flex-end">
        <TextInput
          type="search"
          aria-label={text("console.findings.search")}
          placeholder={text("console.findings.search")}
          w={320}
          maw="100%"
          value={search}
          onChange={(event) => {
            setSearch(event.currentTarget.value);
            setPage(1);
          }}
        />
        <Select
          aria-label={text("console.findings.severity")}
          placeholder={text("console.findings.allSeverities")}
          clearable
          w={200}
          value={severity ?? null}
          data={platform.counts.map((count) => ({
            value: count.severity,
            label: text(`console.severity.${count.severity}`),
          }))}
          onChange={(value) => {
            setSeverity(value === null ? undefined : (value as Severity));
            setPage(1);
          }}
        />
      </Group>
      <QueryState query={query}>
        {({ total, findings }) => (
          <Paged
            total={total}
            pageSize={CONTENTS_PAGE_SIZE}
            page={page}
            onPage={setPage}
            label={text("console.findings.page")}
            nothing={text("console.findings.noMatch")}
          >
            <FindingTable findings={findings} />
          </Paged>
        )}
      </QueryState>
    </Stack>
  );
}

const COLUMNS: readonly Column<Finding>[] = [
  {
    title: "console.findings.column.severity",
    cell: (finding) => <SeverityBadge severity={finding.severity} />,
    className: "tight",
  },
  { title: "console.findings.column.id", cell: (finding) => <FindingName finding={finding} />, className: "wide" },
  {
    title: "console.findings.column.package",
    cell: (finding) => (
      <>
        {finding.package.name}
        <Text size="xs" c="dimmed" className="mono long">
          {finding.package.version}
        </Text>
      </>
    ),
  },
  { title: "console.findings.column.fix", cell: (finding) => <Fix finding={finding} /> },
  { title: "console.findings.column.place", cell: (finding) => <Place found={finding} /> },
];

function FindingTable({ findings }: { readonly findings: readonly Finding[] }) {
  return (
    <DataTable
      columns={COLUMNS}
      rows={findings}
      rowKey={(finding) => `${finding.id} ${finding.package.name} ${finding.package.version} ${finding.path}`}
    />
  );
}

function Fix({ finding }: { readonly finding: Finding }) {
  const text = useText();
  return finding.fixedVersions.length === 0 ? (
    <Text size="sm" c="dimmed">
      {text("console.findings.noFix")}
    </Text>
  ) : (
    <span className="mono">{finding.fixedVersions.join(", ")}</span>
  );
}

function FindingName({ finding }: { readonly finding: Finding }) {
  const text = useText();
  return (
    <>
      {finding.url === undefined ? (
        <strong>{finding.id}</strong>
      ) : (
        <a href={finding.url} target="_blank" rel="noreferrer noopener">
          {finding.id}
        </a>
      )}
      {finding.state === "undecided" ? (
        <Text size="xs" fw={600}>
          {text("console.findings.undecided")}
        </Text>
      ) : null}
      <Text size="sm" c="dimmed" lineClamp={2}>
        {finding.title}
      </Text>
    </>
  );
}
