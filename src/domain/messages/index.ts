// SPDX-License-Identifier: Apache-2.0
export type { Language, MessageId } from "./catalogue.ts";
export { CATALOGUE } from "./catalogue.ts";
export { explainError } from "./explain-error.ts";
export { isMessageId } from "./is-message-id.ts";
export type { MessageCode } from "./message-code.ts";
export { createPlainTranslate } from "./plain-translate.ts";
export { placedProblemDetailText, problemDetailText } from "./problem-detail.ts";
export { renderSize } from "./render-size.ts";
export type { MessageValues, Translate } from "./translate.ts";
export { createTranslate } from "./translate.ts";
export { visibleText } from "./visible-text.ts";
