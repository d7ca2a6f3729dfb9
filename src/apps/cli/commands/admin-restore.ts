// SPDX-License-Identifier: Apache-2.0
import type { Command } from "../command.ts";

/** Run by the program of `administration/`. */
export const adminRestoreCommand: Command = {
  name: "admin restore",
  summary: "cli.admin.restore.summary",
  arguments: [{ name: "FOLDER", isRequired: true, isRepeated: false, description: "cli.admin.restore.folder" }],
  options: [],
  examples: ["haechi admin restore .haechi/backups/FOLDER"],
};
