// SPDX-License-Identifier: Apache-2.0
import { type JsonObject, readField, toBytes, toObject, toText } from "./metadata-json.ts";
import { createTufKey, isTufKeyType, type TufKey, tufKeyId } from "./tuf-key.ts";

const MAX_KEYS = 1_000;
/** A certificate of a large RSA key has about 3 KiB. */
const MAX_KEPT_LENGTH = 16_384;

interface KnownKey {
  readonly id: string;
  /** `undefined`: a key that verifies nothing. */
  readonly key: TufKey | undefined;
}

/**
 * Reads keys and keeps what it read, since a repository shows the same few keys each time. What is kept depends on nothing
 * but the bytes of the key; whether a role has it is asked each time.
 */
export class KeyRing {
  readonly #known: Map<string, KnownKey> = new Map();

  /**
   * A key of a metadata file, or `undefined` for one that can never count: of an unknown type, too weak, unreadable, or
   * under an id that is not its own (else one key could sign under many ids).
   */
  parse(declaredId: string, value: unknown): TufKey | undefined {
    const object = toObject(value, "key");
    const type = toText(readField(object, "keytype"), "keytype");
    const publicPart = publicPartOf(object);
    const name = `${type} ${publicPart}`;
    const known = this.#known.get(name) ?? readKey(type, publicPart);
    if (!this.#known.has(name) && name.length <= MAX_KEPT_LENGTH) {
      this.#keep(name, known);
    }
    return known.id === declaredId ? known.key : undefined;
  }

  #keep(name: string, known: KnownKey): void {
    this.#known.set(name, known);
    const [oldest] = this.#known.keys();
    if (this.#known.size > MAX_KEYS && oldest !== undefined) {
      this.#known.delete(oldest);
    }
  }
}

function publicPartOf(object: JsonObject): string {
  return toText(readField(toObject(readField(object, "keyval"), "keyval"), "public"), "public");
}

function readKey(type: string, text: string): KnownKey {
  const publicPart = toBytes(text, "public");
  if (!isTufKeyType(type)) {
    return { id: "", key: undefined };
  }
  const id = tufKeyId(type, publicPart);
  return { id, key: createTufKey(type, publicPart, id) };
}
