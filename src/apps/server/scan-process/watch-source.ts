// SPDX-License-Identifier: Apache-2.0
import type { ImageSource } from "#oci";

/** A source that remembers what went wrong with it, and reads every blob to its end. */
export interface WatchedSource {
  readonly source: ImageSource;
  /** The first failure; absent while everything that was read is what its descriptor promises. */
  readonly failure: () => unknown;
}

/**
 * Watches over a source that somebody else keeps. What a scan says of an image is stored for everybody who uses the same
 * digest, so it may only rest on bytes that have their digests: a registry that leaves out a layer, or sends rubbish that
 * a reader gives up on before its digest is known, has not shown what the image is.
 */
export function watchSource(source: ImageSource): WatchedSource {
  let failure: { readonly error: unknown } | undefined;
  function note(error: unknown): void {
    failure ??= { error };
  }
  return {
    failure: () => failure?.error,
    source: {
      location: source.location,
      root: source.root,
      [Symbol.asyncDispose]: () => source[Symbol.asyncDispose](),
      async readManifest(descriptor) {
        try {
          return await source.readManifest(descriptor);
        } catch (error) {
          note(error);
          throw error;
        }
      },
      async openBlob(descriptor, signal) {
        try {
          return toTheEnd(await source.openBlob(descriptor, signal), note);
        } catch (error) {
          note(error);
          throw error;
        }
      },
    },
  };
}

async function* toTheEnd(
  chunks: AsyncIterable<Uint8Array>,
  note: (error: unknown) => void,
): AsyncGenerator<Uint8Array, void, undefined> {
  const reading = chunks[Symbol.asyncIterator]();
  let isOver = false;
  async function next(): Promise<Uint8Array | undefined> {
    try {
      const { done, value } = await reading.next();
      isOver = done === true;
      return isOver ? undefined : value;
    } catch (error) {
      isOver = true;
      note(error);
      throw error;
    }
  }
  try {
    for (let chunk = await next(); chunk !== undefined; chunk = await next()) {
      yield chunk;
    }
  } finally {
    // the reader gave up: whether it had reason to, the digest says
    while (!isOver) {
      await next().catch(() => undefined);
    }
  }
}
