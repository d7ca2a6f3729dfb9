// SPDX-License-Identifier: Apache-2.0
import { TextInput } from "@mantine/core";
import { useEffect, useRef, useState } from "react";

const SETTLE_MS = 300;

/** A field whose text is taken over when the typing stops, and at once with Enter. */
export function SearchField({
  label,
  placeholder,
  value,
  onSettled,
}: {
  readonly label: string;
  readonly placeholder?: string;
  readonly value: string;
  readonly onSettled: (value: string) => void;
}) {
  const [draft, setDraft] = useState({ of: value, text: value });
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  // The address may change by other ways than this field: back, forward, or a link. Then a draft of the old one is void.
  const typed = draft.of === value ? draft.text : value;
  useEffect(() => () => clearTimeout(timer.current), []);

  function settle(next: string): void {
    clearTimeout(timer.current);
    if (next !== value) {
      onSettled(next);
    }
  }
  return (
    <TextInput
      type="search"
      label={label}
      placeholder={placeholder ?? ""}
      maxLength={256}
      value={typed}
      onChange={(event) => {
        const next = event.currentTarget.value;
        setDraft({ of: value, text: next });
        clearTimeout(timer.current);
        timer.current = setTimeout(() => settle(next), SETTLE_MS);
      }}
      onKeyDown={(event) => {
        if (event.key === "Enter") {
          settle(typed);
        }
      }}
    />
  );
}
