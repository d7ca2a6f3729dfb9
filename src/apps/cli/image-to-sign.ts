// SPDX-License-Identifier: Apache-2.0
import type { Digest } from "#base";
import { CodedError } from "#base";
import { openRepository, type RepositoryClient } from "#image-source";
import { type Descriptor, type ImageReference, MANIFEST_MEDIA_TYPES, parseImageReference, parseManifest } from "#oci";
import { attachBundle } from "#signing";
import type { CommandContext, Invocation } from "./command.ts";
import { registryAccess } from "./registry-access.ts";

/** Indexes inside of indexes that are followed; more than one is rare. */
const MAX_NESTED_INDEXES = 4;
const MAX_IMAGES = 2_000;

/** An image in its registry, resolved once: whatever the tag names later, this digest is what gets signed. */
export interface ImageToSign extends AsyncDisposable {
  readonly reference: ImageReference;
  readonly root: Descriptor;
  /** `registry/repository`, as signatures name it. */
  readonly name: string;
  /** What is inside of an index, each once; empty for an image. */
  readonly listChildren: () => Promise<readonly Descriptor[]>;
  /** Refuses to go on when the tag has been moved since it was resolved. */
  readonly assertNotMoved: () => Promise<void>;
  readonly attach: (subject: Descriptor, bundle: Uint8Array, predicateType: string) => Promise<Descriptor>;
}

/** Opens the repository of a reference and resolves it. Throws `MANIFEST_UNKNOWN`, `TAG_MOVED`, and what registries say. */
export async function openImageToSign(
  text: string,
  invocation: Invocation,
  context: CommandContext,
): Promise<ImageToSign> {
  const { signal } = context;
  const reference = parseImageReference(text.replace(/^docker:\/\//, ""));
  const name = `${reference.registry}/${reference.repository}`;
  const { bearerToken, ...access } = await registryAccess(`docker://${name}`, invocation, context);
  const stack = new AsyncDisposableStack();
  try {
    // the token of a server on this machine reads images that its gate refuses, and cannot write
    const reading = stack.use(await openRepository(reference, { ...access, ...(bearerToken ? { bearerToken } : {}) }));
    const writing = stack.use(await openRepository(reference, { ...access, scopes: ["pull", "push"] }));
    const root = await resolve(reading, reference, signal);
    const held = stack.move();
    return {
      reference,
      name,
      root,
      listChildren: () => listChildren(reading, root, signal),
      assertNotMoved: () => assertNotMoved(reading, reference, root.digest, signal),
      attach: (subject, bundle, predicateType) =>
        attachBundle(writing, { subject, bundle, predicateType, now: context.now() }, signal),
      [Symbol.asyncDispose]: () => held.disposeAsync(),
    };
  } catch (error) {
    await stack.disposeAsync();
    throw error;
  }
}

async function resolve(
  repository: RepositoryClient,
  reference: ImageReference,
  signal: AbortSignal,
): Promise<Descriptor> {
  const found = await repository.readManifest(reference.digest ?? reference.tag ?? "latest", signal);
  if (found === undefined) {
    throw new CodedError("MANIFEST_UNKNOWN", `there is no image ${reference.raw.slice(0, 200)}`);
  }
  if (reference.digest !== undefined && reference.tag !== undefined) {
    await assertNotMoved(repository, reference, found.digest, signal);
  }
  return { mediaType: found.mediaType, digest: found.digest, size: found.bytes.length };
}

async function assertNotMoved(
  repository: RepositoryClient,
  { tag }: ImageReference,
  digest: Digest,
  signal: AbortSignal,
): Promise<void> {
  if (tag === undefined) {
    return;
  }
  const now = await repository.readManifest(tag, signal);
  if (now?.digest !== digest) {
    throw new CodedError(
      "TAG_MOVED",
      `tag ${tag} was ${digest} and is ${now?.digest ?? "gone"} now; nothing was attached`,
    );
  }
}

async function listChildren(
  repository: RepositoryClient,
  root: Descriptor,
  signal: AbortSignal,
): Promise<readonly Descriptor[]> {
  const children = new Map<Digest, Descriptor>();
  let level: readonly Descriptor[] = [root];
  for (let depth = 0; depth < MAX_NESTED_INDEXES && level.length > 0; depth += 1) {
    const below: Descriptor[] = [];
    for (const descriptor of level) {
      below.push(...(await readIndex(repository, descriptor, signal)));
    }
    level = below.filter((each) => !children.has(each.digest));
    for (const each of level) {
      children.set(each.digest, each);
    }
    if (children.size > MAX_IMAGES) {
      throw new CodedError("LIMIT_EXCEEDED", `the index has more than ${MAX_IMAGES} images`);
    }
  }
  return [...children.values()];
}

/** The manifests that an index names; none for anything else. */
async function readIndex(
  repository: RepositoryClient,
  descriptor: Descriptor,
  signal: AbortSignal,
): Promise<readonly Descriptor[]> {
  if (!MANIFEST_MEDIA_TYPES.includes(descriptor.mediaType)) {
    return [];
  }
  const found = await repository.readManifest(descriptor.digest, signal);
  if (found === undefined) {
    throw new CodedError(
      "MANIFEST_UNKNOWN",
      `the index names ${descriptor.digest}, which the repository does not have`,
    );
  }
  const manifest = parseManifest(found.bytes, found.mediaType);
  return manifest.kind === "index" ? manifest.manifests : [];
}
