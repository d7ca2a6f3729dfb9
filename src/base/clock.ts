// SPDX-License-Identifier: Apache-2.0

/** Where the time comes from. The domain takes a `Date`; adapters and programs take a `Clock`. */
export interface Clock {
  now(): Date;
}

/** Where unpredictable bytes come from. */
export interface Randomness {
  bytes(count: number): Uint8Array;
}
