// SPDX-License-Identifier: Apache-2.0

/**
 * Until when the keys of an account work by its last login at the identity provider; `undefined`: without end, for those whom no provider
 * knows, or where no limit is set. Somebody who left the provider cannot sign in again, so their keys end by themselves.
 */
export function endOfSignIn(
  { signedInAt }: { readonly signedInAt?: string },
  maxIdleMs: number | undefined,
): Date | undefined {
  return signedInAt === undefined || maxIdleMs === undefined
    ? undefined
    : new Date(new Date(signedInAt).getTime() + maxIdleMs);
}

/** The earlier one of ends that there are. */
export function earlierOf(...ends: readonly (Date | undefined)[]): Date | undefined {
  const times = ends.flatMap((end) => (end === undefined ? [] : [end.getTime()]));
  return times.length === 0 ? undefined : new Date(Math.min(...times));
}
