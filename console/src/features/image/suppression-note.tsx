// SPDX-License-Identifier: Apache-2.0
import { Text } from "@mantine/core";
import type { Suppression } from "../../api/generated/api.ts";
import { useText } from "../../app/language.tsx";

/** Who says that a finding does not count, where, and why. */
export function SuppressionNote({ suppression }: { readonly suppression: Suppression }) {
  const text = useText();
  const { by, status, origin, justification, until } = suppression;
  return (
    <div className="suppression">
      <Text size="sm" fw={600}>
        {text(`console.suppression.by.${by}`)} · {text(`console.suppression.status.${status}`)}
      </Text>
      {justification === undefined ? null : (
        <Text size="sm" className="long">
          {justification}
        </Text>
      )}
      <Text size="xs" c="dimmed" className="mono long">
        {origin}
      </Text>
      {until === undefined ? null : (
        <Text size="xs" c="dimmed">
          {text("console.suppression.until", { until })}
        </Text>
      )}
    </div>
  );
}
