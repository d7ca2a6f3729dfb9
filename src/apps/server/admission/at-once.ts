// SPDX-License-Identifier: Apache-2.0

/**
 * What is often known at once, and else later. Nearly all reviews are answered from memory, where promises for each image
 * would cost more than judging it.
 */
export type AtOnce<T> = T | Promise<T>;

/** What follows from it, at once where it is known. */
export function follow<T, R>(known: AtOnce<T>, then: (value: T) => AtOnce<R>): AtOnce<R> {
  return known instanceof Promise ? known.then(then) : then(known);
}

/** All of them, at once where none has to be waited for. */
export function allAtOnce<T>(known: readonly AtOnce<T>[]): AtOnce<readonly T[]> {
  return known.every((each): each is T => !(each instanceof Promise)) ? known : Promise.all(known);
}
