// SPDX-License-Identifier: Apache-2.0

/** The document that the registry's settings come to; no object of a cluster can have this name. */
export const SETTINGS_POLICY = "registry/settings";
