// SPDX-License-Identifier: Apache-2.0
import { Stack, Text, Title } from "@mantine/core";
import type { Verdict } from "../api/generated/api.ts";
import { useText } from "../app/language.tsx";
import { ReasonList } from "./reason-list.tsx";
import { VerdictBadge } from "./verdict-badge.tsx";

/** Every reason of a verdict, and the policy that decided. */
export function VerdictSection({ title, verdict }: { readonly title: string | undefined; readonly verdict: Verdict }) {
  const text = useText();
  const { policy, reasons } = verdict;
  return (
    <Stack gap="xs">
      {title === undefined ? null : (
        <Title order={2} size="h5">
          {title} <VerdictBadge outcome={verdict.outcome} />
        </Title>
      )}
      {reasons.length === 0 ? <Text>{text("console.verdict.noReasons")}</Text> : <ReasonList reasons={reasons} />}
      <Text size="sm" c="dimmed">
        {policy === undefined
          ? text("console.verdict.noPolicy")
          : policy.namespace === undefined
            ? text("console.verdict.policy", { kind: policy.kind, name: policy.name, repository: policy.repository })
            : text("console.verdict.policyNamespaced", {
                kind: policy.kind,
                namespace: policy.namespace,
                name: policy.name,
                repository: policy.repository,
              })}
      </Text>
    </Stack>
  );
}
