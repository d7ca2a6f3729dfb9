// SPDX-License-Identifier: Apache-2.0
import type { MessageCode } from "#messages";

/** What is to be said beside the images; the sentence is `registryTransfer.note.CODE` of the messages, in the language of whoever reads it. */
export interface ImportNote {
  readonly code: ImportNoteCode;
  readonly params: Readonly<Record<string, string | number>>;
}

export type ImportNoteCode = MessageCode<"registryTransfer.note">;

export function importNote(code: ImportNoteCode, params: Readonly<Record<string, string | number>> = {}): ImportNote {
  return { code, params };
}
