// SPDX-License-Identifier: Apache-2.0
import type { RegistryJobMessage } from "#database";
import { createTranslate, isMessageId, type Language, type MessageCode } from "#messages";

/** What can be said of a job: each has a sentence in every language. */
export type JobNoteCode = MessageCode<"registryJobs.note">;

/** What a job is at. */
export interface JobNote extends RegistryJobMessage {
  readonly code: JobNoteCode;
}

/** Codes of failures, which people look up; those of progress are none of theirs. */
const OF_FAILURE = /^[A-Z][A-Z0-9_]*$/;
/** What an earlier version wrote, with its code if it had one. */
const TEXT = "TEXT";

/** The sentence for people. A failure that nobody wrote one for is told by its code, with what is known in English. */
export function renderJobNote({ code, params }: RegistryJobMessage, language: Language): string {
  const translate = createTranslate(language);
  const values = Object.fromEntries(
    Object.entries(params).map(([name, value]) => [name, typeof value === "object" ? value[language] : value]),
  );
  const id = `registryJobs.note.${code}`;
  const text = isMessageId(id)
    ? translate(id, values)
    : translate("registryJobs.note.OTHER", { detail: values["detail"] ?? "" });
  return code !== TEXT && OF_FAILURE.test(code) ? `${text} (${code})` : text;
}
