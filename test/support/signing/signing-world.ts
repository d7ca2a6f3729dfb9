// SPDX-License-Identifier: Apache-2.0
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Digest, LIMITS } from "#base";
import { createTrustHttp } from "#http";
import { openRepository, type RepositoryClient } from "#image-source";
import { type Descriptor, parseImageReference, parseManifest } from "#oci";
import type { SignatureResult, TrustHttp, TrustRequirement } from "#signatures";
import { createSignatureVerifier, createTrustRoots } from "#trust-sources";
import { type DockerRegistry, startDockerRegistry } from "../docker-registry.ts";
import type { TestImage } from "../image-builder.ts";
import { MemoryTrustStateStore } from "../memory-trust-state-store.ts";
import { startTestRegistry, TEST_ACCOUNTS, type TestRegistry } from "../registry-server.ts";
import { runTool, type ToolResult } from "../run-tool.ts";
import { type SigstoreFiles, type SigstoreServers, startSigstoreServers } from "../sigstore/start-sigstore-servers.ts";
import { tool } from "../tools.ts";

const HAECHI = fileURLToPath(new URL("../../../src/apps/cli/main.ts", import.meta.url));

/** The password of every key. */
const PASSWORD = "a password";

const LOOPBACK = ["--allow-http-registry", "--allow-insecure-registry"];

/** Two registries, a private Sigstore, the real cosign, and our command line; one for all cases. */
export class SigningWorld implements AsyncDisposable {
  readonly ours: TestRegistry;
  readonly docker: DockerRegistry;
  readonly sigstore: SigstoreServers;
  readonly files: SigstoreFiles;
  readonly folder: string;
  readonly #http: TrustHttp & AsyncDisposable;

  private constructor(parts: Pick<SigningWorld, "ours" | "docker" | "sigstore">, http: TrustHttp & AsyncDisposable) {
    this.ours = parts.ours;
    this.docker = parts.docker;
    this.sigstore = parts.sigstore;
    this.folder = mkdtempSync(join(tmpdir(), "haechi-signing-"));
    this.files = parts.sigstore.writeFiles(this.folder);
    this.#http = http;
    const auth = Buffer.from(`uploader:${TEST_ACCOUNTS.uploader.password}`).toString("base64");
    mkdirSync(join(this.folder, ".docker"));
    writeFileSync(join(this.folder, ".docker/config.json"), JSON.stringify({ auths: { [parts.ours.host]: { auth } } }));
  }

  static async start(): Promise<SigningWorld> {
    const [ours, docker, sigstore] = await Promise.all([
      startTestRegistry(),
      startDockerRegistry(),
      startSigstoreServers(),
    ]);
    return new SigningWorld({ ours, docker, sigstore }, await createTrustHttp());
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#http[Symbol.asyncDispose]();
    await this.sigstore.close();
    await this.docker[Symbol.asyncDispose]();
    await this.ours[Symbol.asyncDispose]();
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** Our command line as a process; throws with what it printed when it fails. */
  async haechi(...args: readonly string[]): Promise<string> {
    return assertDone(await this.tryHaechi(...args)).stdout;
  }

  async tryHaechi(...args: readonly string[]): Promise<ToolResult> {
    return await runTool(process.execPath, [HAECHI, ...args], { environment: this.#environment(), cwd: this.folder });
  }

  async cosign(...args: readonly string[]): Promise<string> {
    return assertDone(await this.tryCosign(...args)).stdout;
  }

  /** `args` begin with the command; what loopback registries need is added. */
  async tryCosign(...args: readonly string[]): Promise<ToolResult> {
    const more = args[0] === "generate-key-pair" ? [] : LOOPBACK;
    return await runTool(tool("cosign"), [...args, ...more], { environment: this.#environment(), cwd: this.folder });
  }

  #environment(): Readonly<Record<string, string>> {
    return {
      HOME: this.folder,
      DOCKER_CONFIG: join(this.folder, ".docker"),
      HAECHI_CACHE_DIR: join(this.folder, "cache"),
      HAECHI_DATA_DIR: join(this.folder, "data"),
      COSIGN_PASSWORD: PASSWORD,
    };
  }

  /** Pushes an image, and gives its reference with the tag. */
  async push(store: string, repository: string, image: TestImage): Promise<string> {
    const host = store.startsWith("our") ? this.ours.host : this.docker.host;
    await using client = await this.open(`${host}/${repository}`);
    await this.#pushManifest(client, "1", {
      image,
      digest: image.manifest.digest,
      mediaType: image.manifest.mediaType,
    });
    return `${host}/${repository}:1`;
  }

  async #pushManifest(
    client: RepositoryClient,
    name: string,
    at: { readonly image: TestImage; readonly digest: Digest; readonly mediaType: string },
  ): Promise<void> {
    const bytes = at.image.blobs.get(at.digest) ?? Buffer.alloc(0);
    const manifest = parseManifest(bytes, at.mediaType);
    if (manifest.kind === "index") {
      for (const { digest, mediaType } of manifest.manifests) {
        await this.#pushManifest(client, digest, { ...at, digest, mediaType });
      }
    } else {
      for (const { digest } of [manifest.config, ...manifest.layers]) {
        await client.pushBlob(at.image.blobs.get(digest) ?? Buffer.alloc(0));
      }
    }
    await client.pushManifest(name, at.mediaType, bytes);
  }

  async open(image: string): Promise<RepositoryClient> {
    return await openRepository(parseImageReference(image), {
      credentials: { username: "uploader", password: TEST_ACCOUNTS.uploader.password },
      scopes: ["pull", "push"],
    });
  }

  /** Bundles attached to an image, in the order in which they were attached. */
  async bundlesOf(image: string, digest: Digest): Promise<readonly Record<string, unknown>[]> {
    await using client = await this.open(image);
    const bundles: Record<string, unknown>[] = [];
    for (const referrer of await client.listReferrers(digest)) {
      const found = await client.readManifest(referrer.digest);
      const manifest = found === undefined ? undefined : parseManifest(found.bytes, found.mediaType);
      const layer: Descriptor | undefined = manifest?.kind === "image" ? manifest.layers[0] : undefined;
      if (layer !== undefined) {
        bundles.push(JSON.parse(Buffer.from(await client.readBlob(layer, LIMITS.maxAttestationBytes)).toString()));
      }
    }
    return bundles;
  }

  /** What our whole verifier says about an image under a requirement, with nothing kept from before. */
  async verify(
    image: string,
    requirement: TrustRequirement,
    options: { readonly digest?: Digest; readonly now?: Date } = {},
  ): Promise<SignatureResult> {
    const reference = parseImageReference(image);
    await using referrers = await this.open(image);
    const digest = options.digest ?? (await referrers.readManifest(reference.tag ?? ""))?.digest;
    await using verifier = createSignatureVerifier({
      http: this.#http,
      state: new MemoryTrustStateStore(),
      trustRoots: createTrustRoots({ http: this.#http, cacheDir: join(this.folder, "roots") }),
    });
    if (digest === undefined) {
      throw new Error(`${image} is not there`);
    }
    const results = await verifier.verify({ reference, digest, referrers }, [requirement], {
      now: options.now ?? new Date(),
    });
    const [result] = results;
    if (result === undefined) {
      throw new Error("no result");
    }
    return result;
  }

  /** Makes a key pair and gives its file names without ending. */
  async makeKey(prefix: string, by: "cosign" | "haechi" = "haechi"): Promise<string> {
    const args = ["--output-key-prefix", join(this.folder, prefix)];
    await (by === "cosign" ? this.cosign("generate-key-pair", ...args) : this.haechi("key", "generate", ...args));
    return join(this.folder, prefix);
  }

  read(file: string): string {
    return readFileSync(file, "utf8");
  }

  write(name: string, text: string): string {
    writeFileSync(join(this.folder, name), text);
    return join(this.folder, name);
  }
}

function assertDone(result: ToolResult): ToolResult {
  if (result.code !== 0) {
    throw new Error(`ended with ${result.code}:\n${result.stdout}${result.stderr}`);
  }
  return result;
}
