// SPDX-License-Identifier: Apache-2.0
import { ecosystemOf } from "#advisories";
import type { Inventory } from "#packages";
import { searchesFor } from "./searched.ts";

/** A name under which advisories are looked up. */
export interface AdvisorySubject {
  readonly ecosystem: string;
  readonly packageName: string;
}

/**
 * Every name under which `matchInventory` looks up advisories for the inventory, each once: where what advisories say of none of them
 * changes, the findings do not change either.
 */
export function subjectsOf(inventory: Inventory): readonly AdvisorySubject[] {
  const ecosystem = inventory.distribution === undefined ? undefined : ecosystemOf(inventory.distribution);
  const subjects = new Map<string, AdvisorySubject>();
  for (const each of inventory.packages) {
    for (const searched of searchesFor(each, ecosystem)) {
      subjects.set(`${searched.ecosystem}\0${searched.packageName}`, {
        ecosystem: searched.ecosystem,
        packageName: searched.packageName,
      });
    }
  }
  return [...subjects.values()];
}
