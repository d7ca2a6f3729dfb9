// SPDX-License-Identifier: Apache-2.0
import fc from "fast-check";
import { rounds } from "./rounds.ts";

/**
 * What fast-check says about the claim that a comparison orders an arbitrary's versions totally: reflexive, antisymmetric,
 * transitive, never undecided. `expect(checkOrderingLaws(…)).toMatchObject({ failed: false })`; a failure shows the counterexample.
 */
export function checkOrderingLaws(
  compare: (a: string, b: string) => -1 | 0 | 1 | undefined,
  versions: fc.Arbitrary<string>,
): fc.RunDetails<[string, string, string]> {
  function order(a: string, b: string): number {
    // NaN fails every comparison below: "cannot tell" among versions that follow the grammar breaks the law.
    return compare(a, b) ?? Number.NaN;
  }
  return fc.check(
    fc.property(versions, versions, versions, (a, b, c) => {
      const [low, middle, high] = [a, b, c].toSorted(order) as [string, string, string];
      return (
        order(a, a) === 0 &&
        order(a, b) + order(b, a) === 0 &&
        order(low, middle) <= 0 &&
        order(middle, high) <= 0 &&
        order(low, high) <= 0 &&
        (order(a, b) !== 0 || order(a, c) === order(b, c))
      );
    }),
    { numRuns: rounds({ short: 2_000, long: 200_000 }) },
  );
}

/** Texts that are a version under no scheme: each must be answered with `undefined`, quickly and without throwing. */
export const HOSTILE_VERSIONS: readonly { readonly name: string; readonly text: string }[] = [
  { name: "empty", text: "" },
  { name: "NUL inside", text: "1.0\u0000" },
  { name: "line end at the end", text: "1.0\n-x" },
  { name: "full-width digits", text: "１.０" },
  { name: "Arabic digits", text: "١.٢.٣" },
  { name: "a lone surrogate", text: "1.0\ud800" },
  { name: "an escape sequence", text: "1.0\u001b[2J" },
  { name: "right-to-left override", text: "1.0\u202e1" },
  { name: "only punctuation", text: "..--__~~" },
  { name: "a million tildes and a space", text: `1${"~".repeat(1_000_000)} x` },
  { name: "half a million numbers and a space", text: `1${".1".repeat(500_000)} x` },
  { name: "__proto__", text: "__proto__" },
];
