// SPDX-License-Identifier: Apache-2.0
import type { CommandOption } from "../command.ts";

/** Which server, and as whom; read by `withServer`. */
export const SERVER_OPTIONS: readonly CommandOption[] = [
  { name: "server", kind: "text", value: "URL", description: "cli.server.address" },
  { name: "username", short: "u", kind: "text", value: "NAME", description: "cli.server.username" },
  { name: "password-stdin", kind: "flag", description: "cli.server.passwordStdin" },
  { name: "plain-http", kind: "flag", description: "cli.server.plainHttp" },
  { name: "ca-file", kind: "text", value: "FILE", description: "cli.scan.caFile" },
];
