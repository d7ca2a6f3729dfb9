// SPDX-License-Identifier: Apache-2.0
import { VERSION } from "#configuration";
import type { Command } from "../command.ts";

export const versionCommand: Command = {
  name: "version",
  summary: "cli.version.summary",
  arguments: [],
  options: [],
  examples: [],
  run: (_invocation, context) => {
    context.stdout(`haechi ${VERSION} (node ${process.version})\n`);
    return Promise.resolve(0);
  },
};
