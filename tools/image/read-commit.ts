// SPDX-License-Identifier: Apache-2.0
import { runProgram } from "../fixtures/run-program.ts";
import { REPOSITORY } from "../repository.ts";

/** The commit that is checked out and its time, which SOURCE_DATE_EPOCH overrides (reproducible-builds.org). */
export async function readCommit(): Promise<{ readonly revision: string; readonly seconds: number }> {
  const [revision = "", time = ""] = (await runProgram("git", ["log", "-1", "--format=%H %ct"], REPOSITORY))
    .trim()
    .split(" ");
  return { revision, seconds: Number(process.env["SOURCE_DATE_EPOCH"] ?? time) };
}
