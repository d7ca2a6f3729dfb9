// SPDX-License-Identifier: Apache-2.0
import { compareVersions, type VersionScheme } from "#versions";
import type { AffectedRange } from "../advisory.ts";
import { arrayOf, type JsonObject, objectOf, textOf } from "../json-fields.ts";

const MAX_VERSION_LENGTH = 1_024;

type EventKind = "introduced" | "fixed" | "last_affected" | "limit";

interface RangeEvent {
  readonly kind: EventKind;
  readonly version: string;
}

/**
 * The stretches of affected versions that the events of one OSV range describe (OSV schema, "Evaluation"): events are taken in
 * the order of their versions, `introduced` opens a stretch, `fixed` and `last_affected` close it, `limit` cuts everything
 * off. Events that cannot be put in order (an unknown scheme, a version that does not parse) are taken as they stand.
 * `undefined` when an event is malformed: such a range must not be read as "not affected".
 */
export function stretchesOf(range: JsonObject, scheme: VersionScheme | undefined): AffectedRange[] | undefined {
  const events: RangeEvent[] = [];
  for (const each of arrayOf(range["events"])) {
    const event = eventOf(each);
    if (event === undefined) {
      return undefined;
    }
    events.push(event);
  }
  if (!events.some((event) => event.kind === "introduced")) {
    return undefined;
  }
  const limit = largestLimit(events, scheme);
  const stretches: AffectedRange[] = [];
  let introduced: string | undefined;
  for (const { kind, version } of inVersionOrder(events, scheme)) {
    if (kind === "introduced") {
      introduced ??= version;
    } else if (kind !== "limit" && introduced !== undefined) {
      stretches.push(kind === "fixed" ? { introduced, fixed: version } : { introduced, lastAffected: version });
      introduced = undefined;
    }
  }
  if (introduced !== undefined) {
    stretches.push({ introduced });
  }
  return stretches
    .filter((stretch) => !isEmpty(stretch, scheme))
    .map((stretch) => (limit === undefined ? stretch : { ...stretch, limit }));
}

function eventOf(value: unknown): RangeEvent | undefined {
  const entries = Object.entries(objectOf(value) ?? {});
  const [kind, text] = entries[0] ?? [];
  const version = textOf(text, MAX_VERSION_LENGTH);
  const isKind = kind === "introduced" || kind === "fixed" || kind === "last_affected" || kind === "limit";
  return entries.length === 1 && isKind && version !== undefined ? { kind, version } : undefined;
}

function inVersionOrder(events: readonly RangeEvent[], scheme: VersionScheme | undefined): readonly RangeEvent[] {
  if (scheme === undefined || events.length < 2) {
    return events;
  }
  const isOrdered = events.every(({ version }) => version === "0" || compareVersions(scheme, version, version) === 0);
  if (!isOrdered) {
    return events;
  }
  return [...events.entries()]
    .sort(([at, a], [bt, b]) => orderOf(a.version, b.version, scheme) || orderAtOneVersion(a, b, bt - at))
    .map(([, event]) => event);
}

function orderOf(a: string, b: string, scheme: VersionScheme): number {
  return a === b ? 0 : a === "0" ? -1 : b === "0" ? 1 : (compareVersions(scheme, a, b) ?? 0);
}

/**
 * "introduced 0, fixed 0" says that nothing is affected. An `introduced` and the end of another stretch at the same version are two
 * stretches beside each other: the end comes first, or the second stretch would be lost.
 */
function orderAtOneVersion(a: RangeEvent, b: RangeEvent, distance: number): number {
  if (a.kind === "introduced" && b.kind !== "introduced" && distance > 1) {
    return 1;
  }
  return b.kind === "introduced" && a.kind !== "introduced" && distance < -1 ? -1 : -distance;
}

/** Versions at or after every limit are not affected; `*` stands for no limit. */
function largestLimit(events: readonly RangeEvent[], scheme: VersionScheme | undefined): string | undefined {
  const limits = events.filter((event) => event.kind === "limit").map((event) => event.version);
  if (limits.includes("*")) {
    return undefined;
  }
  return limits.reduce<string | undefined>(
    (largest, each) =>
      largest === undefined || (scheme !== undefined && compareVersions(scheme, each, largest) === 1) ? each : largest,
    undefined,
  );
}

function isEmpty(stretch: AffectedRange, scheme: VersionScheme | undefined): boolean {
  if (stretch.fixed === undefined) {
    return false;
  }
  return (
    stretch.fixed === stretch.introduced ||
    (scheme !== undefined &&
      stretch.introduced !== "0" &&
      compareVersions(scheme, stretch.introduced, stretch.fixed) === 0)
  );
}
