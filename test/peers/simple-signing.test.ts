// SPDX-License-Identifier: Apache-2.0
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type Digest, digestHex, digestOf } from "#base";
import { createTrustHttp } from "#http";
import { parseImageReference } from "#oci";
import type { GpgIdentity, GpgRequirement, ReferrerSource, SignatureResult } from "#signatures";
import { renderSimpleSigningPayload } from "#simple-signing";
import { createSignatureVerifier } from "#trust-sources";
import { type DockerRegistry, startDockerRegistry } from "../support/docker-registry.ts";
import { buildImage, writeOciLayout } from "../support/image-builder.ts";
import { MemoryTrustStateStore } from "../support/memory-trust-state-store.ts";
import { runTool } from "../support/run-tool.ts";
import { createGpgHome, type GpgHome } from "../support/simple-signing/gpg-home.ts";
import {
  type LookasideServer,
  startLookasideFolder,
  startLookasideServer,
} from "../support/simple-signing/lookaside-server.ts";
import { compressed, signedMessage } from "../support/simple-signing/open-pgp-message.ts";
import { describeWithTools, tool } from "../support/tools.ts";
import { SIMPLE_SIGNING_CASES, type SimpleSigningCase } from "./simple-signing-cases.ts";

const IMAGE = "registry.example/team/app:1.0";
const VENDOR = "vendor.example/product/app:1.0";
const MIB = 1024 * 1024;

type KeyName = "rsa" | "ed25519" | "ecdsa" | "subkey" | "mallory" | "weak" | "ended" | "revoked";

/** What lies in the store of one case, and what is asked of it. */
interface Scene {
  /** signature-1, signature-2 … */
  readonly signatures?: readonly Uint8Array[];
  readonly image?: string;
  readonly digest?: Digest;
  readonly identity?: GpgIdentity;
  readonly keys?: readonly string[];
  /** In place of the folder with the signatures. */
  readonly store?: string;
  /** No store at all: the registry's extension at this address. */
  readonly registryUrl?: string;
  /** Whether another program calls it good. */
  readonly peerSays?: () => Promise<boolean>;
}

describeWithTools("GPG simple signing by its programs", ["gpg", "gpgconf", "skopeo", "docker-registry"], () => {
  let folder: string;
  let home: GpgHome;
  let registry: DockerRegistry;
  let fingerprints: Record<KeyName, string>;
  let manifest: Buffer;
  let digest: Digest;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "haechi-simple-signing-"));
    [home, registry] = await Promise.all([createGpgHome(), startDockerRegistry()]);
    manifest = Buffer.from(JSON.stringify({ schemaVersion: 2, made: "for signing" }));
    digest = digestOf(manifest);
    await writeFile(join(folder, "manifest.json"), manifest);
    fingerprints = {
      rsa: await home.createKey("Rsa <rsa@example.test>", "rsa2048"),
      ed25519: await home.createKey("Ed <ed25519@example.test>", "ed25519", { expires: "2y" }),
      ecdsa: await home.createKey("Nist <ecdsa@example.test>", "nistp256"),
      subkey: await home.createKey("Sub <subkey@example.test>", "ed25519"),
      mallory: await home.createKey("Mallory <mallory@example.test>", "ed25519"),
      weak: await home.createKey("Weak <weak@example.test>", "rsa1024"),
      ended: await home.createKey("Ended <ended@example.test>", "ed25519", {
        expires: "30d",
        fakedTime: "20250101T000000",
      }),
      revoked: await home.createKey("Revoked <revoked@example.test>", "ed25519"),
    };
    await home.run(["--quick-add-key", fingerprints.subkey, "rsa2048", "sign", "never"]);
  });

  afterAll(async () => {
    await home[Symbol.asyncDispose]();
    await registry[Symbol.asyncDispose]();
    await rm(folder, { recursive: true, force: true });
  });

  async function skopeo(args: readonly string[]): Promise<void> {
    const result = await runTool(tool("skopeo"), ["--insecure-policy", ...args], { environment: home.environment });
    if (result.code !== 0) {
      throw new Error(`skopeo ${args.join(" ")} ended with ${result.code}: ${result.stderr}`);
    }
  }

  /** `skopeo standalone-sign` of the manifest, or of another one. */
  async function signed(key: KeyName, reference: string = IMAGE, content: Uint8Array = manifest): Promise<Buffer> {
    const [input, output] = [join(folder, "to-sign.json"), join(folder, "signature")];
    await writeFile(input, content);
    await skopeo(["standalone-sign", input, reference, fingerprints[key], "--output", output]);
    return await readFile(output);
  }

  async function gpgSigned(key: KeyName, args: readonly string[] = [], payload?: Uint8Array): Promise<Uint8Array> {
    const content = payload ?? renderSimpleSigningPayload({ digest, reference: IMAGE });
    return await home.sign(content, ["--local-user", fingerprints[key], ...args]);
  }

  async function ring(...keys: readonly KeyName[]): Promise<readonly string[]> {
    return await Promise.all(keys.map((key) => home.exportKey(fingerprints[key])));
  }

  /** Whether skopeo accepts the signature of the manifest under that name by that key. */
  function skopeoVerifies(signature: Uint8Array, key: KeyName, reference: string = IMAGE): () => Promise<boolean> {
    return async () => {
      const file = join(folder, "to-verify");
      await writeFile(file, signature);
      const args = ["standalone-verify", join(folder, "manifest.json"), reference, fingerprints[key], file];
      return (await runTool(tool("skopeo"), args, { environment: home.environment })).code === 0;
    };
  }

  /** One signature by skopeo, under an identity rule. */
  async function ruled(identity: GpgIdentity, reference: string, image: string): Promise<Scene> {
    return { signatures: [await signed("rsa", reference)], identity, image, keys: await ring("rsa") };
  }

  /** Copies an image to docker-registry and signs it, by one key after the other, into a folder that HTTP serves. */
  async function copySigned(name: string, keys: readonly KeyName[]): Promise<Scene> {
    const layout = join(folder, `layout-${name}`);
    const staging = join(folder, `staging-${name}`);
    const configuration = join(folder, `registries-${name}`);
    const image = buildImage([{ entries: [{ path: "etc/name", content: name }] }]);
    writeOciLayout(layout, { [name]: image });
    await mkdir(configuration);
    const stores = { sigstore: pathToFileURL(staging).href, "sigstore-staging": pathToFileURL(staging).href };
    await writeFile(join(configuration, "default.yaml"), JSON.stringify({ docker: { [registry.host]: stores } }));
    const reference = `${registry.host}/team/${name}:1.0`;
    for (const key of keys) {
      await skopeo([
        ...["--registries.d", configuration, "copy", "--dest-tls-verify=false", "--sign-by", fingerprints[key]],
        ...[`oci:${layout}:${name}`, `docker://${reference}`],
      ]);
    }
    const answer = await fetch(`http://${registry.host}/v2/team/${name}/manifests/1.0`, {
      method: "HEAD",
      headers: { accept: "application/vnd.oci.image.manifest.v1+json" },
    });
    const copied = answer.headers.get("docker-content-digest") as Digest;
    return { image: reference, digest: copied, store: staging, keys: await ring(...keys) };
  }

  function flip(message: Uint8Array, at: number): Buffer {
    const broken = Buffer.from(message);
    broken[at] = (broken[at] ?? 0) ^ 0x01;
    return broken;
  }

  async function byPlainKey(key: KeyName): Promise<Scene> {
    const signature = await signed(key);
    return { signatures: [signature], keys: await ring(key), peerSays: skopeoVerifies(signature, key) };
  }

  async function byGpg(key: KeyName, args: readonly string[], payload?: Uint8Array): Promise<Scene> {
    const signature = await gpgSigned(key, args, payload);
    return { signatures: [signature], keys: await ring(key), peerSays: skopeoVerifies(signature, key) };
  }

  async function refusedForm(signature: Uint8Array): Promise<Scene> {
    return { signatures: [signature], keys: await ring("rsa"), peerSays: skopeoVerifies(signature, "rsa") };
  }

  /** What gpg writes with a command other than `--sign`. */
  async function gpgWrites(args: readonly string[]): Promise<Buffer> {
    const [input, output] = [join(folder, "content"), join(folder, "written")];
    await rm(output, { force: true });
    await writeFile(input, renderSimpleSigningPayload({ digest, reference: IMAGE }));
    const result = await home.run(["--local-user", fingerprints.rsa, "--output", output, ...args, input]);
    expect(result.code).toBe(0);
    return await readFile(output);
  }

  const SCENES: Readonly<Record<string, () => Promise<Scene>>> = {
    "no signature": async () => ({ signatures: [], keys: await ring("rsa") }),
    "an RSA key": () => byPlainKey("rsa"),
    "an Ed25519 key": () => byPlainKey("ed25519"),
    "an ECDSA P-256 key": () => byPlainKey("ecdsa"),
    "a signing subkey": () => byPlainKey("subkey"),
    "an image that skopeo copied and signed, by tag": () => copySigned("by-tag", ["rsa"]),
    "an image that skopeo copied and signed, by digest": async () => {
      const scene = await copySigned("by-digest", ["rsa"]);
      return { ...scene, image: `${registry.host}/team/by-digest@${scene.digest ?? ""}` };
    },
    "two signers, one of them is asked for": async () => {
      const scene = await copySigned("two-signers", ["mallory", "ed25519"]);
      return { ...scene, keys: await ring("ed25519") };
    },
    "a signature in the registry": async () => ({
      signatures: [await signed("rsa")],
      keys: await ring("rsa"),
      registryUrl: "extension",
    }),
    "a signature in a folder of the operator": async () => ({
      signatures: [await signed("rsa")],
      keys: await ring("rsa"),
      store: "file",
    }),
    armoured: () => byGpg("rsa", ["--armor"]),
    "compressed by zlib": () => byGpg("ecdsa", ["--compress-algo", "zlib"]),
    "compressed by bzip2": () => byGpg("ecdsa", ["--compress-algo", "bzip2"]),
    "not compressed, of a text": () => byGpg("rsa", ["--textmode", "-z", "0"]),
    "two signatures in one message": async () => ({
      signatures: [await gpgSigned("mallory", ["--local-user", fingerprints.rsa])],
      keys: await ring("rsa"),
    }),
    "several candidates, the good one last": async () => ({
      signatures: [await signed("mallory"), Buffer.from("nothing"), await signed("rsa", VENDOR), await signed("rsa")],
      keys: await ring("rsa"),
    }),
    "version 3, which gpg verifies but no longer writes": async () => {
      const signer = await home.exportSigner(fingerprints.rsa);
      const payload = renderSimpleSigningPayload({ digest, reference: IMAGE });
      const signature = signedMessage(payload, [signer], {
        version: 3,
        hash: 8,
        form: "signature-first",
        compression: "none",
      });
      return { signatures: [signature], keys: await ring("rsa"), peerSays: () => home.isGood(signature) };
    },
    "matchExact, the same tag": () => ruled({ type: "matchExact" }, IMAGE, IMAGE),
    "matchExact, another tag": () => ruled({ type: "matchExact" }, IMAGE, "registry.example/team/app:2.0"),
    "matchRepoDigestOrExact, asked for by digest": () =>
      ruled({ type: "matchRepoDigestOrExact" }, IMAGE, `registry.example/team/app@${digest}`),
    "matchRepoDigestOrExact, another tag": () =>
      ruled({ type: "matchRepoDigestOrExact" }, IMAGE, "registry.example/team/app:2.0"),
    "matchRepoDigestOrExact, asked for by digest, another repository": () =>
      ruled({ type: "matchRepoDigestOrExact" }, IMAGE, `registry.example/team/other@${digest}`),
    "matchRepository, another tag": () => ruled({ type: "matchRepository" }, IMAGE, "registry.example/team/app:2.0"),
    "matchRepository, a repository whose name begins alike": () =>
      ruled({ type: "matchRepository" }, IMAGE, "registry.example/team/app2:1.0"),
    "exactReference of a vendor, mirrored": () => ruled({ type: "exactReference", reference: VENDOR }, VENDOR, IMAGE),
    "exactReference, another tag of the vendor": () =>
      ruled({ type: "exactReference", reference: VENDOR }, "vendor.example/product/app:2.0", IMAGE),
    "exactRepository of a vendor, mirrored": () =>
      ruled({ type: "exactRepository", repository: "vendor.example/product/app" }, VENDOR, IMAGE),
    "exactRepository, another repository of the vendor": () =>
      ruled(
        { type: "exactRepository", repository: "vendor.example/product/app" },
        "vendor.example/product/app2:1.0",
        IMAGE,
      ),
    "remapIdentity from a mirror to its vendor": () => ruled(MIRROR, VENDOR, "mirror.example/vendor/app:1.0"),
    "remapIdentity, a prefix that ends within a name": () =>
      ruled(MIRROR, "vendor.example/product-evil/app:1.0", "mirror.example/vendor-evil/app:1.0"),
    "remapIdentity, signed under the mirror's own name": () =>
      ruled(MIRROR, "mirror.example/vendor/app:1.0", "mirror.example/vendor/app:1.0"),
    "a payload of ours, signed by gpg": () => byGpg("rsa", []),
    "a flipped byte in the signed content": async () => {
      const message = await gpgSigned("rsa", ["-z", "0"]);
      return await refusedForm(flip(message, Buffer.from(message).indexOf("atomic")));
    },
    "a flipped byte in the signature": async () => {
      const message = await gpgSigned("rsa", ["-z", "0"]);
      return await refusedForm(flip(message, message.length - 20));
    },
    "SHA-1": () => byGpg("rsa", ["--digest-algo", "SHA1"]),
    "an RSA key of 1024 bits": () => byGpg("weak", []),
    "another key": async () => {
      const signature = await signed("mallory");
      return { signatures: [signature], keys: await ring("rsa"), peerSays: skopeoVerifies(signature, "rsa") };
    },
    "a key that has ended": () => byGpg("ended", ["--faked-system-time", "20250110T000000"]),
    "a signature that has ended": async () => {
      const made = new Date(Date.now() - 3 * 86_400_000).toISOString().slice(0, 19).replaceAll(/[-:]/g, "");
      // the key is younger than the signature, so another home is not needed: gpg is told to look away
      const args = ["--faked-system-time", made, "--ignore-time-conflict", "--default-sig-expire", "1d"];
      const key = await home.createKey("Past <past@example.test>", "ed25519", { fakedTime: "20250101T000000" });
      const payload = renderSimpleSigningPayload({ digest, reference: IMAGE });
      const signature = await home.sign(payload, [...args, "--local-user", key]);
      return { signatures: [signature], keys: [await home.exportKey(key)], peerSays: () => home.isGood(signature) };
    },
    "a revoked key": async () => {
      const signature = await signed("revoked");
      await home.revoke(fingerprints.revoked);
      return { signatures: [signature], keys: await ring("revoked") };
    },
    "another digest": async () => {
      const signature = await signed("rsa", IMAGE, Buffer.from('{"schemaVersion": 2}'));
      return await refusedForm(signature);
    },
    "the signature of another image in its place": async () => {
      const [mine, other] = [await copySigned("mine", ["rsa"]), await copySigned("other", ["rsa"])];
      const place = (scene: Scene, name: string): string =>
        join(scene.store ?? "", `team/${name}@sha256=${digestHex(scene.digest ?? digest)}`, "signature-1");
      await writeFile(place(mine, "mine"), await readFile(place(other, "other")));
      return mine;
    },
    "another repository": async () => {
      const signature = await signed("rsa", VENDOR);
      return await refusedForm(signature);
    },
    "a truncated signature": async () => await refusedForm((await signed("rsa")).subarray(0, 200)),
    "a detached signature": async () => await refusedForm(await gpgWrites(["--detach-sign"])),
    "a cleartext signature": async () => await refusedForm(await gpgWrites(["--clearsign"])),
    "a message that nobody signed": async () => await refusedForm(await gpgWrites(["--store"])),
    "a key twice in the signed JSON": async () => {
      const payload = Buffer.from(renderSimpleSigningPayload({ digest, reference: IMAGE })).toString();
      return await byGpg("rsa", [], Buffer.from(payload.replace('"identity"', '"type":"x","identity"')));
    },
    "an unknown critical member in the signed JSON": async () => {
      const payload = Buffer.from(renderSimpleSigningPayload({ digest, reference: IMAGE })).toString();
      return await byGpg("rsa", [], Buffer.from(payload.replace('"identity"', '"other":1,"identity"')));
    },
    "a compressed bomb": async () => ({
      signatures: [compressed(Buffer.alloc(64 * MIB), "zip")],
      keys: await ring("rsa"),
    }),
    "signatures without end": async () => ({ store: "endless", keys: await ring("rsa") }),
    "a store that answers with 500": async () => ({ store: "failing", keys: await ring("rsa") }),
    "a key ring that cannot be read": async () => ({ signatures: [await signed("rsa")], keys: ["nothing"] }),
    "a registry that keeps no signatures, without a store": async () => ({
      image: `${registry.host}/team/app:1.0`,
      registryUrl: `http://${registry.host}/`,
      keys: await ring("rsa"),
    }),
  };

  const MIRROR: GpgIdentity = {
    type: "remapIdentity",
    prefix: "mirror.example/vendor",
    signedPrefix: "vendor.example/product",
  };

  /** Where the scene's signatures are looked for. */
  async function serve(scene: Scene, image: string, sought: Digest): Promise<LookasideServer & { store?: string }> {
    switch (scene.store) {
      case "endless":
        return await startLookasideServer(() => ({ status: 200, body: "nothing" }));
      case "failing":
        return await startLookasideServer(() => ({ status: 500 }));
      default:
        break;
    }
    if (scene.registryUrl !== undefined) {
      const signatures = (scene.signatures ?? []).map((bytes) => ({
        schemaVersion: 2,
        name: `${sought}@1`,
        type: "atomic",
        content: Buffer.from(bytes).toString("base64"),
      }));
      return await startLookasideServer((path) =>
        path === "/v2/"
          ? { status: 200, headers: { "x-registry-supports-signatures": "1" } }
          : { status: 200, body: JSON.stringify({ signatures }) },
      );
    }
    const root =
      scene.store === undefined || scene.store === "file" ? await mkdtemp(join(folder, "store-")) : scene.store;
    const { repository } = parseImageReference(image);
    for (const [index, bytes] of (scene.signatures ?? []).entries()) {
      const file = join(root, `${repository}@sha256=${digestHex(sought)}`, `signature-${index + 1}`);
      await mkdir(dirname(file), { recursive: true });
      await writeFile(file, bytes);
    }
    const server = await startLookasideFolder(root);
    return scene.store === "file" ? { ...server, store: pathToFileURL(root).href } : server;
  }

  async function judge(scene: Scene): Promise<SignatureResult> {
    const { image = IMAGE, digest: sought = digest } = scene;
    await using server = await serve(scene, image, sought);
    await using http = await createTrustHttp({ timeouts: { retryMs: 1 }, allowPrivateAddresses: ["127.0.0.1"] });
    await using verifier = createSignatureVerifier({
      http,
      state: new MemoryTrustStateStore(),
      trustRoots: { names: [], resolve: () => Promise.reject(new Error("no trust roots here")) },
      requirementsBy: "operator",
    });
    const requirement: GpgRequirement = {
      kind: "gpg",
      keys: scene.keys ?? [],
      identity: scene.identity ?? { type: "matchRepoDigestOrExact" },
      ...(scene.registryUrl === undefined ? { store: server.store ?? server.url } : {}),
    };
    const url = scene.registryUrl === "extension" ? server.url : scene.registryUrl;
    const [result] = await verifier.verify(
      {
        reference: parseImageReference(image),
        digest: sought,
        referrers: NOTHING_ATTACHED,
        ...(url === undefined ? {} : { registryUrl: new URL(url) }),
      },
      [requirement],
      { now: new Date() },
    );
    if (result === undefined) {
      throw new Error("the verifier gave no result");
    }
    return result;
  }

  it("every row of the matrix has a scene, and every scene a row", () => {
    expect(Object.keys(SCENES).toSorted()).toEqual(SIMPLE_SIGNING_CASES.map(({ name }) => name).toSorted());
  });

  it.each<SimpleSigningCase>(SIMPLE_SIGNING_CASES)("$peer, $name: $want.state $want.code", async (row) => {
    const scene = await SCENES[row.name]?.();
    if (scene === undefined) {
      throw new Error("no such scene");
    }
    const result = await judge(scene);
    expect({ state: result.state, problems: result.problems }).toMatchObject({ state: row.want.state });
    expect(result.signatures.length > 0).toBe(row.want.state === "verified");
    if (row.want.code !== undefined) {
      expect(result.problems.map(({ code }) => code)).toContain(row.want.code);
    }
    if (row.peerSays !== undefined) {
      expect(scene.peerSays, "who is asked").toBeDefined();
      expect(await scene.peerSays?.()).toBe(row.peerSays === "yes");
    }
  });
});

const NOTHING_ATTACHED: ReferrerSource = {
  listReferrers: () => Promise.resolve([]),
  readManifest: () => Promise.resolve(undefined),
  readBlob: () => Promise.reject(new Error("nothing is attached")),
};
