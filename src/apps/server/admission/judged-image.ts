// SPDX-License-Identifier: Apache-2.0
import type { PodImage } from "#kubernetes";
import type { Verdict } from "#policy";
import type { ImageAnswer } from "./image-judge.ts";

/** What lets an image pass whose verdict alone would hold it back. */
export type Pass = "known" | "owner";

/** An image of a workload with its verdict. */
export interface JudgedImage extends ImageAnswer {
  readonly image: PodImage;
  readonly passedAs?: Pass;
  /** The whole verdict, which holds the image back, where `verdict` is what of it is this webhook's business. */
  readonly whole?: Verdict;
}

/** Whether the image passes by its whole verdict alone, which nothing softened. */
export function isPlainlyAllowed({ verdict, whole }: JudgedImage): boolean {
  return verdict.outcome === "allow" && verdict.mode === "enforce" && whole === undefined;
}
