// SPDX-License-Identifier: Apache-2.0
import { CATALOGUE, type MessageId } from "./catalogue.ts";

/** Whether the text is a message id, for ids that are put together from codes (`reason.<CODE>`). */
export function isMessageId(text: string): text is MessageId {
  return Object.hasOwn(CATALOGUE.en, text);
}
