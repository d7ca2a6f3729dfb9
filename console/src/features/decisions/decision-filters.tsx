// SPDX-License-Identifier: Apache-2.0
import { Select } from "@mantine/core";
import { useText } from "../../app/language.tsx";
import { SearchField } from "../../components/search-field.tsx";
import { OutcomeSelect, SearchForm } from "../../components/search-form.tsx";
import { type DecisionSearch, PERIODS } from "./model.ts";

/** What of the decisions is shown. A changed search begins with the newest. */
export function DecisionFilters({
  search,
  onChange,
}: {
  readonly search: DecisionSearch;
  readonly onChange: (search: DecisionSearch) => void;
}) {
  const text = useText();
  const { before: _before, ...filters } = search;
  function change(part: { readonly [K in keyof DecisionSearch]?: DecisionSearch[K] | undefined }): void {
    const next = Object.entries({ ...filters, ...part }).filter(([, value]) => value !== undefined && value !== "");
    onChange(Object.fromEntries(next));
  }
  return (
    <SearchForm isSearching={Object.keys(filters).length > 0} onReset={() => onChange({})}>
      <SearchField
        label={text("console.filter.text")}
        placeholder={text("console.filter.textHint")}
        value={search.text ?? ""}
        onSettled={(value) => change({ text: value })}
      />
      <SearchField
        label={text("console.filter.image")}
        placeholder={text("console.filter.imageHint")}
        value={search.image ?? ""}
        onSettled={(value) => change({ image: value })}
      />
      <SearchField
        label={text("console.filter.namespace")}
        value={search.namespace ?? ""}
        onSettled={(value) => change({ namespace: value })}
      />
      <SearchField
        label={text("console.filter.user")}
        value={search.user ?? ""}
        onSettled={(value) => change({ user: value })}
      />
      <OutcomeSelect value={search.outcome} onChange={(outcome) => change({ outcome })} />
      <Select
        label={text("console.filter.period")}
        placeholder={text("console.filter.any")}
        clearable
        value={search.period ?? null}
        data={PERIODS.map((period) => ({ value: period, label: text(`console.filter.period.${period}`) }))}
        onChange={(next) => change({ period: PERIODS.find((each) => each === next) })}
      />
    </SearchForm>
  );
}
