// SPDX-License-Identifier: Apache-2.0
import { type NeededFacts, selectPlatforms } from "#policy";

/** Says which children of an index matter to a verdict. */
export type ChildSelector = <T extends { readonly platform: string }>(children: readonly T[]) => readonly T[];

/** Those that any of the entries asks for, whether by itself or for the nodes. */
export function createChildSelector(needed: Pick<NeededFacts, "platforms">, nodes: readonly string[]): ChildSelector {
  return (children) => {
    const wanted = new Set(
      needed.platforms.flatMap((policy) =>
        selectPlatforms(children, { ...(policy === undefined ? {} : { policy }), nodes }),
      ),
    );
    return children.filter((child) => wanted.has(child));
  };
}
