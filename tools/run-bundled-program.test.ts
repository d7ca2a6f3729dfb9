// SPDX-License-Identifier: Apache-2.0
import { type SpawnSyncReturns, spawnSync } from "node:child_process";
import { generateKeyPairSync } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { buildImage, writeOciLayout } from "../test/support/image-builder.ts";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const SOURCES = join(ROOT, "src/apps/cli/verify/main.ts");

const POLICY = `apiVersion: haechi.dev/v1
kind: ClusterImagePolicy
metadata: { name: signed }
spec:
  repositories:
    - name: "*"
      policy: { signatures: [{ cosign: { key: KEY } }] }
`;

describe("the bundled program of haechi verify", () => {
  const folder = mkdtempSync(join(tmpdir(), "haechi-bundle-"));
  // below node_modules, where its dependencies are found
  const bundle = join(ROOT, `node_modules/.cache/haechi-verify-test-${process.pid}`);
  const program = join(bundle, "run.mjs");

  beforeAll(() => {
    spawnSync(process.execPath, [join(ROOT, "tools/bundle-programs.mjs"), "verify", bundle]);
    expect(existsSync(program)).toBe(true);
    const image = buildImage([{ entries: [{ path: "etc/name" }] }]);
    writeOciLayout(join(folder, "layout"), { app: image });
    const { publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
    const key = publicKey.export({ type: "spki", format: "pem" });
    writeFileSync(join(folder, "key.pub"), key);
    writeFileSync(join(folder, "policy.yaml"), POLICY.replace("KEY", JSON.stringify(key)));
    mkdirSync(join(folder, "home"));
  });

  afterAll(() => {
    rmSync(folder, { recursive: true, force: true });
    rmSync(bundle, { recursive: true, force: true });
  });

  function run(main: string, words: readonly string[]): { code: number | null; stdout: string; stderr: string } {
    const env = { PATH: process.env["PATH"], HOME: join(folder, "home") };
    const { status, stdout, stderr } = spawnSync(process.execPath, [main, ...words], {
      cwd: folder,
      encoding: "utf8",
      env,
    });
    return { code: status, stdout, stderr };
  }

  const LISTING = ["verify", "oci:layout:app"];

  it.each([
    ["an overview", ["--help"], 0],
    ["help", ["verify", "--help"], 0],
    ["help in Korean", ["--lang", "ko", "verify", "--help"], 0],
    ["a wrong option", ["verify", "oci:layout:app", "--nothing"], 2],
    ["what is attached", LISTING, 3],
    ["a key without a signature", [...LISTING, "--key", "key.pub"], 1],
    ["the same as JSON", [...LISTING, "--key", "key.pub", "--format", "json"], 1],
    ["the same in Korean", ["--lang=ko", ...LISTING, "--key", "key.pub"], 1],
    ["a key that is not there", [...LISTING, "--key", "none.pub"], 2],
    ["a file that is no key", [...LISTING, "--key", "policy.yaml"], undefined],
    ["a policy", [...LISTING, "--policy", "policy.yaml"], 1],
    [
      "an attestation with a condition",
      [...LISTING, "--key", "key.pub", "--attestation-type", "slsaprovenance", "--condition", "true"],
      undefined,
    ],
    ["a file that is no key ring", [...LISTING, "--gpg-key", "key.pub"], undefined],
    ["an image that is not there", ["verify", "oci:nothing:app", "--key", "key.pub"], 2],
  ])("says what the sources say: %s", (_, words, code) => {
    const bundled = run(program, words);
    expect(bundled).toEqual(run(SOURCES, words));
    if (code !== undefined) {
      expect(bundled.code).toBe(code);
    }
  });

  it("runs nothing of code that is damaged", () => {
    const kept = codeFiles();
    expect(kept).not.toHaveLength(0);
    const before = run(program, LISTING);
    for (const [index, name] of kept.entries()) {
      const file = join(bundle, name);
      const bytes = readFileSync(file);
      const damaged = [bytes.subarray(0, bytes.length / 2), flipped(bytes), Buffer.alloc(0)][index % 3];
      writeFileSync(file, damaged ?? bytes);
    }
    expect(run(program, LISTING)).toEqual(before);
  });

  it("runs no code of another build", () => {
    const before = codeFiles();
    const main = join(bundle, "src-apps-cli-commands.cjs");
    // of the same length, which is all that V8 compares
    writeFileSync(main, readFileSync(main, "utf8").replace("cli.verify.summary", "cli.verify.summarx"));
    const [build = ""] = /(?<=BUILD = ")[0-9a-f]{32}(?=")/.exec(readFileSync(program, "utf8")) ?? [];
    writeFileSync(program, readFileSync(program, "utf8").replace(build, build.toUpperCase().padEnd(33, "0")));
    expect(run(program, ["verify", "--help"]).stdout).not.toEqual(run(SOURCES, ["verify", "--help"]).stdout);
    run(program, LISTING);
    expect(before.every((name) => name.includes(build))).toBe(true);
    expect(codeFiles().length).toBeGreaterThan(before.length);
  });

  function codeFiles(): readonly string[] {
    return readdirSync(bundle).filter((name) => name.endsWith(".code"));
  }
});

describe("the bundled program of haechi scan", () => {
  const folder = mkdtempSync(join(tmpdir(), "haechi-bundle-"));
  const bundle = join(ROOT, `node_modules/.cache/haechi-scan-test-${process.pid}`);
  const status = "Package: curl\nStatus: install ok installed\nVersion: 7.88.1-10\nArchitecture: amd64\n";
  const release = "ID=debian\nVERSION_ID=12\n";

  beforeAll(() => {
    spawnSync(process.execPath, [join(ROOT, "tools/bundle-programs.mjs"), "scan", bundle]);
    const entries = [
      { path: "etc/os-release", content: release },
      { path: "var/lib/dpkg/status", content: status },
    ];
    writeOciLayout(join(folder, "layout"), { app: buildImage([{ entries }]) });
  });

  afterAll(() => {
    rmSync(folder, { recursive: true, force: true });
    rmSync(bundle, { recursive: true, force: true });
  });

  function run(main: string, words: readonly string[]): Pick<SpawnSyncReturns<string>, "status" | "stdout" | "stderr"> {
    const env = { PATH: process.env["PATH"], HOME: folder };
    const ran = spawnSync(process.execPath, [main, "scan", ...words], { cwd: folder, encoding: "utf8", env });
    return { status: ran.status, stdout: ran.stdout, stderr: ran.stderr };
  }

  it.each([
    ["an image", ["oci:layout:app"], 1],
    ["an image as CycloneDX", ["oci:layout:app", "-f", "cyclonedx"], 1],
    ["a bill of materials", ["sbom:app.cdx.json", "--lang", "ko"], 1],
    ["a bill of materials as JSON, in a file", ["sbom:app.cdx.json", "-f", "json", "-o", "app.json"], 1],
    ["an image that is not there", ["oci:nothing:app"], 2],
  ])("says what the sources say: %s", (_, words, code) => {
    const fromSources = run(join(ROOT, "src/apps/cli/main.ts"), words);
    expect(run(join(bundle, "run.mjs"), words)).toEqual(fromSources);
    expect(fromSources.status).toBe(code);
    if (words.includes("cyclonedx")) {
      writeFileSync(join(folder, "app.cdx.json"), fromSources.stdout);
    }
  });
});

function flipped(bytes: Buffer): Buffer {
  const copy = Buffer.from(bytes);
  copy.writeUInt8(copy.readUInt8(copy.length - 9) ^ 1, copy.length - 9);
  return copy;
}
