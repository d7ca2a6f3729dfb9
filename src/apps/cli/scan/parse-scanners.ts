// SPDX-License-Identifier: Apache-2.0
import type { Scanner } from "#scanner";
import { UsageError } from "../errors.ts";

const SCANNERS: Readonly<Record<Scanner, true>> = {
  vulnerability: true,
  secret: true,
  configuration: true,
  license: true,
  malware: true,
};

/** What `--scanners` names, parted by commas; `undefined` without it. Throws `UsageError`. */
export function parseScanners(text: string | undefined): readonly Scanner[] | undefined {
  if (text === undefined) {
    return undefined;
  }
  const names = text.split(",").map((name) => name.trim());
  return names.map((name) => {
    if (isScanner(name)) {
      return name;
    }
    throw new UsageError(
      "OPTION_INVALID",
      `--scanners takes a list of ${Object.keys(SCANNERS).join(", ")}, found "${name}"`,
    );
  });
}

function isScanner(name: string): name is Scanner {
  return Object.hasOwn(SCANNERS, name);
}
