// SPDX-License-Identifier: Apache-2.0
export { openServerStatements, type ServerStatements } from "./open-server-statements.ts";
export { withStatements } from "./with-statements.ts";
