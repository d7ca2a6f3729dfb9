// SPDX-License-Identifier: Apache-2.0
import { Text } from "@mantine/core";
import { useText } from "../../app/language.tsx";

/** Where in the image something was found: the layer, and the file in it. */
export function Place({ found }: { readonly found: { readonly layerIndex: number; readonly path: string } }) {
  const text = useText();
  return (
    <>
      <Text size="sm">{text("console.findings.layer", { number: found.layerIndex + 1 })}</Text>
      <Text size="xs" c="dimmed" className="mono long">
        {found.path}
      </Text>
    </>
  );
}
