// SPDX-License-Identifier: Apache-2.0
import { type Digest, digestAlgorithm, digestOf, LIMITS, parseDigest } from "#base";
import { dumpAnswer, type HttpAnswer, headerOf } from "#http";
import { type Descriptor, type ImageReference, MANIFEST_MEDIA_TYPES, parseManifest } from "#oci";
import { ImageSourceError } from "../errors.ts";
import type { FetchedManifest } from "./fetched-manifest.ts";
import type { RegistryOptions } from "./registry-options.ts";
import { openRegistrySession, type RegistrySession } from "./registry-session.ts";

/** Reads one repository of one registry (OCI distribution-spec 1.1, "Pull"). */
export class RegistryClient implements AsyncDisposable {
  readonly session: RegistrySession;

  constructor(session: RegistrySession) {
    this.session = session;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.session[Symbol.asyncDispose]();
  }

  /** The manifest by tag or digest. A digest is verified; a tag's is computed and must be the one the registry names. */
  async fetchManifest(name: string, signal?: AbortSignal): Promise<FetchedManifest> {
    return await this.#readManifest(name, await this.#askManifest(name, [200], signal));
  }

  /** The same, and `undefined` when the registry has none of that name. */
  async findManifest(name: string, signal?: AbortSignal): Promise<FetchedManifest | undefined> {
    const answer = await this.#askManifest(name, [200, 404], signal);
    if (answer.status === 404) {
      await dumpAnswer(answer);
      return undefined;
    }
    return await this.#readManifest(name, answer);
  }

  /**
   * The digest that the registry states for the name, without the bytes: a claim. `undefined` when it has none of that
   * name, or states nothing.
   */
  async findDigest(name: string, signal?: AbortSignal): Promise<Digest | undefined> {
    const answer = await this.session.send(`manifests/${name}`, {
      method: "HEAD",
      headers: { accept: MANIFEST_MEDIA_TYPES.join(", ") },
      missing: "MANIFEST_UNKNOWN",
      expected: [200, 404],
      signal,
    });
    await dumpAnswer(answer);
    const stated = answer.status === 200 ? headerOf(answer, "docker-content-digest") : undefined;
    return stated === undefined ? undefined : parseDigest(stated);
  }

  async #askManifest(name: string, expected: readonly number[], signal: AbortSignal | undefined): Promise<HttpAnswer> {
    return await this.session.send(`manifests/${name}`, {
      headers: { accept: MANIFEST_MEDIA_TYPES.join(", ") },
      missing: "MANIFEST_UNKNOWN",
      expected,
      signal,
    });
  }

  async #readManifest(name: string, answer: HttpAnswer): Promise<FetchedManifest> {
    const bytes = await this.session.read(answer, LIMITS.maxManifestBytes);
    const stated = parseDigest(name) ?? parseDigest(headerOf(answer, "docker-content-digest") ?? "");
    const digest = digestOf(bytes, stated === undefined ? "sha256" : digestAlgorithm(stated));
    if (stated !== undefined && stated !== digest) {
      throw new ImageSourceError("BLOB_DIGEST_MISMATCH", "manifest has another digest than the registry says", {
        details: { host: this.session.base.host, expected: stated, found: digest },
      });
    }
    const declared = headerOf(answer, "content-type")?.split(";", 1)[0]?.trim();
    const isSpecific = declared !== undefined && declared.startsWith("application/vnd.");
    return { mediaType: parseManifest(bytes, isSpecific ? declared : undefined).mediaType, digest, bytes };
  }

  /** The content of a blob, not yet verified. */
  async fetchBlob(descriptor: Descriptor, signal?: AbortSignal): Promise<AsyncIterable<Uint8Array>> {
    const answer = await this.session.send(`blobs/${descriptor.digest}`, {
      headers: { accept: "*/*" },
      missing: "BLOB_MISSING",
      expected: [200],
      signal,
    });
    return this.session.stream(answer);
  }
}

/** A client for the repository of the reference. The caller disposes it. */
export async function openRegistryClient(
  reference: Pick<ImageReference, "registry" | "repository">,
  options: RegistryOptions,
): Promise<RegistryClient> {
  return new RegistryClient(await openRegistrySession(reference, options));
}
