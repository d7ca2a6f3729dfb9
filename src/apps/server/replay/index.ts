// SPDX-License-Identifier: Apache-2.0
export { MAX_IMAGES, type Replay, type ReplayedImage } from "./replay.ts";
export { replayPolicies } from "./replay-policies.ts";
