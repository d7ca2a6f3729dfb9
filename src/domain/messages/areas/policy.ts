// SPDX-License-Identifier: Apache-2.0

export const policyEn = {} as const;

export const policyKo: Record<keyof typeof policyEn, string> = {};
