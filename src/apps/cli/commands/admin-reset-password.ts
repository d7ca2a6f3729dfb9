// SPDX-License-Identifier: Apache-2.0
import type { Command } from "../command.ts";

/** Run by the program of `administration/`. */
export const adminResetPasswordCommand: Command = {
  name: "admin reset-password",
  summary: "cli.admin.resetPassword.summary",
  arguments: [{ name: "NAME", isRequired: false, isRepeated: false, description: "cli.admin.resetPassword.account" }],
  options: [],
  examples: ["haechi admin reset-password", "haechi admin reset-password robot"],
};
