// SPDX-License-Identifier: Apache-2.0
export { type ImportParameters, importParametersSchema } from "./import-parameters.ts";
export { type ImportResult, importWorker } from "./import-worker.ts";
