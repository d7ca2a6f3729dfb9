// SPDX-License-Identifier: Apache-2.0
import { createIntl, createIntlCache, type IntlShape } from "@formatjs/intl";
import { CATALOGUE, type Language, type MessageId } from "./catalogue.ts";
import { visibleText } from "./visible-text.ts";

/** Values for the placeholders of a message. */
export type MessageValues = Readonly<Record<string, string | number>>;

/** Renders a message in one language. */
export type Translate = (id: MessageId, values?: MessageValues) => string;

const cache = createIntlCache();
const intls = new Map<Language, IntlShape<string>>();

/** A function that renders messages in the language; a message that cannot be formatted is returned as its id. */
export function createTranslate(language: Language): Translate {
  // Made when first needed: most runs of the command line with JSON never do, and it costs a tenth of their start.
  return (id, values) =>
    intlFor(language).formatMessage({ id }, values === undefined ? undefined : visibleValues(values));
}

/** Values come from images, feeds and requests: none may act on the terminal or the log that shows the message. */
function visibleValues(values: MessageValues): Record<string, string | number> {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [name, typeof value === "string" ? visibleText(value) : value]),
  );
}

function intlFor(language: Language): IntlShape<string> {
  const known = intls.get(language);
  if (known !== undefined) {
    return known;
  }
  const intl = createIntl({ locale: language, messages: { ...CATALOGUE[language] } }, cache);
  intls.set(language, intl);
  return intl;
}
