// SPDX-License-Identifier: Apache-2.0

/** The word of the NVD in statements: of those who do not know the package it comes first. */
export const NVD_SOURCE = "NVD";

/** Whether somebody who is called so would be taken for the NVD. */
export function isNvdName(name: string): boolean {
  return name.toUpperCase() === NVD_SOURCE;
}
