// SPDX-License-Identifier: Apache-2.0

export { collectFacts } from "./collect-facts.ts";
export { createJudge, type DisposableJudge, type JudgeOptions } from "./create-judge.ts";
export { createChildSelector } from "./judged-children.ts";
export { workloadKeyOf } from "./workload-key.ts";
