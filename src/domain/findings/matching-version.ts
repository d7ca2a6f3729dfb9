// SPDX-License-Identifier: Apache-2.0

/**
 * The version of everything that makes findings of an inventory and an advisory database. Raise it with every change after which the
 * same two give something else: names and ecosystems that are looked up (`searchesFor`, `subjectsOf`, `ecosystemOf`), comparison of
 * versions, grouping, what clears a finding, whose severity counts, coverage gaps. Stored reports of another version are then made
 * again once, whichever images a newer database concerns; without it they keep what the older program made of them.
 */
export const MATCHING_VERSION = 1;
