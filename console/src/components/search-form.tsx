// SPDX-License-Identifier: Apache-2.0
import { Button, Select, SimpleGrid } from "@mantine/core";
import type { ReactNode } from "react";
import type { Verdict } from "../api/generated/api.ts";
import { useText } from "../app/language.tsx";

const OUTCOMES: readonly Verdict["outcome"][] = ["deny", "undecided", "allow"];

/** The fields by which a list is searched, and the way back to all of it. */
export function SearchForm({
  isSearching,
  onReset,
  children,
}: {
  readonly isSearching: boolean;
  readonly onReset: () => void;
  readonly children: ReactNode;
}) {
  const text = useText();
  return (
    <search aria-label={text("console.filter.label")} className="panel search-form">
      <SimpleGrid cols={{ base: 1, xs: 2, md: 3 }} spacing="sm">
        {children}
      </SimpleGrid>
      {isSearching ? (
        <Button variant="default" size="compact-sm" mt="sm" onClick={onReset}>
          {text("console.filter.reset")}
        </Button>
      ) : null}
    </search>
  );
}

/** Chooses among the outcomes, or all. */
export function OutcomeSelect({
  value,
  onChange,
}: {
  readonly value: Verdict["outcome"] | undefined;
  readonly onChange: (outcome: Verdict["outcome"] | undefined) => void;
}) {
  const text = useText();
  return (
    <Select
      label={text("console.filter.outcome")}
      placeholder={text("console.filter.any")}
      clearable
      value={value ?? null}
      data={OUTCOMES.map((outcome) => ({ value: outcome, label: text(`console.verdict.${outcome}`) }))}
      onChange={(next) => onChange(OUTCOMES.find((each) => each === next))}
    />
  );
}
