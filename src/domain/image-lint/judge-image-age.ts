// SPDX-License-Identifier: Apache-2.0
import type { ImageObservation } from "#packages";
import { observe } from "./check-rule.ts";
import { IMAGE_CHECK } from "./checks/image-checks.ts";

const DAY_MS = 86_400_000;
/** Builds that want to be the same again write a time long before there were images. */
const FIRST_IMAGE_MS = Date.UTC(2013, 2, 1);

/**
 * How many days ago an image was built, by what its builder says; `undefined` when it does not say, or not the truth: before there
 * were images, or in the future.
 */
export function imageAgeDays(created: string | undefined, now: Date): number | undefined {
  const time = created === undefined || !/^\d{4}-\d\d-\d\dT/.test(created) ? Number.NaN : Date.parse(created);
  return Number.isNaN(time) || time < FIRST_IMAGE_MS || time > now.getTime() + DAY_MS
    ? undefined
    : Math.max(0, Math.floor((now.getTime() - time) / DAY_MS));
}

/** The observation that an image is older than the limit; none when its age is not known. Not part of a stored report, as it changes. */
export function judgeImageAge(created: string | undefined, now: Date, maxDays: number): readonly ImageObservation[] {
  const days = imageAgeDays(created, now);
  return days === undefined || days <= maxDays
    ? []
    : [observe(IMAGE_CHECK.oldImage, { params: { days: String(days), limit: String(maxDays) } })];
}
