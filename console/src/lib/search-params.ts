// SPDX-License-Identifier: Apache-2.0
import type { Verdict } from "../api/generated/api.ts";

const MAX_CHARACTERS = 256;
const OUTCOMES: readonly Verdict["outcome"][] = ["allow", "deny", "undecided"];

type Search = Readonly<Record<string, unknown>>;

/** A text of a page's address under its name; nothing when it is not there or empty. Addresses read numbers as numbers. */
export function readText<Name extends string>(name: Name, search: Search): { readonly [K in Name]?: string } {
  const value = search[name];
  const text = typeof value === "string" || typeof value === "number" ? String(value).slice(0, MAX_CHARACTERS) : "";
  return (text === "" ? {} : { [name]: text }) as { readonly [K in Name]?: string };
}

/** The outcome in a page's address. */
export function readOutcome(search: Search): { readonly outcome?: Verdict["outcome"] } {
  const outcome = OUTCOMES.find((each) => each === search["outcome"]);
  return outcome === undefined ? {} : { outcome };
}
