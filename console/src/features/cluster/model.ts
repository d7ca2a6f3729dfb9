// SPDX-License-Identifier: Apache-2.0
import type { MessageId } from "#messages";
import type { ClusterComponent, ClusterFinding, ClusterGap, SeverityCount } from "../../api/generated/api.ts";

/** Shapes beside the colors. */
export const STATE_SIGNS: Readonly<Record<ClusterComponent["state"], string>> = {
  affected: "✕",
  undecided: "?",
  uncovered: "–",
  clear: "✓",
};

/** A state wears the looks of the verdict that is as good or bad; what nobody can tell is never good. */
export function outcomeOfComponent(state: ClusterComponent["state"]): "allow" | "undecided" | "deny" {
  switch (state) {
    case "affected":
      return "deny";
    case "undecided":
    case "uncovered":
      return "undecided";
    case "clear":
      return "allow";
  }
}

/** The sentence about a gap. */
export function gapMessage({ code, component }: ClusterGap): MessageId {
  switch (code) {
    case "VERSION_UNTOLD":
      return untoldMessage(component);
    case "VERSION_UNREADABLE":
      return "console.cluster.gap.unreadable";
    case "RUNTIME_UNKNOWN":
      return "console.cluster.gap.runtimeUnknown";
    case "ADVISORIES_MISSING":
      return "console.cluster.gap.advisoriesMissing";
    case "NODE_SYSTEM_UNREAD":
      return "console.cluster.gap.nodeSystem";
    case "TOO_MANY_VERSIONS":
      return "console.cluster.gap.tooMany";
  }
}

function untoldMessage(component: string | undefined): MessageId {
  switch (component) {
    case "runc":
      return "console.cluster.gap.runc";
    case "plugins":
      return "console.cluster.gap.plugins";
    case "control-plane":
      return "console.cluster.gap.controlPlane";
    case "runtime":
      return "console.cluster.gap.runtimeUntold";
    default:
      return "console.cluster.gap.untold";
  }
}

/** Numbers of findings by severity, in their order, which is worst first. */
export function countFindings(
  findings: readonly Pick<ClusterFinding, "severity" | "fixedVersions">[],
): readonly SeverityCount[] {
  const counts = new Map<SeverityCount["severity"], { total: number; fixable: number }>();
  for (const { severity, fixedVersions } of findings) {
    const { total, fixable } = counts.get(severity) ?? { total: 0, fixable: 0 };
    counts.set(severity, { total: total + 1, fixable: fixable + (fixedVersions.length > 0 ? 1 : 0) });
  }
  return [...counts].map(([severity, count]) => ({ severity, ...count }));
}
