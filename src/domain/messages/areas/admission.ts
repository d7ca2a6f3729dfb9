// SPDX-License-Identifier: Apache-2.0

export const admissionEn = {} as const;

export const admissionKo: Record<keyof typeof admissionEn, string> = {};
