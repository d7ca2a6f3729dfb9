// SPDX-License-Identifier: Apache-2.0
import { Button, Group, Select, Stack, Text, TextInput } from "@mantine/core";
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
import { CountingSwitch } from "./counting-switch.tsx";
import { ExplanationDialog } from "./explanation-dialog.tsx";
import { Exploitation } from "./exploitation.tsx";
import { CONTENTS_PAGE_SIZE, isIncomplete } from "./model.ts";
import { Place } from "./place.tsx";
import { SuppressionNote } from "./suppression-note.tsx";

/** The findings of one platform, searched and paged by the server. */
export function FindingsTab({ image, platform }: { readonly image: string; readonly platform: ImagePlatform }) {
  const text = useText();
  const [search, setSearch] = useState("");
  const [severity, setSeverity] = useState<Severity | undefined>();
  const [isSuppressed, setSuppressed] = useState(false);
  const [explained, setExplained] = useState<string | undefined>();
  const [page, setPage] = useState(1);
  const [settled] = useDebouncedValue(search, 200);
  const query = useQuery(
    findingsQuery({
      image,
      digest: platform.digest,
      search: settled,
      suppressed: isSuppressed ? "true" : "false",
      limit: CONTENTS_PAGE_SIZE,
      offset: (page - 1) * CONTENTS_PAGE_SIZE,
      ...(severity === undefined ? {} : { severity }),
    }),
  );
  if (platform.scan?.findings === 0 && platform.scan.suppressed === 0) {
    return (
      <Text py="lg" ta="center">
        {text(isIncomplete(platform) ? "console.findings.noneIncomplete" : "console.findings.none")}
      </Text>
    );
  }
  const isFiltered = settled !== "" || severity !== undefined;
  const nothing = isFiltered
    ? "console.findings.noMatch"
    : isSuppressed
      ? "console.findings.noneSuppressed"
      : isIncomplete(platform)
        ? "console.findings.noneIncomplete"
        : "console.findings.none";
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
        <CountingSwitch
          isSuppressed={isSuppressed}
          onChange={(next) => {
            setSuppressed(next);
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
            nothing={text(nothing)}
          >
            <DataTable
              columns={columnsWith(setExplained)}
              rows={findings}
              rowKey={(finding) => `${finding.id} ${finding.package.name} ${finding.package.version} ${finding.path}`}
            />
          </Paged>
        )}
      </QueryState>
      {explained === undefined ? null : (
        <ExplanationDialog
          image={image}
          digest={platform.digest}
          id={explained}
          onClose={() => setExplained(undefined)}
        />
      )}
    </Stack>
  );
}

function columnsWith(onExplain: (id: string) => void): readonly Column<Finding>[] {
  return [
    {
      title: "console.findings.column.severity",
      cell: (finding) => <SeverityBadge severity={finding.severity} />,
      className: "tight",
    },
    {
      title: "console.findings.column.id",
      cell: (finding) => <FindingName finding={finding} onExplain={onExplain} />,
      className: "wide",
    },
    {
      title: "console.findings.column.package",
      cell: (finding) => (
        <>
          {finding.package.name}
          <Text size="xs" c="dimmed" className="mono long">
            {finding.package.version}
          </Text>
          <PackageNotes finding={finding} />
        </>
      ),
    },
    { title: "console.findings.column.fix", cell: (finding) => <Fix finding={finding} /> },
    { title: "console.findings.column.place", cell: (finding) => <Place found={finding} /> },
  ];
}

function PackageNotes({ finding }: { readonly finding: Finding }) {
  const text = useText();
  const { coveredBy, isDeclared } = finding;
  return (
    <>
      {coveredBy === undefined ? null : (
        <Text size="xs">
          {text("console.findings.coveredBy", { name: coveredBy.name, version: coveredBy.version })}
        </Text>
      )}
      {isDeclared === true ? <Text size="xs">{text("console.findings.declared")}</Text> : null}
    </>
  );
}

function Fix({ finding }: { readonly finding: Finding }) {
  const text = useText();
  return (
    <>
      {finding.fixedVersions.length === 0 ? (
        <Text size="sm" c="dimmed">
          {text("console.findings.noFix")}
        </Text>
      ) : (
        <span className="mono">{finding.fixedVersions.join(", ")}</span>
      )}
      {finding.status === undefined ? null : <Text size="xs">{text(`console.findings.status.${finding.status}`)}</Text>}
    </>
  );
}

function FindingName({ finding, onExplain }: { readonly finding: Finding; readonly onExplain: (id: string) => void }) {
  const text = useText();
  return (
    <Stack gap={4}>
      <Group gap="xs">
        {finding.url === undefined ? (
          <strong>{finding.id}</strong>
        ) : (
          <a href={finding.url} target="_blank" rel="noreferrer noopener">
            {finding.id}
          </a>
        )}
        <Button variant="subtle" size="compact-xs" onClick={() => onExplain(finding.id)}>
          {text("console.findings.explain")}
        </Button>
      </Group>
      <Exploitation finding={finding} />
      {finding.state === "undecided" ? (
        <Text size="xs" fw={600}>
          {text("console.findings.undecided")}
        </Text>
      ) : null}
      <Text size="sm" c="dimmed" lineClamp={2}>
        {finding.title}
      </Text>
      {finding.suppression === undefined ? null : <SuppressionNote suppression={finding.suppression} />}
    </Stack>
  );
}
