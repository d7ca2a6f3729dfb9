// SPDX-License-Identifier: Apache-2.0

/** The text, shortened to so many bytes of UTF-8 without breaking a character; an ellipsis says that it was. */
export function cutBytes(text: string, maxBytes: number): string {
  if (Buffer.byteLength(text) <= maxBytes) {
    return text;
  }
  const bytes = Buffer.from(text).subarray(0, maxBytes - 3);
  // A character that was cut in two decodes to U+FFFD at the end.
  return `${bytes.toString("utf8").replace(/\uFFFD+$/, "")}…`;
}
