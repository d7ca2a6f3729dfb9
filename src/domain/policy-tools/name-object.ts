// SPDX-License-Identifier: Apache-2.0

/** How an object is named to people: `ImagePolicy shop/default`. */
export function nameObject(object: {
  readonly kind: string;
  readonly namespace?: string;
  readonly name: string;
}): string {
  return `${object.kind} ${object.namespace === undefined ? "" : `${object.namespace}/`}${object.name}`;
}
