// SPDX-License-Identifier: Apache-2.0
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { type Digest, digestOf } from "#base";
import { buildImage, buildIndex, type TestImage, writeOciLayout } from "../support/image-builder.ts";
import { DENY, startTestRegistry, TEST_ACCOUNTS, type TestRegistry, UNDECIDED } from "../support/registry-server.ts";
import { runTool, type ToolResult } from "../support/run-tool.ts";
import { describeWithTools, tool } from "../support/tools.ts";

const LAYER = { entries: [{ path: "etc/os-release", content: "ID=debian\n" }] };
const GOOD = buildImage([LAYER, { entries: [{ path: "big", content: "x".repeat(3_000_000) }], compression: "none" }]);
const BAD = buildImage([LAYER, { entries: [{ path: "left-pad", content: "1.0.0" }], compression: "zstd" }]);
const INDEX = buildIndex([
  { image: GOOD, os: "linux", architecture: "amd64" },
  { image: BAD, os: "linux", architecture: "arm64" },
]);

let registry: TestRegistry;
let folder: string;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "haechi-clients-"));
  writeOciLayout(join(folder, "layout"), { good: GOOD, bad: BAD, multi: INDEX });
  registry = await startTestRegistry();
});

afterEach(async () => {
  await registry[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true });
});

describeWithTools("skopeo", ["skopeo"], () => {
  it("pushes and pulls an image bit for bit", async () => {
    expectSuccess(await skopeoPush("good", "team/app:1.0"));
    expectSuccess(await skopeoPull("team/app:1.0"));
    expectPulled(GOOD);
  });

  it("pushes and pulls all of an index", async () => {
    expectSuccess(await skopeoPush("multi", "team/app:multi", "--all"));
    expectSuccess(await skopeoPull("team/app:multi", "uploader", "--all"));
    expectPulled(INDEX);
  });

  it("prints that a pull is denied, and why", async () => {
    refuse(BAD.manifest.digest);
    expectSuccess(await skopeoPush("bad", "team/app:bad"));
    const pull = await skopeoPull("team/app:bad", "viewer");
    expect(pull.code).not.toBe(0);
    expect(pull.stderr).toContain("denied by policy");
    expect(pull.stderr).toContain("left-pad 1.0.0 has CVE-2026-0001");
  });

  it("prints that nobody can tell, while the scan is not finished", async () => {
    registry.judge.decide(GOOD.manifest.digest, UNDECIDED);
    expectSuccess(await skopeoPush("good", "team/app:1.0"));
    const pull = await skopeoPull("team/app:1.0", "viewer");
    expect(pull.code).not.toBe(0);
    expect(pull.stderr).toMatch(/denied.*cannot tell.*scan of the image is not finished/);
  });

  it("pushes a refused image again, and mounts nothing of it elsewhere", async () => {
    expectSuccess(await skopeoPush("bad", "team/app:bad"));
    refuse(BAD.manifest.digest);
    expectSuccess(await skopeoPush("bad", "team/app:bad"));
    expectSuccess(await skopeoPush("bad", "other/app:bad"));
    expect((await skopeoPull("other/app:bad", "viewer")).code).not.toBe(0);
  });

  it("is told that a viewer may not push, and that a wrong password is wrong", async () => {
    const push = await skopeoPush("good", "team/app:1.0", "--dest-creds=viewer:only looking");
    expect(push.code).not.toBe(0);
    expect(push.stderr).toContain("denied");
    const wrong = await skopeoPush("good", "team/app:1.0", "--dest-creds=uploader:guess");
    expect(wrong.code).not.toBe(0);
    expect(wrong.stderr).toMatch(/unauthorized|authentication required/);
  });

  it("deletes what an administrator deletes, and is told that others may not", async () => {
    expectSuccess(await skopeoPush("good", "team/app:1.0"));
    const words = ["delete", "--tls-verify=false", image("team/app:1.0")];
    const refused = await runTool(tool("skopeo"), [...words, creds("--creds", "uploader")]);
    expect(refused.code).not.toBe(0);
    expectSuccess(await skopeoPull("team/app:1.0"));
    expectSuccess(await runTool(tool("skopeo"), [...words, creds("--creds", "admin")]));
    expect((await skopeoPull("team/app:1.0")).code).not.toBe(0);
  });

  it("lists tags", async () => {
    expectSuccess(await skopeoPush("good", "team/app:1.0"));
    expectSuccess(await skopeoPush("bad", "team/app:2.0"));
    const { stdout } = expectSuccess(
      await runTool(tool("skopeo"), ["list-tags", "--tls-verify=false", creds("--creds", "viewer"), image("team/app")]),
    );
    expect(JSON.parse(stdout)).toMatchObject({ Tags: ["1.0", "2.0"] });
  });
});

describeWithTools("crane", ["crane"], () => {
  beforeEach(async () => {
    expectSuccess(await crane("auth", "login", registry.host, ...loginOf("uploader")));
  });

  it("pushes and pulls an image bit for bit", async () => {
    writeOciLayout(join(folder, "one"), { good: GOOD });
    expectSuccess(await crane("push", join(folder, "one"), `${registry.host}/team/app:1.0`));
    expect(expectSuccess(await crane("digest", `${registry.host}/team/app:1.0`)).stdout.trim()).toBe(
      GOOD.manifest.digest,
    );
    expectSuccess(await crane("pull", "--format=oci", `${registry.host}/team/app:1.0`, join(folder, "pulled")));
    expectPulled(GOOD);
  });

  it("copies an index between repositories, mounting the blobs", async () => {
    writeOciLayout(join(folder, "index"), { multi: INDEX });
    expectSuccess(await crane("push", "--index", join(folder, "index"), `${registry.host}/team/app:multi`));
    expectSuccess(await crane("copy", `${registry.host}/team/app:multi`, `${registry.host}/other/app:multi`));
    expect(expectSuccess(await crane("ls", `${registry.host}/other/app`)).stdout.trim()).toBe("multi");
    expect(
      expectSuccess(await crane("catalog", registry.host))
        .stdout.trim()
        .split("\n"),
    ).toEqual(["other/app", "team/app"]);
  });

  it("tags, deletes a tag and a manifest", async () => {
    expectSuccess(await crane("auth", "login", registry.host, ...loginOf("admin")));
    writeOciLayout(join(folder, "one"), { good: GOOD });
    const name = `${registry.host}/team/app`;
    expectSuccess(await crane("push", join(folder, "one"), `${name}:1.0`));
    expectSuccess(await crane("tag", `${name}:1.0`, "latest"));
    expectSuccess(await crane("delete", `${name}:1.0`));
    expect(expectSuccess(await crane("ls", name)).stdout.trim()).toBe("latest");
    expectSuccess(await crane("delete", `${name}@${GOOD.manifest.digest}`));
    expect((await crane("digest", `${name}:latest`)).code).not.toBe(0);
  });

  it("prints that a pull is denied, and why; and can push the image again", async () => {
    refuse(BAD.manifest.digest);
    writeOciLayout(join(folder, "one"), { bad: BAD });
    expectSuccess(await crane("push", join(folder, "one"), `${registry.host}/team/app:bad`));
    const pull = await crane("pull", "--format=oci", `${registry.host}/team/app:bad`, join(folder, "pulled"));
    expect(pull.code).not.toBe(0);
    expect(pull.stderr).toMatch(/DENIED: denied by policy: .*left-pad 1\.0\.0 has CVE-2026-0001/);
    expectSuccess(await crane("push", join(folder, "one"), `${registry.host}/team/app:bad`));
  });
});

describeWithTools("oras", ["oras"], () => {
  beforeEach(async () => {
    expectSuccess(await oras("login", "--plain-http", registry.host, ...loginOf("uploader")));
  });

  it("pushes and pulls an artifact, attaches another to it and finds it again", async () => {
    writeFileSync(join(folder, "hello.txt"), "hello");
    expectSuccess(await oras("push", "--plain-http", `${registry.host}/team/files:1`, "hello.txt:text/plain"));
    mkdirSync(join(folder, "out"));
    expectSuccess(await oras("pull", "--plain-http", "-o", "out", `${registry.host}/team/files:1`));
    expect(readFileSync(join(folder, "out/hello.txt"), "utf8")).toBe("hello");
    expectSuccess(
      await oras("attach", "--plain-http", "--artifact-type=test/note", `${registry.host}/team/files:1`, "hello.txt"),
    );
    const { stdout } = expectSuccess(
      await oras("discover", "--plain-http", "--format=json", `${registry.host}/team/files:1`),
    );
    expect(stdout).toContain("test/note");
  });

  it("copies an image bit for bit", async () => {
    expectSuccess(
      await oras("copy", "--from-oci-layout", "--to-plain-http", "layout:good", `${registry.host}/team/app:1.0`),
    );
    expectSuccess(
      await oras("copy", "--from-plain-http", "--to-oci-layout", `${registry.host}/team/app:1.0`, "pulled:1.0"),
    );
    expectPulled(GOOD);
  });

  it("prints that a pull is denied, and why", async () => {
    refuse(BAD.manifest.digest);
    expectSuccess(
      await oras("copy", "--from-oci-layout", "--to-plain-http", "layout:bad", `${registry.host}/team/app:bad`),
    );
    const pull = await oras(
      "copy",
      "--from-plain-http",
      "--to-oci-layout",
      `${registry.host}/team/app:bad`,
      "pulled:1",
    );
    expect(pull.code).not.toBe(0);
    expect(pull.stderr).toMatch(/denied.*left-pad 1\.0\.0 has CVE-2026-0001/);
  });
});

function refuse(digest: Digest): void {
  registry.judge.decide(digest, DENY);
}

function image(name: string): string {
  return `docker://${registry.host}/${name}`;
}

function creds(option: string, name: keyof typeof TEST_ACCOUNTS): string {
  return `${option}=${name}:${TEST_ACCOUNTS[name].password}`;
}

function loginOf(name: keyof typeof TEST_ACCOUNTS): readonly string[] {
  return ["--username", name, "--password", TEST_ACCOUNTS[name].password];
}

async function skopeoPush(layoutTag: string, name: string, ...more: readonly string[]): Promise<ToolResult> {
  const credentials = more.some((each) => each.startsWith("--dest-creds")) ? [] : [creds("--dest-creds", "uploader")];
  const source = `oci:${join(folder, "layout")}:${layoutTag}`;
  return await runTool(tool("skopeo"), [
    ...["copy", "--preserve-digests", "--dest-tls-verify=false"],
    ...credentials,
    ...more,
    source,
    image(name),
  ]);
}

async function skopeoPull(
  name: string,
  account: keyof typeof TEST_ACCOUNTS = "viewer",
  ...more: readonly string[]
): Promise<ToolResult> {
  return await runTool(tool("skopeo"), [
    ...["copy", "--preserve-digests", "--src-tls-verify=false", creds("--src-creds", account)],
    ...more,
    image(name),
    `oci:${join(folder, "pulled")}:pulled`,
  ]);
}

async function crane(...args: readonly string[]): Promise<ToolResult> {
  return await runTool(tool("crane"), args, { environment: { DOCKER_CONFIG: join(folder, "docker") } });
}

async function oras(...args: readonly string[]): Promise<ToolResult> {
  return await runTool(tool("oras"), args, { environment: { DOCKER_CONFIG: join(folder, "docker") }, cwd: folder });
}

function expectSuccess(result: ToolResult): ToolResult {
  // The whole result, so that a failure shows what the client said.
  expect(result).toMatchObject({ code: 0 });
  return result;
}

/** Every blob and manifest of the image is in the layout that was pulled, with the digest that was pushed. */
function expectPulled(pushed: TestImage): void {
  const index = JSON.parse(readFileSync(join(folder, "pulled/index.json"), "utf8")) as {
    readonly manifests: readonly { readonly digest: string }[];
  };
  expect(index.manifests[0]?.digest).toBe(pushed.manifest.digest);
  for (const [digest, bytes] of pushed.blobs) {
    const file = readFileSync(join(folder, "pulled/blobs/sha256", digest.slice("sha256:".length)));
    expect(digestOf(file)).toBe(digest);
    expect(file.length).toBe(bytes.length);
  }
}
