// SPDX-License-Identifier: Apache-2.0
import { Stack, Text, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import type { ClusterComponent, ClusterFinding, ClusterGap } from "../../api/generated/api.ts";
import { clusterComponentsQuery } from "../../api/queries.ts";
import { useText } from "../../app/language.tsx";
import { usePageTitle } from "../../app/use-page-title.ts";
import { type Column, DataTable } from "../../components/data-table.tsx";
import { DatabaseNotice } from "../../components/database-notice.tsx";
import { Notice, QueryState } from "../../components/page-state.tsx";
import { SeverityBadge, SeverityCounts } from "../../components/severity-counts.tsx";
import { countFindings, gapMessage, outcomeOfComponent, STATE_SIGNS } from "./model.ts";

/** What the cluster itself is made of, and what is known about these versions. */
export function ClusterPage() {
  const text = useText();
  usePageTitle(text("console.cluster.title"));
  const query = useQuery(clusterComponentsQuery());
  return (
    <Stack gap="md">
      <Title order={1} size="h2">
        {text("console.cluster.title")}
      </Title>
      <Text c="dimmed">{text("console.cluster.hint")}</Text>
      <QueryState query={query}>
        {({ isWatched, components, gaps, database }) =>
          isWatched ? (
            <>
              <DatabaseNotice database={database} />
              <DataTable
                className="panel"
                columns={COLUMNS}
                rows={components}
                rowKey={(each) => `${each.name} ${each.version}`}
                outcome={(each) => outcomeOfComponent(each.state)}
              />
              <Gaps gaps={gaps} />
            </>
          ) : (
            <div className="panel">
              <Notice title={text("console.cluster.unwatched")} hint={text("console.cluster.unwatchedHint")} />
            </div>
          )
        }
      </QueryState>
    </Stack>
  );
}

const COLUMNS: readonly Column<ClusterComponent>[] = [
  { title: "console.cluster.column.component", cell: (each) => <Program component={each} />, className: "wide" },
  { title: "console.cluster.column.state", cell: (each) => <State state={each.state} /> },
  { title: "console.cluster.column.nodes", cell: (each) => <Nodes component={each} /> },
  {
    title: "console.cluster.column.findings",
    cell: (each) => <Findings component={each} />,
    className: "wide",
  },
];

function useProgramName(): (name: string | undefined) => string {
  const text = useText();
  return (name) => {
    switch (name) {
      case "runtime":
      case "kernel":
      case "operating-system":
        return text(`console.cluster.name.${name}`);
      default:
        return name ?? "";
    }
  };
}

function Program({ component }: { readonly component: ClusterComponent }) {
  const text = useText();
  const programName = useProgramName();
  const { name, version, comparedVersion, isVendorBuild } = component;
  return (
    <>
      {programName(name)}
      <Text size="sm" className="mono long">
        {version}
      </Text>
      {isVendorBuild === true && comparedVersion !== undefined ? (
        <Text size="xs" c="dimmed">
          {text("console.cluster.compared", { version: comparedVersion })}
        </Text>
      ) : null}
    </>
  );
}

function State({ state }: Pick<ClusterComponent, "state">) {
  const text = useText();
  return (
    <span className="verdict" data-outcome={outcomeOfComponent(state)}>
      <span aria-hidden="true">{STATE_SIGNS[state]}</span>
      {text(`console.cluster.state.${state}`)}
    </span>
  );
}

const SHOWN_NODES = 3;

function Nodes({ component: { nodeCount, nodes } }: { readonly component: ClusterComponent }) {
  const text = useText();
  if (nodeCount === 0) {
    return <Text size="sm">{text("console.cluster.controlPlane")}</Text>;
  }
  const shown = nodes.slice(0, SHOWN_NODES);
  return (
    <>
      <Text size="sm">{text("console.cluster.nodes", { count: nodeCount })}</Text>
      <Text size="xs" c="dimmed" className="mono long" title={nodes.join(", ")}>
        {shown.join(", ")}
      </Text>
      {nodeCount > shown.length ? (
        <Text size="xs" c="dimmed">
          {text("console.cluster.moreNodes", { count: nodeCount - shown.length })}
        </Text>
      ) : null}
    </>
  );
}

function Findings({ component: { findings, state } }: { readonly component: ClusterComponent }) {
  const text = useText();
  if (findings.length === 0) {
    return state === "clear" ? "–" : text("console.cluster.cannotTell");
  }
  return (
    <Stack gap="xs">
      <SeverityCounts counts={countFindings(findings)} />
      <details>
        <summary>{text("console.cluster.show", { count: findings.length })}</summary>
        <Stack gap="sm" pt="xs">
          {findings.map((finding) => (
            <Vulnerability key={finding.id} finding={finding} />
          ))}
        </Stack>
      </details>
    </Stack>
  );
}

function Vulnerability({ finding }: { readonly finding: ClusterFinding }) {
  const text = useText();
  const { id, severity, state, title, url, fixedVersions, isKnownExploited } = finding;
  return (
    <div>
      <SeverityBadge severity={severity} />{" "}
      {url === undefined ? (
        <span className="mono">{id}</span>
      ) : (
        <a href={url} target="_blank" rel="noreferrer noopener" className="mono">
          {id}
        </a>
      )}
      <Text size="sm" className="long">
        {title}
      </Text>
      {isKnownExploited ? <Text size="xs">{text("console.cluster.knownExploited")}</Text> : null}
      {state === "undecided" ? <Text size="xs">{text("console.cluster.undecidedFinding")}</Text> : null}
      <Text size="xs" c="dimmed" className="long">
        {fixedVersions.length === 0
          ? text("console.cluster.noFix")
          : text("console.cluster.fixedIn", { versions: fixedVersions.join(", ") })}
      </Text>
    </div>
  );
}

function Gaps({ gaps }: { readonly gaps: readonly ClusterGap[] }) {
  const text = useText();
  const programName = useProgramName();
  return (
    <Stack className="panel" p="lg" gap="sm" component="section">
      <Title order={2} size="h4">
        {text("console.cluster.gaps")}
      </Title>
      <ul>
        {gaps.map((gap) => (
          <li key={`${gap.code} ${gap.component ?? ""} ${gap.version ?? ""}`}>
            <Text size="sm" className="long">
              {text(gapMessage(gap), { component: programName(gap.component), version: gap.version ?? "" })}
            </Text>
          </li>
        ))}
      </ul>
    </Stack>
  );
}
