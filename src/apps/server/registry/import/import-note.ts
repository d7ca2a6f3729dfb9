// SPDX-License-Identifier: Apache-2.0

/** What is to be said beside the images; the sentence is `registryTransfer.note.CODE` of the messages, in the language of whoever reads it. */
export interface ImportNote {
  readonly code: ImportNoteCode;
  readonly params: Readonly<Record<string, string | number>>;
}

export type ImportNoteCode =
  | "accountsHidden"
  | "accountsCut"
  | "projectsUnreadable"
  | "repositoriesUnreadable"
  | "artifactsUnreadable"
  | "tagsUnreadable"
  | "projectIsCache"
  | "projectIsPublic"
  | "projectRulesUnreadable"
  | "labelsLeftOut"
  | "retentionRuleUnmapped"
  | "immutableRuleUnmapped"
  | "retentionNotSet"
  | "rulesUnwritable"
  | "noAccountsAndRules";

export function importNote(code: ImportNoteCode, params: Readonly<Record<string, string | number>> = {}): ImportNote {
  return { code, params };
}
