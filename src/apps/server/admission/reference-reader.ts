// SPDX-License-Identifier: Apache-2.0
import { type ImageReference, parseImageReference } from "#oci";

const MAX_REMEMBERED = 20_000;
/** Longer ones are read each time: nobody should be able to fill the memory with names. */
const MAX_LENGTH = 512;

/** Reads references; `undefined` for what is none. The same few are asked about again and again, and read once. */
export function createReferenceReader(): (text: string) => ImageReference | undefined {
  const known = new Map<string, ImageReference>();
  return (text) => {
    const found = known.get(text);
    if (found !== undefined) {
      return found;
    }
    const parsed = parse(text);
    if (parsed !== undefined && text.length <= MAX_LENGTH) {
      if (known.size >= MAX_REMEMBERED) {
        known.clear();
      }
      known.set(text, parsed);
    }
    return parsed;
  };
}

function parse(text: string): ImageReference | undefined {
  try {
    return parseImageReference(text);
  } catch {
    return undefined;
  }
}
