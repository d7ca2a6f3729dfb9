// SPDX-License-Identifier: Apache-2.0

export const cliEn = {} as const;

export const cliKo: Record<keyof typeof cliEn, string> = {};
