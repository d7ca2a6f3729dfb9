// SPDX-License-Identifier: Apache-2.0
import { compareText, LIMITS } from "#base";
import type { ImageObservation, Inventory, Observation } from "../inventory.ts";
import type { LayersSeenFromAbove, VisibleFile } from "./visible-files.ts";

/** What is in a lower layer stays in the image for everyone who pulls it. A mode or licence that is hidden does nothing. */
const MATTERS_WHEN_HIDDEN: ReadonlySet<Observation["kind"]> = new Set(["secret", "malware"]);

/**
 * Everything that was noticed, sorted by kind, rule, path, line, layer. What is seen from above and in a layer below alike is
 * told once, from above. `dropped` says how many more there were than the limit.
 */
export function collectObservations(
  seen: LayersSeenFromAbove,
  ofImage: readonly ImageObservation[],
  limit: number,
): { readonly observations: readonly ImageObservation[]; readonly dropped: number } {
  const told = new Set<string>();
  const all: ImageObservation[] = [...ofImage];
  for (const file of seen.files) {
    for (const observation of file.result.observations ?? []) {
      told.add(keyOf(file, observation));
      all.push({ ...observation, evidence: evidenceOf(file) });
    }
  }
  for (const file of seen.hidden) {
    for (const observation of file.result.observations ?? []) {
      const key = keyOf(file, observation);
      if (MATTERS_WHEN_HIDDEN.has(observation.kind) && !told.has(key)) {
        told.add(key);
        all.push({ ...observation, evidence: evidenceOf(file), isHidden: true });
      }
    }
  }
  const observations = all.toSorted(compareObservations);
  return { observations: observations.slice(0, limit), dropped: Math.max(0, observations.length - limit) };
}

function evidenceOf(file: VisibleFile): NonNullable<ImageObservation["evidence"]> {
  const { layer, layerIndex } = file.from;
  return { layer, layerIndex, path: file.path, analyzer: file.analyzer };
}

function keyOf(file: VisibleFile, { kind, rule, line, excerpt }: Observation): string {
  return JSON.stringify([file.path, file.analyzer, kind, rule, line ?? 0, excerpt ?? ""]);
}

/** The inventory with what was noticed about it as a whole, in the same order and with the same limit. */
export function withObservations(
  inventory: Inventory,
  more: readonly ImageObservation[],
  limit: number = LIMITS.maxObservations,
): Inventory {
  if (more.length === 0) {
    return inventory;
  }
  const all = [...(inventory.observations ?? []), ...more].toSorted(compareObservations);
  if (all.length <= limit) {
    return { ...inventory, observations: all };
  }
  const message = `${all.length - limit} more observations than the limit of ${limit} were left out`;
  return {
    ...inventory,
    status: inventory.status === "failed" ? "failed" : "partial",
    observations: all.slice(0, limit),
    problems: [...inventory.problems, { code: "LIMIT_EXCEEDED", message }],
  };
}

function compareObservations(a: ImageObservation, b: ImageObservation): number {
  return (
    compareText(a.kind, b.kind) ||
    compareText(a.rule, b.rule) ||
    compareText(a.evidence?.path ?? "", b.evidence?.path ?? "") ||
    (a.line ?? 0) - (b.line ?? 0) ||
    (a.evidence?.layerIndex ?? -1) - (b.evidence?.layerIndex ?? -1) ||
    (a.historyIndex ?? -1) - (b.historyIndex ?? -1) ||
    compareText(a.excerpt ?? "", b.excerpt ?? "")
  );
}
