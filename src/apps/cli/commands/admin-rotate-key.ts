// SPDX-License-Identifier: Apache-2.0
import type { Command } from "../command.ts";

/** Run by the program of `administration/`. */
export const adminRotateKeyCommand: Command = {
  name: "admin rotate-key",
  summary: "cli.admin.rotateKey.summary",
  arguments: [],
  options: [],
  examples: ["haechi admin rotate-key"],
};
