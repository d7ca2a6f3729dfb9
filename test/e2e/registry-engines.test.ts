// SPDX-License-Identifier: Apache-2.0
import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from "vitest";
import { eventually } from "../support/eventually.ts";
import { buildImage, buildIndex } from "../support/image-builder.ts";
import { DENY, pushImage, startTestRegistry, TEST_ACCOUNTS, type TestRegistry } from "../support/registry-server.ts";
import { runTool, type ToolResult } from "../support/run-tool.ts";
import { describeWithTools, tool } from "../support/tools.ts";

// what engines and the like do with our registry; those that copy images are in registry-clients.test.ts

const LAYER = { entries: [{ path: "etc/os-release", content: "ID=debian\n" }] };
const GOOD = buildImage([LAYER, { entries: [{ path: "good", content: "good" }] }]);
const BAD = buildImage([LAYER, { entries: [{ path: "left-pad", content: "1.0.0" }] }]);
const INDEX = buildIndex([
  { image: GOOD, os: "linux", architecture: "amd64" },
  { image: BAD, os: "linux", architecture: "arm64" },
]);

let registry: TestRegistry;
let folder: string;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "haechi-engines-"));
  writeFileSync(join(folder, "auth.json"), "{}");
  registry = await startTestRegistry();
});

afterEach(async () => {
  rmSync(folder, { recursive: true, force: true });
  await registry[Symbol.asyncDispose]();
});

describeWithTools("podman", ["podman"], () => {
  it("logs in, pulls what is allowed, is told why it may not pull the rest, and pushes", async () => {
    await pushImage(registry, "team/app:good", GOOD);
    await pushImage(registry, "team/app:bad", BAD);
    registry.judge.decide(BAD.manifest.digest, DENY);
    const { username, password } = loginOf("uploader");
    expectSuccess(
      await podman("login", "--tls-verify=false", "--username", username, "--password", password, registry.host),
    );
    expectSuccess(await podman("pull", "--tls-verify=false", `${registry.host}/team/app:good`));
    const digest = expectSuccess(
      await podman("image", "inspect", "--format", "{{.Digest}}", `${registry.host}/team/app:good`),
    );
    expect(digest.stdout.trim()).toBe(GOOD.manifest.digest);
    const refused = await podman("pull", "--tls-verify=false", `${registry.host}/team/app:bad`);
    expect(refused.code).not.toBe(0);
    expect(refused.stderr).toMatch(/denied by policy.*left-pad 1\.0\.0 has CVE-2026-0001/);
    expectSuccess(await podman("tag", `${registry.host}/team/app:good`, `${registry.host}/team/copy:1`));
    expectSuccess(await podman("push", "--tls-verify=false", `${registry.host}/team/copy:1`));
    expectSuccess(await podman("pull", "--tls-verify=false", `${registry.host}/team/copy:1`));
  });

  it("pulls its platform of an index", async () => {
    await pushImage(registry, "team/app:multi", INDEX);
    const { username, password } = loginOf("viewer");
    const words = ["pull", "--tls-verify=false", `--creds=${username}:${password}`, "--arch=amd64"];
    expectSuccess(await podman(...words, `${registry.host}/team/app:multi`));
  });
});

describeWithTools("buildah", ["buildah"], () => {
  it("builds on an image of the registry and pushes the result as OCI and as Docker image", async () => {
    await pushImage(registry, "team/base:1", GOOD);
    const { username, password } = loginOf("uploader");
    const access = ["--tls-verify=false", `--creds=${username}:${password}`];
    const built = expectSuccess(await buildah("from", ...access, `${registry.host}/team/base:1`));
    writeFileSync(join(folder, "hello"), "hello");
    expectSuccess(await buildah("copy", built.stdout.trim(), join(folder, "hello"), "/hello"));
    expectSuccess(await buildah("commit", built.stdout.trim(), "localhost/built"));
    for (const format of ["oci", "v2s2"]) {
      const target = `docker://${registry.host}/team/built:${format}`;
      expectSuccess(await buildah("push", ...access, `--format=${format}`, "localhost/built", target));
      expectSuccess(await buildah("pull", ...access, `${registry.host}/team/built:${format}`));
    }
  });
});

describeWithTools("containerd", ["containerd", "ctr"], () => {
  let engine: ChildProcess;
  let engineFolder: string;

  beforeAll(async () => {
    engineFolder = mkdtempSync(join(tmpdir(), "haechi-containerd-"));
    const configuration = join(engineFolder, "config.toml");
    writeFileSync(
      configuration,
      [
        "version = 2",
        `root = "${join(engineFolder, "root")}"`,
        `state = "${join(engineFolder, "state")}"`,
        'disabled_plugins = ["io.containerd.grpc.v1.cri", "io.containerd.internal.v1.opt"]',
        "[grpc]",
        `address = "${join(engineFolder, "socket")}"`,
        "[ttrpc]",
        `address = "${join(engineFolder, "ttrpc")}"`,
        "",
      ].join("\n"),
    );
    engine = spawn(tool("containerd"), ["--config", configuration], { stdio: "ignore" });
    await eventually(async () => ((await ctr("version")).code === 0 ? true : undefined));
  });

  afterAll(async () => {
    const exited = new Promise((resolve) => engine.once("exit", resolve));
    engine.kill("SIGTERM");
    await exited;
    rmSync(engineFolder, { recursive: true, force: true });
  });

  it("pulls what is allowed, is told why it may not pull the rest, and pushes", async () => {
    await pushImage(registry, "team/app:good", GOOD);
    await pushImage(registry, "team/app:bad", BAD);
    registry.judge.decide(BAD.manifest.digest, DENY);
    const { username, password } = loginOf("uploader");
    const access = ["--plain-http", "--user", `${username}:${password}`];
    const pull = ["images", "pull", ...access, "--snapshotter=native"];
    expectSuccess(await ctr(...pull, `${registry.host}/team/app:good`));
    const refused = await ctr(...pull, `${registry.host}/team/app:bad`);
    expect(refused.code).not.toBe(0);
    expect(refused.stderr + refused.stdout).toMatch(/403 Forbidden|denied/);
    expectSuccess(
      await ctr("images", "push", ...access, `${registry.host}/team/copy:1`, `${registry.host}/team/app:good`),
    );
    expectSuccess(await ctr(...pull, `${registry.host}/team/copy:1`));
  });

  async function ctr(...words: readonly string[]): Promise<ToolResult> {
    return await runTool(tool("ctr"), ["--address", join(engineFolder, "socket"), ...words]);
  }
});

describeWithTools("helm", ["helm"], () => {
  it("pushes a chart as an OCI artifact and pulls it again", async () => {
    const { username, password } = loginOf("uploader");
    expectSuccess(await helm("create", "demo"));
    expectSuccess(await helm("package", "demo"));
    expectSuccess(
      await helm("registry", "login", "--plain-http", "--username", username, "--password", password, registry.host),
    );
    const pushed = expectSuccess(await helm("push", "--plain-http", "demo-0.1.0.tgz", `oci://${registry.host}/charts`));
    expect(pushed.stdout + pushed.stderr).toMatch(/Digest: sha256:/);
    mkdirSync(join(folder, "pulled"));
    const words = ["pull", "--plain-http", "--version", "0.1.0", "--destination", "pulled"];
    expectSuccess(await helm(...words, `oci://${registry.host}/charts/demo`));
    const [before, after] = ["demo-0.1.0.tgz", "pulled/demo-0.1.0.tgz"].map((name) => readFileSync(join(folder, name)));
    expect(after?.equals(before ?? Buffer.alloc(0))).toBe(true);
    const shown = expectSuccess(await helm("show", "chart", "--plain-http", `oci://${registry.host}/charts/demo`));
    expect(shown.stdout).toContain("name: demo");
  });
});

describeWithTools("cosign", ["cosign"], () => {
  it("signs, verifies, attaches a statement and cleans up, with signatures as referrers and as tags", async () => {
    await pushImage(registry, "team/app:1", GOOD);
    const { username, password } = loginOf("admin");
    expectSuccess(await cosign("login", registry.host, "--username", username, "--password", password));
    expectSuccess(await cosign("generate-key-pair", "--output-key-prefix", join(folder, "key")));
    const image = `${registry.host}/team/app@${GOOD.manifest.digest}`;
    const offline = ["--tlog-upload=false", "--use-signing-config=false", "--allow-http-registry", "--yes"];
    const verify = ["verify", "--key", join(folder, "key.pub"), "--insecure-ignore-tlog", "--allow-http-registry"];
    for (const isBundle of ["true", "false"]) {
      const words = ["sign", "--key", join(folder, "key.key"), ...offline, `--new-bundle-format=${isBundle}`];
      expectSuccess(await cosign(...words, image));
      expectSuccess(await cosign(...verify, `--new-bundle-format=${isBundle}`, image));
    }
    writeFileSync(join(folder, "statement.json"), "{}");
    const attest = ["attest", "--key", join(folder, "key.key"), "--type=custom", "--predicate", "statement.json"];
    expectSuccess(await cosign(...attest, ...offline, image));
    expectSuccess(await cosign("clean", "--allow-http-registry", "--force", `${registry.host}/team/app:1`));
    expect((await cosign(...verify, "--new-bundle-format=false", image)).code).not.toBe(0);
  });
});

describeWithTools("notation", ["notation"], () => {
  it("signs, lists and verifies", async () => {
    await pushImage(registry, "team/app:1", GOOD);
    expectSuccess(await notation("cert", "generate-test", "--default", "signer.example"));
    const image = `${registry.host}/team/app@${GOOD.manifest.digest}`;
    expectSuccess(await notation("sign", "--insecure-registry", image));
    const listed = expectSuccess(await notation("list", "--insecure-registry", image));
    expect(listed.stdout).toContain("sha256:");
    writeFileSync(
      join(folder, "policy.json"),
      JSON.stringify({
        version: "1.0",
        trustPolicies: [
          {
            name: "all",
            registryScopes: ["*"],
            signatureVerification: { level: "strict" },
            trustStores: ["ca:signer.example"],
            trustedIdentities: ["*"],
          },
        ],
      }),
    );
    expectSuccess(await notation("policy", "import", join(folder, "policy.json")));
    expectSuccess(await notation("verify", "--insecure-registry", image));
  });

  async function notation(...words: readonly string[]): Promise<ToolResult> {
    const { username, password } = loginOf("uploader");
    return await runTool(tool("notation"), words, {
      environment: {
        XDG_CONFIG_HOME: join(folder, "xdg"),
        NOTATION_USERNAME: username,
        NOTATION_PASSWORD: password,
        DOCKER_CONFIG: join(folder, "docker"),
      },
    });
  }
});

async function podman(...words: readonly string[]): Promise<ToolResult> {
  return await runTool(tool("podman"), [...storage(), "--cgroup-manager=cgroupfs", "--events-backend=none", ...words], {
    environment: engineEnvironment(),
  });
}

async function buildah(...words: readonly string[]): Promise<ToolResult> {
  const [command = "", ...rest] = words;
  return await runTool(tool("buildah"), [...storage(), command, ...rest], {
    environment: { ...engineEnvironment(), BUILDAH_ISOLATION: "chroot" },
  });
}

async function helm(...words: readonly string[]): Promise<ToolResult> {
  const home = join(folder, "helm");
  return await runTool(tool("helm"), words, {
    cwd: folder,
    environment: {
      HOME: home,
      HELM_CACHE_HOME: join(home, "cache"),
      HELM_CONFIG_HOME: join(home, "config"),
      HELM_DATA_HOME: join(home, "data"),
    },
  });
}

async function cosign(...words: readonly string[]): Promise<ToolResult> {
  return await runTool(tool("cosign"), words, {
    cwd: folder,
    environment: { DOCKER_CONFIG: join(folder, "docker"), COSIGN_PASSWORD: "" },
  });
}

/** Images in a folder of the test, with the driver that works everywhere. */
function storage(): readonly string[] {
  return ["--root", join(folder, "root"), "--runroot", join(folder, "run"), "--storage-driver", "vfs"];
}

function engineEnvironment(): Readonly<Record<string, string>> {
  const policy = join(folder, "registries.conf");
  writeFileSync(policy, 'unqualified-search-registries = []\nshort-name-mode = "disabled"\n');
  return {
    HOME: folder,
    REGISTRY_AUTH_FILE: join(folder, "auth.json"),
    CONTAINERS_REGISTRIES_CONF: policy,
    XDG_RUNTIME_DIR: folder,
  };
}

function loginOf(name: keyof typeof TEST_ACCOUNTS): { readonly username: string; readonly password: string } {
  return { username: name, password: TEST_ACCOUNTS[name].password };
}

function expectSuccess(result: ToolResult): ToolResult {
  expect({ code: result.code, said: result.code === 0 ? "" : result.stderr }).toEqual({ code: 0, said: "" });
  return result;
}
