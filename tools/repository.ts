// SPDX-License-Identifier: Apache-2.0
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";

/** The absolute path of the repository's root. */
export const REPOSITORY: string = dirname(dirname(fileURLToPath(import.meta.url)));
