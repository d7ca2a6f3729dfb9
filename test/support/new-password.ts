// SPDX-License-Identifier: Apache-2.0

/** What administrators of tests choose in place of the printed password. */
export const NEW_PASSWORD = "the gate is guarded";
