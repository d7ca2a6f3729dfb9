// SPDX-License-Identifier: Apache-2.0
import { Stack, Text } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import type { ImageSummary } from "../../api/generated/api.ts";
import { useText } from "../../app/language.tsx";
import { ArtifactBadge } from "../../components/artifact-badge.tsx";
import { type Column, DataTable } from "../../components/data-table.tsx";
import { ImageName } from "../../components/image-name.tsx";
import { Moment } from "../../components/moment.tsx";
import { ScanStateLabel } from "../../components/scan-state-label.tsx";
import { SeverityCounts } from "../../components/severity-counts.tsx";
import { SignatureBadge } from "../../components/signature-badge.tsx";
import { VerdictBadge } from "../../components/verdict-badge.tsx";
import { formatBytes } from "../../lib/format-bytes.ts";
import { shortDigest } from "../../lib/short-digest.ts";
import { imageSplat, summarizeReasons } from "./model.ts";

const COLUMNS: readonly Column<ImageSummary>[] = [
  { title: "console.images.column.image", cell: (image) => <NameCell image={image} />, className: "wide" },
  { title: "console.images.column.verdict", cell: (image) => <VerdictCell image={image} />, className: "wide" },
  { title: "console.images.column.signature", cell: (image) => <SignatureCell image={image} /> },
  { title: "console.images.column.findings", cell: (image) => <FindingsCell image={image} /> },
  {
    title: "console.images.column.size",
    cell: (image) => <span className="nowrap">{formatBytes(image.sizeBytes)}</span>,
  },
  { title: "console.images.column.pushed", cell: (image) => <PushedCell image={image} /> },
];

/** The list of images. */
export function ImageTable({ images }: { readonly images: readonly ImageSummary[] }) {
  return (
    <DataTable
      className="panel"
      columns={COLUMNS}
      rows={images}
      rowKey={imageSplat}
      outcome={(image) => (image.kind === "artifact" ? undefined : image.verdict.outcome)}
    />
  );
}

function NameCell({ image }: { readonly image: ImageSummary }) {
  return (
    <Stack gap={2}>
      <Link to="/image/$" params={{ _splat: imageSplat(image) }}>
        <ImageName name={imageSplat(image)} />
      </Link>
      <Text size="xs" c="dimmed" className="mono" title={image.digest}>
        {shortDigest(image.digest)}
      </Text>
      <Text size="xs" c="dimmed">
        {image.platforms.join(", ")}
      </Text>
    </Stack>
  );
}

function VerdictCell({ image }: { readonly image: ImageSummary }) {
  const text = useText();
  if (image.kind === "artifact") {
    return (
      <Stack gap={4}>
        <span>
          <ArtifactBadge />
        </span>
        <Text size="sm" c="dimmed">
          {text("console.artifact.hint")}
        </Text>
      </Stack>
    );
  }
  const { first, more } = summarizeReasons(image.verdict);
  return (
    <Stack gap={4}>
      <span>
        <VerdictBadge outcome={image.verdict.outcome} />
      </span>
      {first === undefined ? null : (
        <Text size="sm" lineClamp={2} className="long">
          {first}
        </Text>
      )}
      {more === 0 ? null : (
        <Text size="xs" c="dimmed">
          {text("console.verdict.more", { count: more })}
        </Text>
      )}
    </Stack>
  );
}

function SignatureCell({ image: { signatures } }: { readonly image: ImageSummary }) {
  const text = useText();
  if (signatures === undefined) {
    return "—";
  }
  const { signers, found } = signatures;
  const [signer] = signers;
  return (
    <Stack gap={4}>
      <span>
        <SignatureBadge summary={signatures} />
      </span>
      {signer === undefined ? null : (
        <Text size="xs" lineClamp={1} className="long" title={signers.join("\n")}>
          {signer}
        </Text>
      )}
      {signers.length < 2 ? null : (
        <Text size="xs" c="dimmed">
          {text("console.signature.more", { count: signers.length - 1 })}
        </Text>
      )}
      {found.map(({ kind, count }) => (
        <Text key={kind} size="xs" c="dimmed">
          {text("console.signature.found", { kind: text(`console.signature.kind.${kind}`), count })}
        </Text>
      ))}
    </Stack>
  );
}

function FindingsCell({ image }: { readonly image: ImageSummary }) {
  const text = useText();
  if (image.kind === "artifact") {
    return "—";
  }
  if (image.scanState !== "done" && image.counts.length === 0) {
    return <ScanStateLabel state={image.scanState} />;
  }
  return (
    <Stack gap={4}>
      {image.counts.length === 0 ? (
        <Text size="sm" c="dimmed">
          {text(image.isComplete ? "console.severity.none" : "console.severity.noneIncomplete")}
        </Text>
      ) : (
        <SeverityCounts counts={image.counts} />
      )}
      {image.scanState === "done" ? null : <ScanStateLabel state={image.scanState} />}
      {image.scannedAt === undefined ? null : (
        <Text size="xs" c="dimmed">
          {text("console.images.scanned")} <Moment at={image.scannedAt} />
        </Text>
      )}
    </Stack>
  );
}

function PushedCell({ image }: { readonly image: ImageSummary }) {
  const text = useText();
  return (
    <Stack gap={2}>
      <span className="nowrap">
        <Moment at={image.pushedAt} />
      </span>
      <Text size="xs" c="dimmed">
        {text("console.images.pushedBy", { name: image.pushedBy })}
      </Text>
      {image.pulledAt === undefined ? null : (
        <Text size="xs" c="dimmed">
          {text("console.images.pulled")} <Moment at={image.pulledAt} />
        </Text>
      )}
    </Stack>
  );
}
