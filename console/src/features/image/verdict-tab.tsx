// SPDX-License-Identifier: Apache-2.0
import { Stack, Text, Title } from "@mantine/core";
import type { ImageDetail, ImagePlatform, ScanSummary } from "../../api/generated/api.ts";
import { useCodeText, useText } from "../../app/language.tsx";
import { VerdictSection } from "../../components/verdict-section.tsx";
import { isIncomplete } from "./model.ts";

/** Every reason, the policy that decided, and what the scan could not tell. */
export function VerdictTab({
  image,
  platform,
}: {
  readonly image: ImageDetail;
  readonly platform: ImagePlatform | undefined;
}) {
  const text = useText();
  const isIndex = image.kind === "index";
  return (
    <Stack gap="lg">
      <VerdictSection title={isIndex ? text("console.image.indexVerdict") : undefined} verdict={image.verdict} />
      {isIndex && platform !== undefined ? (
        <VerdictSection
          title={text("console.image.platformVerdict", { platform: platform.platform })}
          verdict={platform.verdict}
        />
      ) : null}
      {platform?.scanMessage === undefined ? null : <Text className="mono long">{platform.scanMessage}</Text>}
      {platform?.scan !== undefined && isIncomplete(platform) ? <Incompleteness scan={platform.scan} /> : null}
    </Stack>
  );
}

function Incompleteness({ scan }: { readonly scan: ScanSummary }) {
  const text = useText();
  const codeText = useCodeText();
  return (
    <Stack gap={6}>
      <Title order={2} size="h5">
        {text("console.image.incomplete")}
      </Title>
      <Text size="sm" c="dimmed">
        {text("console.image.incompleteHint")}
      </Text>
      <ul className="plain-list">
        {scan.coverageGaps.map((gap) => (
          <li key={`${gap.code} ${gap.subject ?? ""}`}>
            {codeText("console.gap", gap.code, gap.code, { subject: gap.subject ?? "" })}
          </li>
        ))}
        {scan.problems.map((problem) => (
          <li key={`${problem.code} ${problem.path ?? ""} ${problem.message}`}>
            {codeText("console.problem", problem.code, problem.message)}{" "}
            <span className="mono long">{problem.path ?? problem.message}</span>
          </li>
        ))}
      </ul>
    </Stack>
  );
}
