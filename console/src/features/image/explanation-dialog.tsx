// SPDX-License-Identifier: Apache-2.0
import { Button, Divider, Group, SimpleGrid, Stack, Text, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useEffect, useId, useRef } from "react";
import type { Explanation } from "../../api/generated/api.ts";
import { explanationQuery } from "../../api/queries.ts";
import { useLanguage, useText } from "../../app/language.tsx";
import { QueryState } from "../../components/page-state.tsx";
import { SeverityBadge } from "../../components/severity-counts.tsx";
import { Exploitation } from "./exploitation.tsx";
import { Fact } from "./image-facts.tsx";
import { SuppressionNote } from "./suppression-note.tsx";

type Explained = Explanation["explanations"][number];

/** Why an image has a finding, where it comes from, and what removes it. */
export function ExplanationDialog({
  image,
  digest,
  id,
  onClose,
}: {
  readonly image: string;
  readonly digest: string;
  readonly id: string;
  readonly onClose: () => void;
}) {
  const text = useText();
  const { language } = useLanguage();
  const query = useQuery(explanationQuery({ image, digest, id, lang: language }));
  const titleId = useId();
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => dialog.current?.showModal(), []);
  return (
    <dialog ref={dialog} className="dialog" aria-labelledby={titleId} onClose={onClose}>
      <Group justify="space-between" mb="md">
        <Title order={2} size="h4" id={titleId}>
          {text("console.explain.title", { id })}
        </Title>
        <Button variant="default" size="compact-sm" onClick={() => dialog.current?.close()}>
          {text("console.explain.close")}
        </Button>
      </Group>
      <QueryState query={query}>
        {({ explanations }) =>
          explanations.length === 0 ? (
            <Text>{text("console.explain.none")}</Text>
          ) : (
            <Stack gap="lg">
              {explanations.map((each, index) => (
                <Stack key={`${each.finding?.path ?? ""} ${each.finding?.package.version ?? index}`} gap="md">
                  {index === 0 ? null : <Divider />}
                  <One explained={each} />
                </Stack>
              ))}
            </Stack>
          )
        }
      </QueryState>
    </dialog>
  );
}

function One({ explained }: { readonly explained: Explained }) {
  const text = useText();
  const { finding, layer, remedy } = explained;
  if (finding === undefined) {
    return <Text>{explained.observation?.text}</Text>;
  }
  const { match } = finding;
  return (
    <>
      <Text>{finding.title}</Text>
      {remedy === undefined ? null : (
        <div className="verdict-banner" data-outcome={remedy.kind === "noFix" ? "undecided" : "allow"}>
          {text(`console.explain.remedy.${remedy.kind}`, {
            name: remedy.packageName,
            versions: remedy.versions.join(", "),
          })}
        </div>
      )}
      {finding.suppression === undefined ? null : <SuppressionNote suppression={finding.suppression} />}
      <SimpleGrid cols={{ base: 1, sm: 2 }} component="dl" m={0}>
        <Fact name={text("console.findings.column.severity")}>
          <SeverityBadge severity={finding.severity} />{" "}
          {finding.severitySource === undefined
            ? null
            : text("console.findings.severityFrom", { source: finding.severitySource })}
        </Fact>
        {finding.otherSeverities === undefined ? null : (
          <Fact name={text("console.explain.otherSeverities")}>
            {finding.otherSeverities.map(({ source, severity }) => (
              <div key={source}>
                <SeverityBadge severity={severity} /> {text("console.findings.severityFrom", { source })}
              </div>
            ))}
          </Fact>
        )}
        {finding.exploitation === undefined ? null : (
          <Fact name={text("console.explain.exploitation")}>
            <Exploitation finding={finding} />
          </Fact>
        )}
        <Fact name={text("console.explain.advisory")}>{match.advisoryId}</Fact>
        <Fact name={text("console.explain.searched")}>
          {text("console.explain.searchedText", {
            name: match.packageName,
            version: match.version,
            ecosystem: match.ecosystem,
          })}
        </Fact>
        <Fact name={text("console.explain.range")}>
          <span className="mono long">{match.range}</span>
        </Fact>
        {finding.cvssVector === undefined ? null : (
          <Fact name={text("console.explain.vector")}>
            <span className="mono long">{finding.cvssVector}</span>
          </Fact>
        )}
        {finding.aliases.length === 0 ? null : (
          <Fact name={text("console.explain.aliases")}>{finding.aliases.join(", ")}</Fact>
        )}
        <Fact name={text("console.explain.file")}>
          <span className="mono long">{finding.path}</span>
        </Fact>
        {layer === undefined ? null : (
          <Fact name={text("console.explain.layer")}>
            {text("console.explain.layerText", { index: layer.index + 1, count: layer.count })}
          </Fact>
        )}
        {layer?.createdBy === undefined ? null : (
          <Fact name={text("console.explain.instruction")}>
            <span className="mono long">{layer.createdBy}</span>
          </Fact>
        )}
      </SimpleGrid>
    </>
  );
}
