// SPDX-License-Identifier: Apache-2.0
import type { Component } from "../../api/generated/api.ts";

/** Shapes beside the colors. */
export const STATE_SIGNS: Readonly<Record<Component["state"], string>> = { ok: "✓", degraded: "!", failing: "✕" };

/** A component's state wears the looks of the verdict that is as good or bad. */
export function outcomeOfState(state: Component["state"]): "allow" | "undecided" | "deny" {
  switch (state) {
    case "ok":
      return "allow";
    case "degraded":
      return "undecided";
    case "failing":
      return "deny";
  }
}
