// SPDX-License-Identifier: Apache-2.0
import { Group } from "@mantine/core";
import type { Severity, SeverityCount } from "../api/generated/api.ts";
import { useText } from "../app/language.tsx";

/** Numbers of findings by severity: "Critical 2 / 1" is two in total, one with a fix. */
export function SeverityCounts({ counts }: { readonly counts: readonly SeverityCount[] }) {
  const text = useText();
  return (
    <Group gap={6}>
      {counts.map(({ severity, total, fixable }) => {
        const name = text(`console.severity.${severity}`);
        const label = text("console.severity.count", { severity: name, total, fixable });
        return (
          <span key={severity} className="severity" data-severity={severity} title={label}>
            <span aria-hidden="true">
              {name} {total} / {fixable}
            </span>
            <span className="visually-hidden">{label}</span>
          </span>
        );
      })}
    </Group>
  );
}

/** One severity as a label. */
export function SeverityBadge({ severity }: { readonly severity: Severity }) {
  const text = useText();
  return (
    <span className="severity" data-severity={severity}>
      {text(`console.severity.${severity}`)}
    </span>
  );
}
