// SPDX-License-Identifier: Apache-2.0
export { type RunningController, startController } from "./start-controller.ts";
