// SPDX-License-Identifier: Apache-2.0
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { EXPOSURE_CHECKS } from "#exposure";
import { CATALOGUE } from "#messages";
import { runCommandLine } from "../../../test/support/run-command-line.ts";
import { REPOSITORY } from "../../../tools/repository.ts";

const WEB = "apiVersion: v1\nkind: Pod\nmetadata: {name: web}\nspec: {containers: [{name: c, image: nginx}]}\n";
const SERVICE =
  "apiVersion: v1\nkind: Service\nmetadata: {name: web}\nspec: {selector: {app: r}, ports: [{port: 80, targetPort: 5000}]}\n";
const REGISTRY = `apiVersion: v1
kind: Pod
metadata: {name: registry, labels: {app: r}}
spec:
  containers:
    - name: c
      image: mirror.example/library/registry:2
      ports: [{containerPort: 5000}]
      env: [{name: REGISTRY_AUTH, value: htpasswd}, {name: REGISTRY_HTTP_SECRET, value: hunter2-hunter2}]
`;
const OPEN = SERVICE.replace("spec: {", "spec: {type: NodePort, ");

describe("posture exposure of manifests", () => {
  let folder: string;

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "haechi-posture-"));
    mkdirSync(join(folder, "all", "deeper"), { recursive: true });
    writeFileSync(join(folder, "all", "registry.yaml"), `${REGISTRY}---\n${WEB}`);
    writeFileSync(join(folder, "all", "deeper", "service.yml"), OPEN);
    writeFileSync(join(folder, "all", "values.txt"), "a: [");
    writeFileSync(join(folder, "broken.yaml"), `${REGISTRY}---\na: [\n---\n${SERVICE}`);
    writeFileSync(join(folder, "odd.yaml"), `${WEB}---\n${SERVICE.replace("port: 80", "port: eighty")}`);
    writeFileSync(join(folder, "clean.yaml"), `${WEB}---\n${SERVICE}`);
    writeFileSync(join(folder, "no-report.json"), "{}");
    symlinkSync(join(folder, "all"), join(folder, "all", "circle"));
    for (const [name, depth] of [
      ["deep", 16],
      ["too-deep", 17],
    ] as const) {
      const inner = join(folder, name, ...Array.from({ length: depth }, () => "d"));
      mkdirSync(join(inner, ".hidden"), { recursive: true });
      writeFileSync(join(inner, "registry.yaml"), `${REGISTRY}---\n${OPEN}`);
      writeFileSync(join(inner, ".hidden", "broken.yaml"), "a: [");
    }
  });

  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  async function run(words: readonly string[], stdin?: string) {
    return await runCommandLine(["posture", "exposure", ...words], {
      folder,
      ...(stdin === undefined ? {} : { readStdin: () => Promise.resolve(stdin) }),
    });
  }

  it.each<{ readonly name: string; readonly words: readonly string[]; readonly says: string }>([
    { name: "a file that is not there", words: ["absent.yaml"], says: "no such file" },
    { name: "a severity that is none", words: ["x", "--fail-on", "bad"], says: "--fail-on" },
    { name: "a report that is none", words: ["x", "--report", "no-report.json"], says: "is no report" },
    { name: "folders that lie too deep", words: ["./too-deep"], says: "more than 16 deep" },
  ])("gives no result for $name", async ({ words, says }) => {
    const { code, stdout, stderr } = await run(words.map((word) => (/\./.test(word) ? join(folder, word) : word)));
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toContain(says);
  });

  it.each<{ readonly name: string; readonly file: string; readonly says: string }>([
    { name: "a document that is none", file: "broken.yaml", says: "document 2 is not valid YAML" },
    { name: "a Service with a port that is none", file: "odd.yaml", says: "spec.ports.port is not of its type" },
  ])("is never clean beside $name", async ({ file, says }) => {
    const { code, stdout } = await run([join(folder, file), "--fail-on", "critical"]);
    expect({ code, stdout }).toMatchObject({ code: 3, stdout: expect.stringContaining(says) });
  });

  it("is never clean without any Service", async () => {
    const { code, stdout } = await run(["-"], WEB);
    expect({ code, stdout }).toMatchObject({ code: 3, stdout: expect.stringContaining("there is none to read") });
  });

  it("is 0 where nothing was found and everything could be read", async () => {
    const { code, stdout } = await run([join(folder, "clean.yaml")]);
    expect({ code, stdout }).toMatchObject({ code: 0, stdout: expect.stringContaining("No registry") });
  });

  it("reads folders as deep as it goes, and no hidden ones", async () => {
    const { code, stdout } = await run([join(folder, "deep")]);
    expect({ code, stdout }).toMatchObject({ code: 1, stdout: expect.stringContaining("HK001 high") });
    expect(stdout).not.toContain("broken.yaml");
  });

  it("names a registry in a folder, its ways and what to do, and no secret", async () => {
    const { code, stdout } = await run([join(folder, "all")]);
    expect(code).toBe(1);
    for (const text of [
      "Pod default/registry",
      "EXPOSED",
      "node port Service default/web",
      "HK001 high",
      "HK003 high",
      "HK005 medium",
      "haechi scan mirror",
    ]) {
      expect(stdout).toContain(text);
    }
    expect(stdout).not.toContain("hunter2");
  });

  it("counts the severities that are asked for", async () => {
    expect((await run([join(folder, "all"), "--fail-on", "critical"])).code).toBe(0);
    expect((await run([join(folder, "all"), "--fail-on", "high"])).code).toBe(1);
  });

  it("speaks Korean", async () => {
    const { stdout } = await run([join(folder, "all"), "--lang", "ko"]);
    expect(stdout).toContain("클러스터 외부에서 레지스트리에 접근할 수 있습니다");
  });

  it("gives JSON with messages and remedies, the same each time", async () => {
    const { stdout } = await run([join(folder, "all"), "--format", "json", "--namespace", "tools"]);
    const report = JSON.parse(stdout) as { readonly subjects: readonly { readonly findings: readonly object[] }[] };
    expect(report).toMatchObject({
      schemaVersion: 1,
      unread: [],
      subjects: [{ workload: { namespace: "tools", name: "registry" }, reach: "exposed" }],
    });
    expect(report.subjects[0]?.findings[0]).toMatchObject({
      id: "HK001",
      severity: "high",
      state: "fails",
      message: expect.stringContaining("Service tools/web (nodePort)") as string,
      remediation: expect.stringContaining("ClusterIP") as string,
    });
    expect((await run([join(folder, "all"), "--format", "json", "--namespace", "tools"])).stdout).toBe(stdout);
  });

  it("escapes what would reach the terminal", async () => {
    const { stdout } = await run(
      ["-"],
      REGISTRY.replace("library/registry:2", '\\u001B[2J/registry"').replace("mirror", '"mirror'),
    );
    expect(stdout).not.toContain("\u001B");
  });
});

it.each(["en", "ko"])("the guide (%s) names every check", (language) => {
  const guide = readFileSync(join(REPOSITORY, "docs/guides", language, "exposure.md"), "utf8");
  for (const { id } of EXPOSURE_CHECKS) {
    expect(guide).toContain(`| ${id} |`);
  }
});

it("every check has its texts in both languages", () => {
  for (const { id } of EXPOSURE_CHECKS) {
    for (const catalogue of [CATALOGUE.en, CATALOGUE.ko]) {
      for (const message of [`check.${id}`, `check.${id}.undecided`, `check.${id}.advice`]) {
        expect(catalogue).toHaveProperty([message]);
      }
    }
  }
});
