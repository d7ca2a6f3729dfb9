// SPDX-License-Identifier: Apache-2.0
import { SimpleGrid, Stack, Text, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import type { ImageDetail } from "../../api/generated/api.ts";
import { statusQuery } from "../../api/queries.ts";
import { useText } from "../../app/language.tsx";
import { ArtifactBadge } from "../../components/artifact-badge.tsx";
import { Command } from "../../components/command.tsx";
import { Moment } from "../../components/moment.tsx";
import { formatBytes } from "../../lib/format-bytes.ts";
import { Fact } from "./image-facts.tsx";
import { artifactPullCommand, imageTitle } from "./model.ts";

/** Something in the registry that is no container image: what is known about it, and no verdict. */
export function Artifact({ artifact }: { readonly artifact: ImageDetail }) {
  const text = useText();
  const status = useQuery(statusQuery());
  return (
    <>
      <Title order={1} size="h2" className="long">
        {imageTitle(artifact)}
      </Title>
      <section className="verdict-banner artifact" aria-label={text("console.artifact.label")}>
        <Stack gap={6}>
          <span>
            <ArtifactBadge />
          </span>
          <Text fw={700} size="lg">
            {text("console.artifact.title")}
          </Text>
          <Text size="sm">{text("console.artifact.hint")}</Text>
        </Stack>
      </section>
      <SimpleGrid cols={{ base: 1, xs: 2 }} className="panel" p="md" component="dl" m={0}>
        <Fact name={text("console.image.pushed", { name: artifact.pushedBy })}>
          <Moment at={artifact.pushedAt} />
        </Fact>
        <Fact name={text("console.image.size")}>{formatBytes(artifact.sizeBytes)}</Fact>
        <Fact name={text("console.artifact.mediaType")}>
          <span className="mono long">{artifact.artifactType ?? artifact.mediaType}</span>
        </Fact>
        <Fact name={text("console.image.digest")}>
          <span className="mono long">{artifact.digest}</span>
        </Fact>
      </SimpleGrid>
      {status.data === undefined ? null : (
        <Stack gap={6} maw={860}>
          <Text size="sm" fw={600}>
            {text("console.artifact.pull")}
          </Text>
          <Command line={artifactPullCommand(status.data.registry, artifact)} />
        </Stack>
      )}
    </>
  );
}
