// SPDX-License-Identifier: Apache-2.0
import type { Platform } from "#oci";
import { UsageError } from "./errors.ts";

/** Reads `--platform`: nothing is this machine's, `all` is every platform that can run, else `os/arch[/variant]`. Throws UsageError. */
export function parsePlatform(text: string | undefined): "host" | "all" | Platform {
  if (text === undefined) {
    return "host";
  }
  if (text === "all") {
    return "all";
  }
  const [os = "", architecture = "", variant, ...rest] = text.split("/");
  const isWellFormed = [os, architecture, variant ?? "x"].every((part) => /^[a-z0-9_.-]{1,64}$/.test(part));
  if (!isWellFormed || rest.length > 0) {
    throw new UsageError(
      "OPTION_INVALID",
      `--platform takes os/architecture such as linux/arm64, or all; found "${text}"`,
    );
  }
  return variant === undefined ? { os, architecture } : { os, architecture, variant };
}
