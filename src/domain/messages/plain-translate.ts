// SPDX-License-Identifier: Apache-2.0
import { CATALOGUE, type Language } from "./catalogue.ts";
import type { Translate } from "./translate.ts";
import { visibleText } from "./visible-text.ts";

/** Text and `{name}` placeholders: no plural, number, quoting or element. */
const PLAIN = /^(?:[^{}<'\\|]|\{\w+\})*$/;

/** Whether a message (ICU MessageFormat) means the same when only its placeholders are filled in. */
export function isPlainMessage(message: string): boolean {
  return PLAIN.test(message);
}

/**
 * Renders plain messages without the library that knows all of MessageFormat, whose loading takes as long as verifying a
 * signature. For programs whose messages are all plain; a test keeps them so. Any other message comes as it is written.
 */
export function createPlainTranslate(language: Language): Translate {
  return (id, values) => {
    const message: string = CATALOGUE[language][id];
    return isPlainMessage(message)
      ? message.replaceAll(/\{(\w+)\}/g, (placeholder, name: string) => {
          const value = values !== undefined && Object.hasOwn(values, name) ? values[name] : undefined;
          return value === undefined ? placeholder : visibleText(String(value));
        })
      : message;
  };
}
