// SPDX-License-Identifier: Apache-2.0
import { join } from "node:path";
import { identityOf } from "./folder-writer.ts";
import { INDEX_FILE } from "./origin-note.ts";

/** Changes when another version is put in place in the folder; empty when there is none. Costs one look at the file system. */
export function identityOfDatabase(folder: string): string {
  return identityOf(join(folder, INDEX_FILE));
}
