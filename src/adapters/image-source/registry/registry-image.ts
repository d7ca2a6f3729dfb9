// SPDX-License-Identifier: Apache-2.0
import { LIMITS } from "#base";
import type { ImageReference, ImageSource } from "#oci";
import { readVerified, verifyContent } from "../verify-content.ts";
import { openRegistryClient } from "./registry-client.ts";
import type { RegistryOptions } from "./registry-options.ts";

/** The image of a reference in its registry. */
export async function openRegistryImage(
  reference: ImageReference,
  options: RegistryOptions & { readonly location: string; readonly signal?: AbortSignal | undefined },
): Promise<ImageSource> {
  const client = await openRegistryClient(reference, options);
  try {
    const root = await client.fetchManifest(reference.digest ?? reference.tag ?? "latest", options.signal);
    return {
      location: options.location,
      root,
      readManifest: async (descriptor) => {
        const { bytes } = await client.fetchManifest(descriptor.digest);
        return readVerified(once(bytes), descriptor, LIMITS.maxManifestBytes);
      },
      openBlob: async (descriptor, signal) => verifyContent(await client.fetchBlob(descriptor, signal), descriptor),
      [Symbol.asyncDispose]: () => client[Symbol.asyncDispose](),
    };
  } catch (error) {
    await client[Symbol.asyncDispose]();
    throw error;
  }
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array, void, undefined> {
  yield await Promise.resolve(bytes);
}
