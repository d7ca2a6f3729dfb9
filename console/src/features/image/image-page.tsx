// SPDX-License-Identifier: Apache-2.0
import { Badge, Group, Select, Stack, Tabs, Text, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import type { ImageDetail } from "../../api/generated/api.ts";
import { imageQuery, statusQuery } from "../../api/queries.ts";
import { useLanguage, useText } from "../../app/language.tsx";
import { usePageTitle } from "../../app/use-page-title.ts";
import { Command } from "../../components/command.tsx";
import { DatabaseNotice } from "../../components/database-notice.tsx";
import { QueryState } from "../../components/page-state.tsx";
import { Artifact } from "./artifact.tsx";
import { FindingsTab } from "./findings-tab.tsx";
import { ImageFacts } from "./image-facts.tsx";
import { LayersTab } from "./layers-tab.tsx";
import {
  type ImageTab,
  imageTitle,
  OBSERVATION_TABS,
  openJobs,
  pullCommand,
  readImageTab,
  selectPlatform,
  shownTabs,
} from "./model.ts";
import { ObservationsTab } from "./observations-tab.tsx";
import { PackagesTab } from "./packages-tab.tsx";
import { ScanButton } from "./scan-button.tsx";
import { ScanProgress } from "./scan-progress.tsx";
import { countSignatures } from "./signature-model.ts";
import { SignaturesTab } from "./signatures-tab.tsx";
import { VerdictBanner } from "./verdict-banner.tsx";
import { VerdictTab } from "./verdict-tab.tsx";

const route = getRouteApi("/layout/image/$");

/** One image: its verdict, and everything that led to it. */
export function ImagePage() {
  const text = useText();
  const { language } = useLanguage();
  const { _splat: name = "" } = route.useParams();
  usePageTitle(name);
  const query = useQuery(imageQuery(name, language));
  return (
    <Stack gap="md">
      <Link to="/images" className="text-link">
        ← {text("console.image.back")}
      </Link>
      <QueryState query={query}>
        {(image) => (image.kind === "artifact" ? <Artifact artifact={image} /> : <Image name={name} image={image} />)}
      </QueryState>
    </Stack>
  );
}

function Image({ name, image }: { readonly name: string; readonly image: ImageDetail }) {
  const text = useText();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const status = useQuery(statusQuery());
  const platform = selectPlatform(image, search.platform);
  const tab = search.tab ?? "verdict";
  function show(change: { readonly tab?: ImageTab; readonly platform?: string }): void {
    void navigate({ search: { ...search, ...change }, replace: true });
  }
  const { signatures } = image;
  const counts: Partial<Record<ImageTab, number | undefined>> = {
    signatures: signatures === undefined ? undefined : countSignatures(signatures),
    findings: platform?.scan?.findings,
    secrets: platform?.scan?.secrets,
    configuration: platform?.scan?.configuration,
    licenses: platform?.scan?.licenses,
    malware: platform?.scan?.malware,
    packages: platform?.scan?.packages,
    layers: platform?.scan?.layers.length,
  };
  return (
    <>
      <Group justify="space-between" align="flex-start">
        <Title order={1} size="h2" className="long">
          {imageTitle(image)}
        </Title>
        <ScanButton image={name} isOpen={openJobs(image).length > 0} />
      </Group>
      <VerdictBanner verdict={image.verdict} isIndex={image.kind === "index"} />
      {openJobs(image).map((job) => (
        <ScanProgress key={job.id} job={job} />
      ))}
      <ImageFacts image={image} platform={platform} />
      {image.platforms.length > 1 ? (
        <Select
          label={text("console.image.platform")}
          maw={320}
          allowDeselect={false}
          value={platform?.digest ?? null}
          data={image.platforms.map((each) => ({
            value: each.digest,
            label: `${each.platform} · ${text(`console.verdict.${each.verdict.outcome}`)}`,
          }))}
          onChange={(digest) => show(digest === null ? {} : { platform: digest })}
        />
      ) : null}
      {platform?.scan === undefined ? null : <DatabaseNotice database={platform.scan.database} />}
      <Tabs value={tab} onChange={(next) => show({ tab: readImageTab(next) })} className="panel" keepMounted={false}>
        <Tabs.List px="sm" pt={4}>
          {shownTabs(platform).map((each) => (
            <Tabs.Tab
              key={each}
              value={each}
              rightSection={
                counts[each] === undefined ? null : (
                  <Badge variant="default" size="sm" circle={false}>
                    {counts[each]}
                  </Badge>
                )
              }
            >
              {text(`console.image.tab.${each}`)}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        <Tabs.Panel value="verdict" p="md">
          <VerdictTab image={image} platform={platform} />
        </Tabs.Panel>
        <Tabs.Panel value="signatures" p="md">
          {signatures === undefined ? null : <SignaturesTab image={image} signatures={signatures} />}
        </Tabs.Panel>
        <Tabs.Panel value="findings" p="md">
          {platform?.scan === undefined ? <NoReport /> : <FindingsTab image={name} platform={platform} />}
        </Tabs.Panel>
        {OBSERVATION_TABS.map((each) => (
          <Tabs.Panel key={each.tab} value={each.tab} p="md">
            {platform?.scan === undefined ? (
              <NoReport />
            ) : (
              <ObservationsTab image={name} platform={platform} kind={each.kind} />
            )}
          </Tabs.Panel>
        ))}
        <Tabs.Panel value="packages" p="md">
          {platform?.scan === undefined ? <NoReport /> : <PackagesTab image={name} platform={platform} />}
        </Tabs.Panel>
        <Tabs.Panel value="layers" p="md">
          {platform?.scan === undefined ? <NoReport /> : <LayersTab scan={platform.scan} />}
        </Tabs.Panel>
      </Tabs>
      {status.data === undefined || image.verdict.outcome !== "allow" ? null : (
        <Stack gap={6} maw={860}>
          <Text size="sm" fw={600}>
            {text("console.image.pull")}
          </Text>
          <Command line={pullCommand(status.data.registry, image)} />
        </Stack>
      )}
    </>
  );
}

function NoReport() {
  const text = useText();
  return (
    <Text c="dimmed" py="lg" ta="center">
      {text("console.image.noReport")}
    </Text>
  );
}
