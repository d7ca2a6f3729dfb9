// SPDX-License-Identifier: Apache-2.0
import { createPlainTranslate, type MessageCode } from "#messages";

/** What can be wrong about an ignore file. */
type IgnoreFileProblemCode = MessageCode<"ignoreFile">;

/** One thing that is wrong, and where. */
export interface IgnoreFileProblem {
  /** Name of the file, with the line where one is known. */
  readonly place: string;
  /** Id of the message. */
  readonly id: `ignoreFile.${IgnoreFileProblemCode}`;
  readonly params: Readonly<Record<string, string>>;
}

/** What is wrong about one file. */
export class IgnoreFileProblems {
  readonly all: IgnoreFileProblem[] = [];

  add(place: string, code: IgnoreFileProblemCode, params: IgnoreFileProblem["params"] = {}): void {
    this.all.push({ place, id: `ignoreFile.${code}`, params });
  }

  get count(): number {
    return this.all.length;
  }
}

/** A problem as a line in English. */
export function renderIgnoreFileProblem({ place, id, params }: IgnoreFileProblem): string {
  return `${place}: ${createPlainTranslate("en")(id, params)}`;
}
