// SPDX-License-Identifier: Apache-2.0
import { ActionIcon, SegmentedControl, useComputedColorScheme, useMantineColorScheme } from "@mantine/core";
import type { Language } from "#messages";
import { useLanguage, useText } from "./language.tsx";

/** Language, and light or dark. */
export function DisplayControls() {
  const text = useText();
  const { language, setLanguage } = useLanguage();
  const { setColorScheme } = useMantineColorScheme();
  const isDark = useComputedColorScheme("light") === "dark";
  const label = text(isDark ? "console.colorScheme.toLight" : "console.colorScheme.toDark");
  return (
    <>
      <SegmentedControl
        size="xs"
        aria-label={text("console.language")}
        value={language}
        onChange={(value) => setLanguage(value as Language)}
        data={[
          { value: "ko", label: "한국어" },
          { value: "en", label: "English" },
        ]}
      />
      <ActionIcon
        variant="default"
        size={30}
        aria-label={label}
        title={label}
        onClick={() => setColorScheme(isDark ? "light" : "dark")}
      >
        <span aria-hidden="true">{isDark ? "☀" : "☾"}</span>
      </ActionIcon>
    </>
  );
}
