// SPDX-License-Identifier: Apache-2.0
import type { Command } from "../command.ts";

/** Listed for help and reference; `bin/haechi.mjs` starts the server itself, which reads its settings. */
export const serverCommand: Command = {
  name: "server",
  summary: "cli.server.summary",
  arguments: [],
  options: [],
  examples: ["haechi server", "haechi server --listen-console 127.0.0.1:9080", "haechi server --help"],
};
