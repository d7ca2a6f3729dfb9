// SPDX-License-Identifier: Apache-2.0

/** Why a job at work is told to end: the reason of its signal. */
export class JobEnding extends Error {
  override readonly name: string = "JobEnding";
  readonly why: "cancelled" | "stopping";

  constructor(why: "cancelled" | "stopping") {
    super(why === "cancelled" ? "the job was cancelled" : "the server stops");
    this.why = why;
  }
}
