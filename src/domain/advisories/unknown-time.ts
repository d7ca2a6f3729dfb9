// SPDX-License-Identifier: Apache-2.0

/** In place of a time that a source does not give: the day of an import would make every record new on every day. */
export const UNKNOWN_TIME = "1970-01-01T00:00:00Z";
