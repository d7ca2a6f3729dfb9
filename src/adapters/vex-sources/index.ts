// SPDX-License-Identifier: Apache-2.0
export { VexSourceError, type VexSourceErrorCode } from "./errors.ts";
export { fetchVexHub, type VexHubOptions } from "./fetch-vex-hub.ts";
export { readVexFolder } from "./read-vex-folder.ts";
