// SPDX-License-Identifier: Apache-2.0
import { CATALOGUE, type MessageId } from "./catalogue.ts";
import { isMessageId } from "./is-message-id.ts";
import type { Translate } from "./translate.ts";

/** A message of the catalogue with its values. */
export interface ProblemDetail {
  readonly id: MessageId;
  readonly values: Readonly<Record<string, string>>;
}

/** What the English message of a problem is made of. */
interface Template {
  readonly id: MessageId;
  /** What stands before, between and after the values; one more than there are names. */
  readonly texts: readonly string[];
  readonly names: readonly string[];
}

const PREFIX = "scan.detail.";
/** Words that are not ours: of the operating system, of libraries, of clamd. */
const FOREIGN = "scan.detail.foreign";

/** How often the words are looked for in a text before which a path may stand. */
const MAX_COLONS = 4;

let templates: readonly Template[] | undefined;

/**
 * Which message of the catalogue the English words of a problem are, and with which values; what is none of them is shown as it is. A
 * report keeps the words only, and values in them come from images: whatever they hold, the worst is a sentence about the wrong words.
 */
export function problemDetail(message: string): ProblemDetail {
  templates ??= readTemplates();
  for (const template of templates) {
    const values = valuesOf(message, template);
    if (values !== undefined) {
      return { id: template.id, values };
    }
  }
  return { id: FOREIGN, values: { text: message } };
}

/** The words of a problem in the reader's language. */
export function problemDetailText(message: string, translate: Translate): string {
  const { id, values } = problemDetail(message);
  return translate(id, values);
}

/**
 * The same for words before which the path of a file may stand, as in reasons of verdicts: paths may hold anything, so that the words
 * are looked for behind each of the first colons.
 */
export function placedProblemDetailText(message: string, translate: Translate): string {
  let at = 0;
  for (let tries = 0; tries < MAX_COLONS; tries += 1) {
    const { id, values } = problemDetail(message.slice(at));
    if (id !== FOREIGN) {
      return `${message.slice(0, at)}${translate(id, values)}`;
    }
    const colon = message.indexOf(": ", at);
    if (colon < 0) {
      break;
    }
    at = colon + 2;
  }
  return problemDetailText(message, translate);
}

/** The most specific first: of two that fit, the one with more words of its own. */
function readTemplates(): readonly Template[] {
  return Object.entries(CATALOGUE.en)
    .flatMap(([id, text]) => {
      const parts = text.split(/\{(\w+)\}/);
      const [texts, names] = [parts.filter((_, index) => index % 2 === 0), parts.filter((_, index) => index % 2 === 1)];
      return id.startsWith(PREFIX) && id !== FOREIGN && isMessageId(id) ? [{ id, texts, names }] : [];
    })
    .toSorted((a, b) => b.texts.join("").length - a.texts.join("").length);
}

/** Each value ends where the next words begin, so that this is linear. */
function valuesOf(message: string, { texts, names }: Template): Readonly<Record<string, string>> | undefined {
  const [first = ""] = texts;
  const last = texts.at(-1) ?? "";
  const length = first.length + (names.length === 0 ? 0 : last.length);
  if (!message.startsWith(first) || !message.endsWith(last) || message.length < length) {
    return undefined;
  }
  const values: Record<string, string> = {};
  let at = first.length;
  for (const [index, name] of names.entries()) {
    const isLast = index === names.length - 1;
    const end = isLast ? message.length - last.length : message.indexOf(texts[index + 1] ?? "", at);
    if (end < at) {
      return undefined;
    }
    values[name] = message.slice(at, end);
    at = end + (texts[index + 1]?.length ?? 0);
  }
  return at === message.length ? values : undefined;
}
