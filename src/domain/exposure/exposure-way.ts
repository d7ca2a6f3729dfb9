// SPDX-License-Identifier: Apache-2.0
import { isPrivateAddress } from "./address-range.ts";
import type { ObjectName } from "./exposure-object.ts";
import type { ExposureWay, WayNote, WayState } from "./exposure-report.ts";

/** A way that is exposed as far as its object says. */
export function way(
  kind: ExposureWay["kind"],
  object: ObjectName,
  more: Partial<Pick<ExposureWay, "ports" | "hosts" | "addresses">>,
): ExposureWay {
  return { kind, state: "exposed", object, ports: [], hosts: [], addresses: [], notes: [], ...more };
}

/** What annotations and private addresses say makes "exposed" to "nobody can tell", never to more. */
export function hinted(found: ExposureWay, internal: readonly string[]): ExposureWay {
  const { addresses } = found;
  const arePrivate = addresses.length > 0 && addresses.every(isPrivateAddress);
  const isPublic = addresses.some((each) => /^[0-9a-f.:]+$/i.test(each) && !isPrivateAddress(each));
  const notes: readonly WayNote[] = [
    ...(internal.length > 0 ? (["internalHint"] as const) : []),
    ...(arePrivate ? (["privateAddress"] as const) : []),
  ];
  const isDoubtful = notes.length > 0 && !isPublic;
  return {
    ...found,
    state: milder(found.state, isDoubtful ? "unknown" : "exposed"),
    notes: [...found.notes, ...notes],
  };
}

const MILDNESS: readonly WayState[] = ["exposed", "unknown", "limited"];

function milder(a: WayState, b: WayState): WayState {
  return MILDNESS.indexOf(a) >= MILDNESS.indexOf(b) ? a : b;
}
