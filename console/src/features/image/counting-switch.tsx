// SPDX-License-Identifier: Apache-2.0
import { SegmentedControl } from "@mantine/core";
import { useText } from "../../app/language.tsx";

/** Chooses between findings that count and those that do not. */
export function CountingSwitch({
  isSuppressed,
  onChange,
}: {
  readonly isSuppressed: boolean;
  readonly onChange: (isSuppressed: boolean) => void;
}) {
  const text = useText();
  return (
    <SegmentedControl
      aria-label={text("console.findings.which")}
      value={isSuppressed ? "suppressed" : "counting"}
      data={[
        { value: "counting", label: text("console.findings.counting") },
        { value: "suppressed", label: text("console.findings.suppressed") },
      ]}
      onChange={(value) => onChange(value === "suppressed")}
    />
  );
}
