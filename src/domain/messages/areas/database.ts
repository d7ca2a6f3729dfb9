// SPDX-License-Identifier: Apache-2.0

export const databaseEn = {} as const;

export const databaseKo: Record<keyof typeof databaseEn, string> = {};
