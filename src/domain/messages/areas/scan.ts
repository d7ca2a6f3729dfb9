// SPDX-License-Identifier: Apache-2.0

export const scanEn = {} as const;

export const scanKo: Record<keyof typeof scanEn, string> = {};
