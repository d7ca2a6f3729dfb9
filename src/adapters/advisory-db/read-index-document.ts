// SPDX-License-Identifier: Apache-2.0
import { join } from "node:path";
import { readIndexBytes } from "./folder-writer.ts";
import { type IndexDocument, parseIndexDocument } from "./index-document.ts";
import { INDEX_FILE } from "./origin-note.ts";

/** The index of the database in a folder; `undefined` when there is none. Throws as `parseIndexDocument` does. */
export function readIndexDocument(folder: string): IndexDocument | undefined {
  const bytes = readIndexBytes(folder);
  return bytes === undefined ? undefined : parseIndexDocument(bytes, join(folder, INDEX_FILE));
}
