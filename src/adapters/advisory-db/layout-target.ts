// SPDX-License-Identifier: Apache-2.0
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { open } from "node:fs/promises";
import { join } from "node:path";
import { type Digest, DigestStream, digestAlgorithm, digestHex, digestOf, isDigest, messageOf } from "#base";
import { type Descriptor, OCI_INDEX, parseManifest } from "#oci";
import type { ArtifactTarget } from "./artifact-types.ts";
import { AdvisoryDatabaseError } from "./errors.ts";
import { processMark } from "./process-mark.ts";
import { syncPath } from "./sync-path.ts";

const NAME_ANNOTATION = "org.opencontainers.image.ref.name";

/** A place for an artifact that takes blobs as streams, and what is attached to it. */
export interface LayoutTarget extends ArtifactTarget {
  /** Writes a blob of known digest without holding it; verified. */
  writeBlob(descriptor: Pick<Descriptor, "digest" | "size">, chunks: AsyncIterable<Uint8Array>): Promise<void>;
  hasBlob(digest: Digest): boolean;
  attachReferrer(
    subject: Digest,
    referrer: {
      readonly mediaType: string;
      readonly bytes: Uint8Array;
      readonly artifactType: string;
      readonly annotations?: Readonly<Record<string, string>>;
    },
  ): Promise<Descriptor>;
}

/**
 * An OCI image layout in a folder (image-spec, image-layout.md), made when it is not there. A blob appears when it is complete;
 * the list in `index.json` is replaced by renaming, after the blobs that it names.
 */
export function openLayoutTarget(folder: string): LayoutTarget {
  const blobs = join(folder, "blobs", "sha256");
  try {
    assertLayoutOrEmpty(folder);
    mkdirSync(blobs, { recursive: true });
    replaceFile(folder, "oci-layout", JSON.stringify({ imageLayoutVersion: "1.0.0" }));
  } catch (error) {
    throw error instanceof AdvisoryDatabaseError ? error : unwritable(folder, error);
  }

  async function writeBlob(
    { digest, size }: Pick<Descriptor, "digest" | "size">,
    chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  ): Promise<void> {
    const path = pathOf(folder, digest);
    const temporary = join(folder, "blobs", `.${processMark()}`);
    const stream = new DigestStream();
    let length = 0;
    try {
      const file = await open(temporary, "wx");
      try {
        for await (const chunk of chunks) {
          stream.update(chunk);
          length += chunk.length;
          await file.write(chunk);
        }
        await file.sync();
      } finally {
        await file.close();
      }
      if (stream.digest() !== digest || length !== size) {
        throw new AdvisoryDatabaseError("ADVISORY_SOURCE_MALFORMED", `a blob is not ${digest} of ${size} bytes`);
      }
      renameSync(temporary, path);
    } catch (error) {
      rmSync(temporary, { force: true });
      throw error instanceof Error && "code" in error && !/^E[A-Z]+$/.test(String(error.code))
        ? error
        : unwritable(folder, error);
    }
  }

  async function put(bytes: Uint8Array): Promise<{ readonly digest: Digest; readonly size: number }> {
    const blob = { digest: digestOf(bytes), size: bytes.length };
    if (!existsSync(pathOf(folder, blob.digest))) {
      await writeBlob(blob, [bytes]);
    }
    return blob;
  }

  function list(descriptor: Descriptor, tag: string | undefined): void {
    const others = readList(folder).filter(
      (each) =>
        (tag === undefined || each.annotations?.[NAME_ANNOTATION] !== tag) &&
        (each.digest !== descriptor.digest || (tag !== undefined && each.annotations?.[NAME_ANNOTATION] !== undefined)),
    );
    const named =
      tag === undefined
        ? descriptor
        : { ...descriptor, annotations: { ...descriptor.annotations, [NAME_ANNOTATION]: tag } };
    const index = { schemaVersion: 2, mediaType: OCI_INDEX, manifests: [...others, named] };
    syncPath(blobs);
    replaceFile(folder, "index.json", JSON.stringify(index));
  }

  return {
    hasBlob: (digest) => existsSync(pathOf(folder, digest)),
    writeBlob,
    pushBlob: put,
    pushManifest: async (name, mediaType, bytes) => {
      const { digest, size } = await put(bytes);
      list({ mediaType, digest, size }, isDigest(name) ? undefined : name);
      return { digest };
    },
    attachReferrer: async (_, { mediaType, bytes, artifactType, annotations }) => {
      const { digest, size } = await put(bytes);
      const descriptor = {
        mediaType,
        digest,
        size,
        artifactType,
        ...(annotations === undefined ? {} : { annotations }),
      };
      list(descriptor, undefined);
      return descriptor;
    },
  };
}

function readList(folder: string): readonly Descriptor[] {
  const path = join(folder, "index.json");
  if (!existsSync(path)) {
    return [];
  }
  const index = parseManifest(readFileSync(path), OCI_INDEX);
  return index.kind === "index" ? index.manifests : [];
}

function pathOf(folder: string, digest: Digest): string {
  return join(folder, "blobs", digestAlgorithm(digest), digestHex(digest));
}

function replaceFile(folder: string, name: string, content: string): void {
  const temporary = join(folder, `.${name}.${processMark()}`);
  writeFileSync(temporary, content);
  syncPath(temporary);
  renameSync(temporary, join(folder, name));
  syncPath(folder);
}

function assertLayoutOrEmpty(folder: string): void {
  const stat = statSync(folder, { throwIfNoEntry: false });
  const isFine =
    stat === undefined ||
    (stat.isDirectory() && (existsSync(join(folder, "oci-layout")) || readdirSync(folder).length === 0));
  if (!isFine) {
    throw new AdvisoryDatabaseError(
      "ADVISORY_DATABASE_UNWRITABLE",
      `${folder} is neither an OCI image layout nor an empty folder; name another one`,
      { details: { file: folder } },
    );
  }
}

function unwritable(folder: string, cause: unknown): AdvisoryDatabaseError {
  return cause instanceof AdvisoryDatabaseError
    ? cause
    : new AdvisoryDatabaseError("ADVISORY_DATABASE_UNWRITABLE", `cannot write ${folder}: ${messageOf(cause)}`, {
        cause,
        details: { file: folder },
      });
}
