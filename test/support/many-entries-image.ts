// SPDX-License-Identifier: Apache-2.0
import { createGzip } from "node:zlib";
import { DigestStream, digestOf } from "#base";
import { OCI_CONFIG, OCI_LAYER_GZIP, OCI_MANIFEST } from "#oci";
import { type TarEntry, type TestImage, tarHeader, writeTar } from "./image-builder.ts";

/** Entries that are written as often as the archive needs them: headers of empty files differ in their names only. */
const AT_ONCE = 1_000;

/**
 * An image of two layers: one package, and above it `count` entries that are made by their number. The tar archive is never
 * held as a whole, so that the memory of a scan can be measured in the same process.
 */
export async function manyEntriesImage(
  count: number,
  entryOf: (number: number) => TarEntry = plainFile,
): Promise<TestImage> {
  const base = await packLayer([writeTar([{ path: "node_modules/a/package.json", content: PACKAGE }])]);
  const many = await packLayer(archiveOf(count, entryOf));
  const blobs = new Map([base, many].map(({ packed }) => [digestOf(packed), packed] as const));
  function add(document: unknown): { digest: ReturnType<typeof digestOf>; size: number } {
    const bytes = Buffer.from(JSON.stringify(document));
    blobs.set(digestOf(bytes), bytes);
    return { digest: digestOf(bytes), size: bytes.length };
  }
  const rootfs = { type: "layers", diff_ids: [base.diffId, many.diffId] };
  const config = add({ os: "linux", architecture: "amd64", rootfs });
  const layers = [base, many].map(({ packed }) => ({
    mediaType: OCI_LAYER_GZIP,
    digest: digestOf(packed),
    size: packed.length,
  }));
  const document = { schemaVersion: 2, mediaType: OCI_MANIFEST, config: { mediaType: OCI_CONFIG, ...config }, layers };
  return { blobs, manifest: { mediaType: OCI_MANIFEST, ...add(document) } };
}

const PACKAGE = '{"name":"a","version":"1.0.0"}';

function plainFile(number: number): TarEntry {
  return { path: `srv/data/of/some/tenant-${Math.floor(number / 500)}/a-file-with-a-name-${number}.json` };
}

function* archiveOf(count: number, entryOf: (number: number) => TarEntry): Generator<Buffer> {
  for (let made = 0; made < count; made += AT_ONCE) {
    const length = Math.min(AT_ONCE, count - made);
    yield Buffer.concat(Array.from({ length }, (_, index) => tarHeader(entryOf(made + index), 0)));
  }
  yield Buffer.alloc(1_024);
}

async function packLayer(
  chunks: Iterable<Buffer>,
): Promise<{ readonly packed: Buffer; readonly diffId: ReturnType<typeof digestOf> }> {
  const inflated = new DigestStream();
  const packed: Buffer[] = [];
  const gzip = createGzip({ level: 1 });
  gzip.on("data", (chunk: Buffer) => packed.push(chunk));
  for (const chunk of chunks) {
    inflated.update(chunk);
    await new Promise<void>((resolve) => void gzip.write(chunk, () => resolve()));
  }
  await new Promise<void>((resolve) => void gzip.once("end", resolve).end());
  return { packed: Buffer.concat(packed), diffId: inflated.digest() };
}
