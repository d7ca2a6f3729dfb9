// SPDX-License-Identifier: Apache-2.0

export const consoleEn = {} as const;

export const consoleKo: Record<keyof typeof consoleEn, string> = {};
