// SPDX-License-Identifier: Apache-2.0
import { CATALOGUE, createPlainTranslate, createTranslate, type Language, type Translate } from "#messages";

/** What ICU MessageFormat gives a meaning beside a placeholder. */
const SYNTAX = /[{}<'\\|]/;

/**
 * Renders as `createTranslate` does, and plain messages without the library that knows all of MessageFormat: starting that takes as
 * long as all else about matching a bill of materials, and most runs say only where the result went.
 */
export function createQuickTranslate(language: Language): Translate {
  const plain = createPlainTranslate(language);
  return (id, values) => {
    // ids that are put together may be unknown
    const message: string | undefined = CATALOGUE[language][id];
    const unfilled = message?.replaceAll(/\{(\w+)\}/g, (placeholder, name: string) =>
      values !== undefined && Object.hasOwn(values, name) ? "" : placeholder,
    );
    return unfilled === undefined || SYNTAX.test(unfilled) ? createTranslate(language)(id, values) : plain(id, values);
  };
}
