// SPDX-License-Identifier: Apache-2.0
import { join } from "node:path";
import type { Configuration } from "#configuration";
import { createTrustHttp } from "#http";
import { type ImageRepository, openImageRepository, type RegistryOptions } from "#image-source";
import { type ImageReference, parseImageReference } from "#oci";
import type { SignatureVerifier, SignedImage, TrustHttp } from "#signatures";
import { createFileTrustStateStore, createSignatureVerifier, createTrustRoots } from "#trust-sources";
import type { CommandContext, Invocation } from "../command.ts";

/** An image, and what its signatures are verified with. */
export interface ImageTrust extends AsyncDisposable {
  readonly image: ImageRepository;
  readonly signed: SignedImage;
  readonly verifier: SignatureVerifier;
}

/** An image as it is asked about. */
export interface LocatedImage {
  readonly location: string;
  /** What it is called where signatures sign names; absent: as its location says. */
  readonly named: ImageReference | undefined;
  /** How its registry is reached. */
  readonly access: RegistryOptions;
}

/**
 * The image at a location with a verifier by flags and configuration: the one way in which commands look at signatures.
 * The caller disposes it.
 */
export async function openImageTrust(
  { location, named, access }: LocatedImage,
  invocation: Invocation,
  context: CommandContext,
): Promise<ImageTrust> {
  const allowPrivateAddresses = [
    ...invocation.list("allow-private"),
    ...context.configuration().signatures.allowPrivateAddresses,
  ];
  const options = { ...access, allowPrivateAddresses };
  await using opening = new AsyncDisposableStack();
  const image = opening.use(await openImageRepository(location, { ...options, signal: context.signal }));
  const http = opening.use(await createTrustHttp(options));
  const verifier = opening.use(createVerifier(http, location, invocation, context));
  const signed: SignedImage = {
    reference: named ?? image.reference,
    digest: image.root.digest,
    referrers: image.repository,
    registryUrl: image.registryUrl,
    credentials: image.credentials,
  };
  const open = opening.move();
  return { image, signed, verifier, [Symbol.asyncDispose]: () => open.disposeAsync() };
}

function createVerifier(
  http: TrustHttp,
  location: string,
  invocation: Invocation,
  context: CommandContext,
): ReturnType<typeof createSignatureVerifier> {
  const { signatures, dataDir } = context.configuration();
  const server = invocation.text("notary-server");
  const registry = location.startsWith("docker://")
    ? parseImageReference(location.slice("docker://".length)).registry
    : "";
  return createSignatureVerifier({
    http,
    requirementsBy: "operator",
    // what the server has seen is in its database; the command line remembers for itself
    state: createFileTrustStateStore(join(dataDir, "trust")),
    trustRoots: createTrustRoots({
      http,
      roots: toRecord(signatures.trustRoots),
      cacheDir: join(context.environment.cacheDir, "trust-roots"),
    }),
    notaryServers: { ...toRecord(signatures.notaryServers), ...(server === undefined ? {} : { [registry]: server }) },
  });
}

function toRecord(pairs: Configuration["signatures"]["trustRoots"]): Readonly<Record<string, string>> {
  return Object.fromEntries(pairs.map(({ name, value }) => [name, value]));
}
