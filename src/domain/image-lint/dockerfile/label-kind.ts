// SPDX-License-Identifier: Apache-2.0
import { isLicenseExpression } from "#licenses";

/** What the value of a label has to be; the words are those of hadolint's label schemas. */
export type LabelKind = "text" | "url" | "rfc3339" | "spdx" | "hash" | "semver" | "email";

/** Every kind, for messages and options. */
export const LABEL_KINDS: readonly LabelKind[] = ["text", "url", "rfc3339", "spdx", "hash", "semver", "email"];

/** Longer values are none of the kinds but text. */
const MAX_VALUE = 4_096;

const TIME =
  /^(\d{4})-(\d\d)-(\d\d)[Tt]([01]\d|2[0-3]):[0-5]\d:(?:[0-5]\d|60)(?:\.\d{1,9})?(?:[Zz]|[+-](?:[01]\d|2[0-3]):[0-5]\d)$/;
const SEMVER =
  /^(?:0|[1-9]\d*)\.(?:0|[1-9]\d*)\.(?:0|[1-9]\d*)(?:-(?:0|[1-9]\d*|\d*[A-Za-z-][0-9A-Za-z-]*)(?:\.(?:0|[1-9]\d*|\d*[A-Za-z-][0-9A-Za-z-]*))*)?(?:\+[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*)?$/;
/** `addr-spec` of RFC 5322 (3.4.1) without comments, quotes and literal addresses, which nobody writes into a label. */
const EMAIL =
  /^[\w!#$%&'*+/=?^`{|}~-]+(?:\.[\w!#$%&'*+/=?^`{|}~-]+)*@[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?)*$/;

const IS_VALID: Readonly<Record<LabelKind, (value: string) => boolean>> = {
  text: () => true,
  url: isUrl,
  rfc3339: isTime,
  spdx: isLicenseExpression,
  hash: (value) => /^(?:[0-9a-f]{7,40}|[0-9a-f]{64})$/.test(value),
  semver: (value) => value.length <= 256 && SEMVER.test(value),
  email: (value) => value.length <= 254 && EMAIL.test(value),
};

/** Whether a word names a kind. */
export function isLabelKind(word: string): word is LabelKind {
  return LABEL_KINDS.some((kind) => kind === word);
}

/** Whether a value is of the kind. Never throws; linear. */
export function isOfKind(kind: LabelKind, value: string): boolean {
  return kind === "text" || (value.length <= MAX_VALUE && IS_VALID[kind](value));
}

/** An address with an authority, as in `https://…`, `git://…`, `ssh://…`; RFC 3986 calls more a URI (`urn:`, `mailto:`), which leads nowhere. */
function isUrl(value: string): boolean {
  return /^[A-Za-z][A-Za-z0-9+.-]{0,20}:\/\/[^\s/]/.test(value) && !/\s/.test(value) && URL.canParse(value);
}

function isTime(value: string): boolean {
  const [, year, month, day] = TIME.exec(value) ?? [];
  if (year === undefined) {
    return false;
  }
  const date = new Date(Date.UTC(Number(year), Number(month) - 1, Number(day)));
  return date.getUTCMonth() === Number(month) - 1 && date.getUTCDate() === Number(day);
}
