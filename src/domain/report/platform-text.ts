// SPDX-License-Identifier: Apache-2.0
import type { Platform } from "#oci";

/** A platform in its usual form, e.g. `linux/arm64/v8`. */
export function platformText(platform: Platform): string {
  return [platform.os, platform.architecture, platform.variant].filter((part) => part !== undefined).join("/");
}
