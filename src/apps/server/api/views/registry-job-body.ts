// SPDX-License-Identifier: Apache-2.0
import type { RegistryJobRecord } from "#database";
import type { Language } from "#messages";
import { renderJobNote } from "../../registry-jobs/index.ts";
import type { RegistryJobBody } from "../schemas/registry-jobs.ts";

/** Without what only its worker understands. */
export function toRegistryJobBody(
  { parameters: _, position: __, message, ...job }: RegistryJobRecord,
  language: Language,
): RegistryJobBody {
  return message === undefined ? job : { ...job, message: renderJobNote(message, language), messageCode: message.code };
}
