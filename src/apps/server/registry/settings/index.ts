// SPDX-License-Identifier: Apache-2.0
export { createChangeGuard } from "./change-guard.ts";
export { keepLocalSettings } from "./local-settings-file.ts";
export { policiesWithSettings } from "./policies-with-settings.ts";
export { openRegistrySettings, type RegistrySettings } from "./registry-settings.ts";
