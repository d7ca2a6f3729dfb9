// SPDX-License-Identifier: Apache-2.0
import type { Instruction } from "./instruction.ts";

/** The stages and images that flags take files from: `--from`, and `from=` of each `--mount`. */
export function imageSourcesOf({ flags }: Pick<Instruction, "flags">): readonly string[] {
  return flags.flatMap(({ name, value }) => {
    if (name === "from") {
      return [value];
    }
    // options of a mount are CSV, and their names may be written in any case
    const options = name === "mount" ? value.replaceAll('"', "").split(",") : [];
    return options.flatMap((option) => /^\s*from\s*=([\s\S]*)$/i.exec(option)?.[1]?.trim() ?? []);
  });
}
