// SPDX-License-Identifier: Apache-2.0
import type { Digest } from "#base";
import type { ManifestRecord } from "#database";
import { isImageConfig, parseManifest } from "#oci";
import type { Judgement } from "../../context.ts";
import type { BlobHolder } from "../manifests/blob-catalog.ts";
import type { ManifestCatalog } from "../manifests/manifest-catalog.ts";
import type { RegistrySettings } from "../settings/index.ts";

/** What is attached to something that is attached to something: further down nobody looks. */
const MAX_SUBJECTS = 4;

/**
 * Content that nobody can scan (charts, caches of builds, whatever else people store), where the settings refuse it. What
 * is attached by its `subject` to something in the repository is read by whoever may see that; and so is a manifest with
 * the configuration of an image that holds statements only. What it calls itself (`artifactType`) says nothing.
 */
export class UnscannableContent {
  readonly #settings: Pick<RegistrySettings, "of">;
  readonly #manifests: ManifestCatalog;

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

  async #mayBeRead(record: ManifestRecord): Promise<boolean> {
    const namesManifests = record.references.some(({ kind }) => kind === "manifest");
    return record.kind === "image" || (record.kind === "index" && namesManifests) || (await this.#freesBlobs(record));
  }

  /** An index that lists a blob makes nothing of it: anybody who may push can list any blob there. */
  async #freesBlobs(record: ManifestRecord): Promise<boolean> {
    return (record.kind === "artifact" && (await this.#holdsStatements(record))) || (await this.#isAttached(record));
  }

  async #isAttached({ repository, subject }: ManifestRecord, depth: number = 0): Promise<boolean> {
    const about = subject === undefined ? undefined : await this.#manifests.find(repository, subject);
    if (about === undefined || depth > MAX_SUBJECTS) {
      return false;
    }
    return about.kind === "artifact"
      ? (await this.#holdsStatements(about)) || (await this.#isAttached(about, depth + 1))
      : await this.#mayBeRead(about);
  }

  /** With an image's configuration only a manifest of nothing but statements is an artifact (`classifyManifest`). */
  async #holdsStatements({ digest, mediaType }: ManifestRecord): Promise<boolean> {
    const manifest = parseManifest(await this.#manifests.read(digest), mediaType);
    return manifest.kind === "image" && isImageConfig(manifest.config.mediaType);
  }
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
