// SPDX-License-Identifier: Apache-2.0

export const serverEn = {} as const;

export const serverKo: Record<keyof typeof serverEn, string> = {};
