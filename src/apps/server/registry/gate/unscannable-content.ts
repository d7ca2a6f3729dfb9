// SPDX-License-Identifier: Apache-2.0
import type { Digest } from "#base";
import type { ManifestRecord } from "#database";
import { isImageConfig, parseManifest } from "#oci";
import type { Judgement } from "../../context.ts";
import { RegistryError } from "../errors.ts";
import { LruMap } from "../lru-map.ts";
import type { BlobHolder } from "../manifests/blob-catalog.ts";
import type { ManifestCatalog } from "../manifests/manifest-catalog.ts";
import type { RegistrySettings } from "../settings/index.ts";

/** What is attached to something that is attached to something: further down nobody looks. */
const MAX_SUBJECTS = 4;
const MAX_REMEMBERED = 50_000;

/**
 * Content that nobody can scan (charts, caches of builds, whatever else people store), where the settings refuse it. What
 * is attached by its `subject` to something in the repository is read by whoever may see that; and so is a manifest with
 * the configuration of an image that holds statements only. What it calls itself (`artifactType`) says nothing.
 */
export class UnscannableContent {
  readonly #settings: Pick<RegistrySettings, "of">;
  readonly #manifests: ManifestCatalog;
  /** By digest, which says it once and for all: a blob may have very many holders. */
  readonly #statements = new LruMap<Digest, boolean>(MAX_REMEMBERED);

  constructor(options: { readonly settings: Pick<RegistrySettings, "of">; readonly manifests: ManifestCatalog }) {
    this.#settings = options.settings;
    this.#manifests = options.manifests;
  }

  /** Images are judged elsewhere, and so is an index that names manifests: each of them is asked about. */
  async isRefused(record: ManifestRecord): Promise<boolean> {
    return this.#isDenied(record.repository) && !(await this.#mayBeRead(record));
  }

  /** The refusal of a blob that no image holds: it goes with any one of its holders that may be read. */
  async refusalOfBlob(repository: string, holders: readonly BlobHolder[]): Promise<Judgement | "unlisted" | undefined> {
    if (!this.#isDenied(repository)) {
      return undefined;
    }
    let refused: ManifestRecord | undefined;
    for (const { digest } of holders) {
      const record = await this.#manifests.find(repository, digest);
      if (record !== undefined && (await this.#freesBlobs(record))) {
        return undefined;
      }
      refused = record ?? refused;
    }
    return refused === undefined ? "unlisted" : unscannable(refused);
  }

  #isDenied(repository: string): boolean {
    return this.#settings.of(repository).settings.unscannable === "deny";
  }

  async #mayBeRead(record: ManifestRecord, depth: number = 0): Promise<boolean> {
    const namesManifests = record.references.some(({ kind }) => kind === "manifest");
    return record.kind === "image" || (record.kind === "index" && namesManifests) || this.#freesBlobs(record, depth);
  }

  /** An index that lists a blob makes nothing of it: anybody who may push can list any blob there. */
  async #freesBlobs(record: ManifestRecord, depth: number = 0): Promise<boolean> {
    return (record.kind === "artifact" && (await this.#holdsStatements(record))) || this.#isAttached(record, depth);
  }

  async #isAttached({ repository, subject }: ManifestRecord, depth: number): Promise<boolean> {
    const about =
      subject === undefined || depth >= MAX_SUBJECTS ? undefined : await this.#manifests.find(repository, subject);
    return about !== undefined && this.#mayBeRead(about, depth + 1);
  }

  /** With an image's configuration only a manifest of nothing but statements is an artifact (`classifyManifest`). */
  async #holdsStatements({ digest, mediaType }: ManifestRecord): Promise<boolean> {
    const known = this.#statements.get(digest);
    if (known !== undefined) {
      return known;
    }
    const bytes = await this.#manifests.read(digest).catch(unknownAsUndefined);
    if (bytes === undefined) {
      return false;
    }
    const manifest = parseManifest(bytes, mediaType);
    const holds = manifest.kind === "image" && isImageConfig(manifest.config.mediaType);
    this.#statements.set(digest, holds);
    return holds;
  }
}

/** A holder that is damaged on disk says nothing; another one may. */
function unknownAsUndefined(error: unknown): undefined {
  if (error instanceof RegistryError && error.code === "MANIFEST_UNKNOWN") {
    return undefined;
  }
  throw error;
}

/** Nobody can tell what it is, and the repository's settings say what that means. */
export function unscannable(record: {
  readonly repository: string;
  readonly digest: Digest;
  readonly artifactType?: string;
  readonly mediaType: string;
}): Judgement {
  const { repository, digest, artifactType, mediaType } = record;
  const params = { mediaType: artifactType ?? mediaType };
  const reasons = [{ code: "ARTIFACT_UNSUPPORTED", effect: "deny", params } as const];
  return { repository, digest, verdict: { outcome: "deny", reasons, mode: "enforce", mutateImage: false } };
}
