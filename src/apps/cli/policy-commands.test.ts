// SPDX-License-Identifier: Apache-2.0
import { type SpawnSyncReturns, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { buildImage, writeOciLayout } from "../../../test/support/image-builder.ts";
import { runCommandLine } from "../../../test/support/run-command-line.ts";

const NOW = new Date("2026-11-22T00:00:00Z");

const POLICIES = `apiVersion: haechi.dev/v1
kind: ClusterImagePolicy
metadata: {name: base}
spec:
  repositories:
    - name: "*"
      policy: {scan: {required: true}, vulnerability: {maxSeverity: high, onlyFixable: true}}
    - name: registry.example/signed/*
      policy: {trust: {enabled: true, trustOnFirstUse: true}}
    - {name: registry.example/open/*}
---
apiVersion: haechi.dev/v1
kind: PolicyException
metadata: {name: openssl, namespace: haechi-system}
spec:
  subject: {repositories: ["registry.example/shop/*"]}
  findings: {vulnerabilities: [CVE-2026-1]}
  reason: not reachable
  requester: kim
  approver: lee
  until: "2027-06-01T00:00:00Z"
`;

const TESTS = `policies: [policies.yaml]
now: "2026-11-22T00:00:00Z"
tests:
  - name: critical is denied
    image: registry.example/shop/web:1
    facts: {scan: {vulnerabilities: [{id: CVE-2026-2, severity: critical, package: openssl, fixed: "3.1"}]}}
    expect: {outcome: deny, onlyReasons: [VULNERABILITY], entry: "*", policy: base, mode: enforce}
  - name: what an exception names passes
    image: registry.example/shop/web:1
    facts: {scan: {vulnerabilities: [{id: CVE-2026-1, severity: critical, package: openssl, fixed: "3.1"}]}}
    expect: {outcome: allow}
  - name: without a scan nobody can tell
    image: registry.example/shop/web:1
    expect: {outcome: undecided}
  - name: unsigned
    image: registry.example/signed/web:1
    namespace: shop
    facts: {signatures: none}
    expect: {outcome: deny, reasons: [SIGNATURE_MISSING]}
  - name: signed by notary
    image: registry.example/signed/web:1
    facts: {signatures: {notary: verified}}
    expect: {outcome: allow}
`;

const OLDER = `apiVersion: portieris.cloud.ibm.com/v1
kind: ClusterImagePolicy
metadata: {name: old}
spec: {repositories: [{name: "*", policy: {va: {enabled: true}, trust: {enabled: true, signerSecrets: [{name: signer}]}}}]}
`;

describe("policy commands", () => {
  let folder: string;

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "haechi-policy-"));
    writeFileSync(join(folder, "policies.yaml"), POLICIES);
    writeFileSync(join(folder, "tests.yaml"), TESTS);
    writeFileSync(join(folder, "older.yaml"), OLDER);
    const osRelease = { path: "etc/os-release", content: 'ID=unheard-of\nVERSION_ID="1"\n' };
    writeOciLayout(join(folder, "image"), { web: buildImage([{ entries: [osRelease] }]) });
    writeFileSync(join(folder, "broken.yaml"), POLICIES.replace("maxSeverity: high", "maxSeverty: high"));
  });

  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  function file(name: string): string {
    return join(folder, name);
  }

  async function run(...words: readonly string[]) {
    return await runCommandLine(words, { folder, now: () => NOW });
  }

  describe("lint", () => {
    it("a policy that does not parse is a problem with its line, and the other files are looked at all the same", async () => {
      const { code, stdout } = await run("policy", "lint", file("broken.yaml"), file("older.yaml"), "--format", "json");
      expect(code).toBe(1);
      const { problems, findings } = JSON.parse(stdout);
      expect(problems).toBe(1);
      expect(findings).toEqual(
        expect.arrayContaining([
          expect.objectContaining({ level: "problem", code: "POLICY_INVALID", line: 7 }),
          expect.objectContaining({ level: "doubt", code: "SECRET_ABSENT", object: "ClusterImagePolicy old" }),
        ]),
      );
    });

    it("a condition that does not compile is a problem", async () => {
      writeFileSync(
        file("condition.yaml"),
        `apiVersion: haechi.dev/v1
kind: ClusterImagePolicy
metadata: {name: c}
spec:
  repositories:
    - name: "*"
      policy: {attestations: [{predicateType: "https://slsa.dev/provenance/v1", by: [{keyless: {issuer: a, subject: b}}], conditions: ["predicate.x =="]}]}
`,
      );
      const { code, stdout } = await run("policy", "lint", file("condition.yaml"));
      expect({ code, stdout }).toMatchObject({ code: 1, stdout: expect.stringContaining("not a condition") });
    });

    it("doubts are shown, and count with --strict only", async () => {
      const lenient = await run("policy", "lint", file("policies.yaml"));
      expect(lenient).toMatchObject({ code: 0, stdout: expect.stringContaining("[FIRST_USE]") });
      expect((await run("policy", "lint", file("policies.yaml"), "--strict")).code).toBe(1);
    });

    it("speaks Korean", async () => {
      const { stdout } = await run("policy", "lint", file("policies.yaml"), "--lang", "ko");
      expect(stdout).toContain("처음 본 루트 키를 그대로 믿습니다");
    });

    it("a file that is not there is no result", async () => {
      expect((await run("policy", "lint", file("absent.yaml"))).code).toBe(2);
    });

    it("without policies there is nothing to lint", async () => {
      const { code, stderr } = await run("policy", "lint");
      expect({ code, stderr }).toMatchObject({ code: 2, stderr: expect.stringContaining("--cluster") });
    });
  });

  describe("test", () => {
    it("passes when everything is as expected", async () => {
      const { code, stdout, stderr } = await run("policy", "test", file("tests.yaml"));
      expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
      expect(stdout).toContain("5 of 5 tests passed.");
    });

    it("fails with what was expected and why it is otherwise, also as JUnit", async () => {
      writeFileSync(file("failing.yaml"), TESTS.replace("expect: {outcome: undecided}", "expect: {outcome: allow}"));
      const { code, stdout } = await run("policy", "test", file("failing.yaml"), "--junit", file("junit.xml"));
      expect(code).toBe(1);
      expect(stdout).toMatch(/FAILED {2}without a scan nobody can tell\n {6}outcome: expected allow, found undecided/);
      const junit = readFileSync(file("junit.xml"), "utf8");
      expect(junit).toContain('tests="5" failures="1"');
      expect(junit).toContain('<failure message="outcome: expected allow, found undecided">');
    });

    it("reads the image itself where a test says so", async () => {
      const text = TESTS.replace(
        /tests:[^]*/,
        "tests: [{image: registry.example/shop/web:1, check: oci:image:web, expect: {outcome: undecided}}]",
      );
      writeFileSync(file("checking.yaml"), text);
      const { code, stdout } = await run("policy", "test", file("checking.yaml"));
      expect({ code, stdout }).toMatchObject({ code: 0, stdout: expect.stringContaining("1 of 1") });
    });

    it("an image that cannot be read fails its own test, even one that expects to be told nothing", async () => {
      const text = TESTS.replace(
        /tests:[^]*/,
        `tests:
  - {name: away, image: "registry.example/shop/web:1", check: "oci:nowhere", expect: {outcome: undecided}}
  - {name: there, image: "registry.example/shop/web:1", check: "oci:image:web", expect: {outcome: undecided}}`,
      );
      writeFileSync(file("away.yaml"), text);
      const { code, stdout } = await run("policy", "test", file("away.yaml"));
      expect(code).toBe(1);
      expect(stdout).toMatch(/FAILED {2}away\n {6}check: expected nothing, found \S/);
      expect(stdout).toContain("1 of 2");
    });

    it("other policies take the place of those that the file names", async () => {
      const { code, stdout } = await run(
        "policy",
        "test",
        file("tests.yaml"),
        "--policy",
        file("older.yaml"),
        "--format",
        "json",
      );
      expect(code).toBe(1);
      expect(JSON.parse(stdout).files[0].tests[0].verdict.policy.name).toBe("old");
    });

    it.each([
      {
        name: "policies that do not parse",
        text: "policies: [broken.yaml]\ntests: [{image: a, expect: {outcome: allow}}]",
      },
      {
        name: "an expectation that does not exist",
        text: "policies: [policies.yaml]\ntests: [{image: a, expect: {result: allow}}]",
      },
      { name: "no tests", text: "policies: [policies.yaml]\ntests: []" },
      { name: "facts beside check", text: "tests: [{image: a, check: true, facts: {}, expect: {outcome: allow}}]" },
      { name: "text that is no YAML", text: "tests: [" },
    ])("$name are no result, never a pass", async ({ text }) => {
      writeFileSync(file("bad-tests.yaml"), text);
      expect((await run("policy", "test", file("bad-tests.yaml"))).code).toBe(2);
    });
  });

  describe("explain", () => {
    it("names winner and losers, what is open, and does not contact anybody", async () => {
      const { code, stdout } = await run(
        "policy",
        "explain",
        "registry.example/signed/web:1",
        "--policy",
        file("policies.yaml"),
      );
      expect(code).toBe(3);
      expect(stdout).toMatch(/→ +registry\.example\/signed\/\* +ClusterImagePolicy base \[1\] +judges/);
      expect(stdout).toMatch(/ \* +ClusterImagePolicy base \[0\] +lost: the winner’s name is more specific/);
      expect(stdout).toContain("To do so now, add --check.");
    });

    it("an image that nothing checks is allowed", async () => {
      const words = [
        "policy",
        "explain",
        "registry.example/open/web:1",
        "--policy",
        file("policies.yaml"),
        "--format",
        "json",
      ];
      const { code, stdout } = await run(...words);
      expect(code).toBe(0);
      expect(JSON.parse(stdout)).toMatchObject({
        verdict: { outcome: "allow" },
        lookUp: { digest: false, scan: false },
      });
    });

    it("what is certain without looking is said: a Secret that is not there", async () => {
      const { code, stdout } = await run("policy", "explain", "nginx:1", "--policy", file("older.yaml"));
      expect(code).toBe(1);
      expect(stdout).toMatch(/✗ trust: .*\n.*haechi-system\/signer/);
    });

    it("with --check the image is read, and each check says what it comes to", async () => {
      const words = ["policy", "explain", "registry.example/shop/web:1", "--policy", file("policies.yaml")];
      const { code, stdout, stderr } = await run(...words, "--check", "--from", `oci:${file("image")}:web`);
      expect({ code, stderr }).toMatchObject({ code: 3 });
      expect(stdout).toMatch(/✗ scan: /);
      expect(stdout).not.toContain("To do so now");
    });

    it("what an image's name holds is shown by a terminal and not obeyed", async () => {
      const { stdout } = await run("policy", "explain", "a\u001b[2Jb", "--policy", file("policies.yaml"));
      expect(stdout).not.toContain("\u001b");
    });

    it("an image that nothing has to be known of has no open check", async () => {
      const text =
        'apiVersion: portieris.cloud.ibm.com/v1\nkind: ClusterImagePolicy\nmetadata: { name: any }\nspec:\n  repositories:\n    - name: "*"\n      policy: { simple: { requirements: [{ type: insecureAcceptAnything }] } }\n';
      writeFileSync(file("any.yaml"), text);
      const { code, stdout } = await run("policy", "explain", "nginx:1", "--policy", file("any.yaml"));
      expect(code).toBe(0);
      expect(stdout).toMatch(/✓ simple: .*\n +holds/);
    });

    it.each([
      { name: "a policy file that cannot be read", image: "nginx", says: "POLICY_INVALID" },
      { name: "a name that is no reference", image: "Bad Name", says: "REFERENCE_INVALID" },
    ])("$name has no verdict", async ({ image, says }) => {
      writeFileSync(file("bad.yaml"), "apiVersion: haechi.dev/v1\nkind: ClusterImagePolicy\n");
      const { code, stdout, stderr } = await run("policy", "explain", image, "--policy", file("bad.yaml"));
      expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
      expect(stderr).toContain(says);
    });

    it("a workload is KIND/NAME", async () => {
      const { code } = await run("policy", "explain", "nginx", "--policy", file("older.yaml"), "--workload", "web");
      expect(code).toBe(2);
    });
  });

  describe("migrate", () => {
    it("writes what can be applied, and what to know beside it", async () => {
      const { code, stdout, stderr } = await run("policy", "migrate", file("older.yaml"));
      expect(code).toBe(0);
      expect(parse(stdout)).toMatchObject({
        apiVersion: "haechi.dev/v1",
        spec: { repositories: [{ name: "*", policy: { scan: { required: true, unsupported: "allow" } } }] },
      });
      expect(stderr).toContain("va is the scan of Haechi");
      expect(stderr).toContain("kubectl get secret signer");
      writeFileSync(file("migrated.yaml"), stdout);
      expect((await run("policy", "lint", file("migrated.yaml"))).code).toBe(0);
    });

    it("ours are left out, broken ones are named and make it incomplete", async () => {
      const { code, stdout, stderr } = await run("policy", "migrate", file("policies.yaml"), file("broken.yaml"));
      expect(code).toBe(1);
      expect(stdout).toBe("");
      expect(stderr).toContain("ClusterImagePolicy base is of haechi.dev/v1 already");
    });
  });

  describe("replay", () => {
    it.each([
      { name: "a password that would go in clear", words: ["--server", "http://haechi.example.com"] },
      { name: "an address that is none", words: ["--server", "haechi"] },
      { name: "a time that is none", words: ["--since", "yesterday"] },
    ])("$name is refused before anything is sent", async ({ words }) => {
      const variables = { HAECHI_PASSWORD: "secret" };
      const { code, stderr } = await runCommandLine(["policy", "replay", file("policies.yaml"), ...words], {
        folder,
        variables,
      });
      expect(code).toBe(2);
      expect(stderr).not.toContain("secret");
    });
  });

  it("as a kubectl plugin, names itself so and takes the cluster", async () => {
    const { stdout } = runPlugin(["help", "policy", "explain"]);
    expect(stdout).toContain("kubectl haechi policy explain IMAGE");
    expect(stdout).toContain("kubectl haechi policy explain registry.example.com");
    const { status, stderr } = runPlugin(["policy", "lint", "--kubeconfig", file("no-kubeconfig")]);
    expect(status).toBe(2);
    expect(stderr).toContain("kubectl haechi: ");
  });

  function runPlugin(words: readonly string[]): SpawnSyncReturns<string> {
    const program = new URL("../../../bin/kubectl-haechi", import.meta.url).pathname;
    return spawnSync(process.execPath, [program, ...words], { encoding: "utf8", timeout: 60_000, cwd: folder });
  }
});
