// SPDX-License-Identifier: Apache-2.0
import { Stack, Text } from "@mantine/core";
import type { Verdict } from "../../api/generated/api.ts";
import { useText } from "../../app/language.tsx";
import { ReasonText } from "../../components/reason-list.tsx";
import { VerdictBadge } from "../../components/verdict-badge.tsx";

/** The verdict, so large that nobody misses it. */
export function VerdictBanner({ verdict, isIndex }: { readonly verdict: Verdict; readonly isIndex: boolean }) {
  const text = useText();
  const { outcome, mode, reasons } = verdict;
  const isObserved = outcome !== "allow" && mode !== "enforce";
  return (
    <section className="verdict-banner" data-outcome={outcome} aria-label={text("console.image.tab.verdict")}>
      <Stack gap={6}>
        <span>
          <VerdictBadge outcome={outcome} />
        </span>
        <Text fw={700} size="lg">
          {text(`console.verdict.${outcome}Title`)}
        </Text>
        <Text size="sm">
          {isObserved
            ? text(mode === "warn" ? "console.verdict.modeWarn" : "console.verdict.modeAudit")
            : text(isIndex && outcome === "deny" ? "console.verdict.denyIndexHint" : `console.verdict.${outcome}Hint`)}
        </Text>
        {reasons[0] === undefined ? null : (
          <Text fw={600}>
            <ReasonText reason={reasons[0]} />
          </Text>
        )}
        {reasons.length > 1 ? (
          <Text size="sm">{text("console.verdict.more", { count: reasons.length - 1 })}</Text>
        ) : null}
      </Stack>
    </section>
  );
}
