// SPDX-License-Identifier: Apache-2.0
import { SimpleGrid, Stack, Text } from "@mantine/core";
import { type ReactNode, useState } from "react";
import type { ImageDetail, ImagePlatform, ScanSummary } from "../../api/generated/api.ts";
import { useText } from "../../app/language.tsx";
import { Moment } from "../../components/moment.tsx";
import { ScanStateLabel } from "../../components/scan-state-label.tsx";
import { SeverityCounts } from "../../components/severity-counts.tsx";
import { SignatureBadge } from "../../components/signature-badge.tsx";
import { formatBytes } from "../../lib/format-bytes.ts";
import { isIncomplete, supportMessage } from "./model.ts";

/** What is known about the image at a glance. */
export function ImageFacts({
  image,
  platform,
}: {
  readonly image: ImageDetail;
  readonly platform: ImagePlatform | undefined;
}) {
  const text = useText();
  return (
    <SimpleGrid cols={{ base: 1, xs: 2, md: 3, xl: 7 }} className="panel" p="md" component="dl" m={0}>
      <Fact name={text("console.image.pushed", { name: image.pushedBy })}>
        <Moment at={image.pushedAt} />
      </Fact>
      <Fact name={text("console.image.size")}>{formatBytes(image.sizeBytes)}</Fact>
      <Fact name={text("console.image.distribution")}>
        {platform?.scan?.distribution ?? text("console.image.noDistribution")}
      </Fact>
      <Fact name={text("console.image.scannedAt")}>
        {platform === undefined ? null : platform.scannedAt === undefined || platform.scanState !== "done" ? (
          <ScanStateLabel state={platform.scanState} />
        ) : (
          <Moment at={platform.scannedAt} />
        )}
      </Fact>
      {platform?.matchedAt === undefined || platform.matchedAt === platform.scannedAt ? null : (
        <Fact name={text("console.image.matchedAt")}>
          <Moment at={platform.matchedAt} />
        </Fact>
      )}
      {platform?.scan?.support === undefined ? null : <Support support={platform.scan.support} />}
      <Fact
        name={text(
          platform === undefined || platform.counts.length === 0
            ? "console.image.tab.findings"
            : "console.images.column.findings",
        )}
      >
        {platform === undefined || platform.counts.length === 0 ? (
          platform?.scan === undefined ? (
            "—"
          ) : (
            text(isIncomplete(platform) ? "console.severity.noneIncomplete" : "console.severity.none")
          )
        ) : (
          <SeverityCounts counts={platform.counts} />
        )}
      </Fact>
      {image.signatures === undefined ? null : (
        <Fact name={text("console.images.column.signature")}>
          <SignatureBadge summary={image.signatures} />
        </Fact>
      )}
      <Fact name={text("console.image.digest")}>
        <span className="mono long">{image.digest}</span>
      </Fact>
    </SimpleGrid>
  );
}

function Support({ support }: { readonly support: NonNullable<ScanSummary["support"]> }) {
  const text = useText();
  const [today] = useState(() => new Date().toISOString().slice(0, 10));
  const message = supportMessage(support, today);
  return message === undefined ? null : (
    <Fact name={text("console.image.support")}>
      <span data-support={message}>
        {text(message, {
          release: support.release,
          until: support.until ?? "",
          extended: support.extendedUntil ?? "",
        })}
      </span>
    </Fact>
  );
}

/** One entry of a list of facts. */
export function Fact({ name, children }: { readonly name: string; readonly children: ReactNode }) {
  return (
    <Stack gap={2}>
      <Text component="dt" size="xs" c="dimmed">
        {name}
      </Text>
      <Text component="dd" size="sm" m={0} fw={500}>
        {children}
      </Text>
    </Stack>
  );
}
