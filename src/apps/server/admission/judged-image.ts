// SPDX-License-Identifier: Apache-2.0
import type { PodImage } from "#kubernetes";
import type { ImageAnswer } from "./image-judge.ts";

/** What lets an image pass whose verdict alone would hold it back. */
export type Pass = "known" | "owner";

/** An image of a workload with its verdict. */
export interface JudgedImage extends ImageAnswer {
  readonly image: PodImage;
  readonly passedAs?: Pass;
  /** The verdict is what is this webhook's business of a larger one that holds the image back. */
  readonly isPart?: true;
}

/** Whether the image passes by its whole verdict alone, which nothing softened. */
export function isPlainlyAllowed({ verdict, isPart }: JudgedImage): boolean {
  return verdict.outcome === "allow" && verdict.mode === "enforce" && isPart !== true;
}
