// SPDX-License-Identifier: Apache-2.0
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { type Digest, digestHex, digestOf } from "#base";
import { OCI_CONFIG, OCI_INDEX, OCI_LAYER_GZIP, OCI_MANIFEST } from "#oci";
import { runProgram } from "../fixtures/run-program.ts";
import { REPOSITORY } from "../repository.ts";
import { ARCHITECTURES, type Architecture, NODE_VERSION } from "./architecture.ts";
import { downloadDebianPackages, readDebianPackages } from "./debian-packages.ts";
import type { ImageEntry } from "./image-entry.ts";
import { downloadNode, HOME, installDependencies, readDependencies, readNode } from "./npm-content.ts";
import { ACCOUNT, readAccount, readProgram, SOURCES } from "./program-content.ts";
import { writeLayer } from "./write-layer.ts";

/** What is built from what. */
export interface ImageOptions {
  /** Where the OCI layout goes; it must not be there yet. */
  readonly output: string;
  /** Default: all. */
  readonly architectures?: readonly Architecture["oci"][];
  /** What is built; its time is that of every file. */
  readonly commit: { readonly revision: string; readonly seconds: number };
  readonly version: string;
  /** Default: `haechi/image` in the user's cache. */
  readonly cache?: string;
  readonly log: (line: string) => void;
}

interface Blob {
  readonly mediaType: string;
  readonly digest: Digest;
  readonly size: number;
}

/** Builds our image as an OCI layout with one index, and returns the digest of that. Equal input gives the equal digest. */
export async function buildImage(options: ImageOptions): Promise<Digest> {
  const architectures = ARCHITECTURES.filter(({ oci }) => options.architectures?.includes(oci) ?? true);
  const work = mkdtempSync(join(tmpdir(), "haechi-image-"));
  try {
    const sources = await extractSources(work, options.commit.revision);
    const layout = join(work, "layout");
    mkdirSync(join(layout, "blobs/sha256"), { recursive: true });
    const manifests = [];
    for (const architecture of architectures) {
      manifests.push(await buildFor(architecture, { layout, sources, work: join(work, architecture.oci) }, options));
    }
    const annotations = labelsOf(options);
    const index = writeJson(layout, OCI_INDEX, { schemaVersion: 2, mediaType: OCI_INDEX, manifests, annotations });
    writeFileSync(join(layout, "oci-layout"), JSON.stringify({ imageLayoutVersion: "1.0.0" }));
    const entry = { ...index, annotations: { "org.opencontainers.image.ref.name": options.version } };
    const top = { schemaVersion: 2, mediaType: OCI_INDEX, manifests: [entry] };
    writeFileSync(join(layout, "index.json"), JSON.stringify(top));
    move(layout, options.output);
    return index.digest;
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/** The files of the commit, whatever was changed since: the image says which commit it is made of. */
async function extractSources(work: string, revision: string): Promise<string> {
  const archive = join(work, "sources.tar");
  const folder = join(work, "sources");
  mkdirSync(folder);
  await runProgram("git", ["archive", "--format=tar", `--output=${archive}`, revision, "--", ...SOURCES], REPOSITORY);
  await runProgram("tar", ["-xf", archive, "-C", folder, "--no-same-owner"]);
  rmSync(archive);
  return folder;
}

async function buildFor(
  architecture: Architecture,
  { layout, sources, work }: { readonly layout: string; readonly sources: string; readonly work: string },
  options: ImageOptions,
): Promise<object> {
  const cache = options.cache ?? join(process.env["XDG_CACHE_HOME"] ?? join(homedir(), ".cache"), "haechi/image");
  const lock = digestHex(digestOf(readFileSync(join(sources, "package-lock.json"))));
  const node = join(cache, `${architecture.node.name}-${NODE_VERSION}`);
  const dependencies = join(cache, `npm-${architecture.npm}-${lock.slice(0, 16)}`);
  options.log(`linux/${architecture.oci}: packages, Node and dependencies …`);
  const debian = await downloadDebianPackages(cache, architecture);
  await downloadNode(node, architecture);
  await installDependencies(dependencies, sources, architecture);

  const layers: readonly (readonly [string, readonly ImageEntry[]])[] = [
    ["Debian packages, extracted", [...(await readDebianPackages(debian, work)), ...readAccount()]],
    [`Node ${NODE_VERSION}`, readNode(node, architecture)],
    ["npm ci --omit=dev", readDependencies(dependencies, architecture)],
    ["Haechi", readProgram(sources)],
  ];
  options.log(`linux/${architecture.oci}: layers …`);
  const written = [];
  for (const [, entries] of layers) {
    written.push(await writeLayer(layout, entries, options.commit.seconds));
  }
  const created = new Date(options.commit.seconds * 1000).toISOString();
  const config = writeJson(layout, OCI_CONFIG, {
    created,
    architecture: architecture.oci,
    os: "linux",
    config: {
      User: `${ACCOUNT}:${ACCOUNT}`,
      Env: ["PATH=/usr/local/bin:/usr/bin:/bin", "NODE_ENV=production", "HOME=/data"],
      Entrypoint: ["/usr/local/bin/node", `/${HOME}/bin/haechi.mjs`],
      Cmd: ["server"],
      WorkingDir: "/data",
      Volumes: { "/data": {} },
      ExposedPorts: { "5000/tcp": {}, "8080/tcp": {}, "8443/tcp": {} },
      // SIGTERM is what the server stops by
      StopSignal: "SIGTERM",
      Labels: labelsOf(options),
    },
    rootfs: { type: "layers", diff_ids: written.map(({ diffId }) => diffId) },
    history: layers.map(([createdBy]) => ({ created, created_by: createdBy })),
  });
  const manifest = writeJson(layout, OCI_MANIFEST, {
    schemaVersion: 2,
    mediaType: OCI_MANIFEST,
    config,
    layers: written.map(({ digest, size }) => ({ mediaType: OCI_LAYER_GZIP, digest, size })),
    annotations: labelsOf(options),
  });
  return { ...manifest, platform: { architecture: architecture.oci, os: "linux" } };
}

function labelsOf({ commit, version }: ImageOptions): Readonly<Record<string, string>> {
  return {
    "org.opencontainers.image.created": new Date(commit.seconds * 1000).toISOString(),
    "org.opencontainers.image.description": "Admission gate, registry and scanner for container images",
    "org.opencontainers.image.licenses": "Apache-2.0",
    "org.opencontainers.image.revision": commit.revision,
    "org.opencontainers.image.title": "haechi",
    "org.opencontainers.image.version": version,
  };
}

function writeJson(layout: string, mediaType: string, value: unknown): Blob {
  const bytes = Buffer.from(JSON.stringify(value));
  const digest = digestOf(bytes);
  writeFileSync(join(layout, "blobs/sha256", digestHex(digest)), bytes);
  return { mediaType, digest, size: bytes.length };
}

function move(source: string, target: string): void {
  if (existsSync(target)) {
    throw new Error(`${target} is there already`);
  }
  mkdirSync(join(target, ".."), { recursive: true });
  try {
    renameSync(source, target);
  } catch {
    // another file system
    cpSync(source, target, { recursive: true });
  }
}
