// SPDX-License-Identifier: Apache-2.0

export const registryEn = {} as const;

export const registryKo: Record<keyof typeof registryEn, string> = {};
