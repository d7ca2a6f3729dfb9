// SPDX-License-Identifier: Apache-2.0
export { advisoryFolder, chooseAdvisoryFile } from "./advisory-file.ts";
export type { ClientEnvironment } from "./client-environment.ts";
export { processEnvironment, readClientEnvironment } from "./client-environment.ts";
export type { Configuration, ListenAddress, ServerRole } from "./configuration.ts";
export { ConfigurationError, type ConfigurationErrorCode } from "./errors.ts";
export type { NamedValue } from "./parse-pairs.ts";
export type { ConfigurationSources } from "./read-configuration.ts";
export { readConfiguration } from "./read-configuration.ts";
export { registryNamesOf } from "./registry-names.ts";
export type { Setting, SettingKind } from "./settings.ts";
export { flagOf, SETTINGS, variableOf } from "./settings.ts";
export { VERSION } from "./version.ts";
