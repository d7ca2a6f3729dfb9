// SPDX-License-Identifier: Apache-2.0
export { createJudge, type DisposableJudge, type JudgeOptions } from "./create-judge.ts";
