// SPDX-License-Identifier: Apache-2.0
import { Group, Progress, Stack, Text } from "@mantine/core";
import type { ScanJob } from "../../api/generated/api.ts";
import { useText } from "../../app/language.tsx";
import { formatBytes } from "../../lib/format-bytes.ts";
import { progressOf } from "./model.ts";

/** How far a scan is that is not over. */
export function ScanProgress({ job }: { readonly job: ScanJob }) {
  const text = useText();
  const progress = progressOf(job);
  return (
    <Stack gap={6} className="panel" p="md">
      <Group justify="space-between">
        <Text size="sm" role="status">
          {text(job.state === "running" ? "console.scanning.runs" : "console.scanning.waits")}
        </Text>
        <Text size="sm" c="dimmed">
          {progress === undefined
            ? null
            : text("console.scanning.progress", {
                done: formatBytes(job.doneBytes),
                total: formatBytes(job.totalBytes),
              })}
          {job.attempts > 1 ? ` · ${text("console.scanning.attempts", { count: job.attempts })}` : null}
        </Text>
      </Group>
      <Progress.Root>
        <Progress.Section
          value={progress === undefined ? 100 : progress * 100}
          animated={progress === undefined && job.state === "running"}
          striped={progress === undefined}
          aria-label={text("console.scanning.label")}
        />
      </Progress.Root>
      {job.message === undefined ? null : (
        <Text size="sm" c="dimmed" className="mono long">
          {job.message}
        </Text>
      )}
    </Stack>
  );
}
