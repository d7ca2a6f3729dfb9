// SPDX-License-Identifier: Apache-2.0
import type { ImageFacts } from "./image-facts.ts";
import type { PolicyDocument } from "./policy-document.ts";
import type { Verdict } from "./verdict.ts";

/** What a verdict is made from. */
export interface EvaluationInput {
  /** The image as written by whoever asked, e.g. `127.0.0.1:5000/team/app:1.0`. */
  readonly reference: string;
  /** The namespace of the workload; absent at the registry, in a build, on the command line. */
  readonly namespace?: string;
  readonly facts: ImageFacts;
  readonly policies: readonly PolicyDocument[];
  readonly now: Date;
}

/** The verdict on one image: the one function that every gate calls. Pure; never throws on any facts or policies of the declared types. */
export function evaluate(input: EvaluationInput): Verdict {
  throw new Error(`not implemented: ${input.reference}`);
}
