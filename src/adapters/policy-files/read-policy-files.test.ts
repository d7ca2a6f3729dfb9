// SPDX-License-Identifier: Apache-2.0
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { DEFAULT_REGISTRY_POLICIES, defaultClusterPolicies, PolicyError } from "#policy";
import { PolicyFileError, readPolicyFiles } from "#policy-files";

const folder = mkdtempSync(join(tmpdir(), "haechi-policies-"));
afterAll(() => rmSync(folder, { recursive: true }));

function file(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

const DOCUMENT = `
apiVersion: haechi.dev/v1
kind: ClusterImagePolicy
metadata: {name: one}
spec: {repositories: [{name: "*"}]}
`;

it("is the default policy when no file is named", async () => {
  expect(await readPolicyFiles([])).toEqual({
    documents: DEFAULT_REGISTRY_POLICIES,
    secrets: [],
    exceptions: [],
    warnings: [],
  });
  expect((await readPolicyFiles([], defaultClusterPolicies())).documents).toHaveLength(3);
});

it("puts the documents of all files together, in order", async () => {
  const { documents } = await readPolicyFiles([
    file("a.yaml", DOCUMENT),
    file("b.yaml", DOCUMENT.replace("one", "two")),
  ]);
  expect(documents.map((document) => document.name)).toEqual(["one", "two"]);
});

it("does not fall back to the default when a file is missing", async () => {
  await expect(readPolicyFiles([join(folder, "absent.yaml")])).rejects.toBeInstanceOf(PolicyFileError);
});

it("refuses a file past the size limit without reading it", async () => {
  await expect(readPolicyFiles([file("large.yaml", `#${"x".repeat(2 ** 20)}`)])).rejects.toMatchObject({
    code: "POLICY_FILE_UNREADABLE",
  });
});

it("refuses a document that is not a policy", async () => {
  await expect(readPolicyFiles([file("bad.yaml", "kind: Pod\n")])).rejects.toBeInstanceOf(PolicyError);
});

it("compiles the conditions of attestations, and names the place of one that is wrong", async () => {
  const conditions = (text: string): string =>
    DOCUMENT.replace(
      '"*"',
      `"*", policy: {attestations: [{predicateType: "https://slsa.dev/provenance/v1", by: [{keyless: {issuer: "https://issuer.example", subject: a@b.example}}], conditions: ['${text}']}]}`,
    );
  const good = await readPolicyFiles([file("good.yaml", conditions('predicate.builder.id == "x"'))]);
  expect(good.documents).toHaveLength(1);
  await expect(readPolicyFiles([file("bad-condition.yaml", conditions("predicate.("))])).rejects.toThrow(
    /bad-condition\.yaml:5 .*attestations\[0\]\.conditions\[0\]: not a condition/,
  );
});

it("refuses two Secrets of one name, in whatever files they are", async () => {
  const secret = "apiVersion: v1\nkind: Secret\nmetadata: {name: a, namespace: team}\nstringData: {key: x}\n";
  const first = file("secret.yaml", secret);
  expect((await readPolicyFiles([file("c.yaml", DOCUMENT), first])).secrets).toEqual([
    { namespace: "team", name: "a", data: { key: "x" } },
  ]);
  await expect(readPolicyFiles([first, file("twin.yaml", secret)])).rejects.toThrow(/twin\.yaml .*a second Secret/);
});

it("reads exceptions, and refuses two of one name, in whatever files they are", async () => {
  const exception = `
apiVersion: haechi.dev/v1
kind: PolicyException
metadata: {name: e}
spec:
  subject: {namespaces: [team]}
  findings: {rules: [SCAN_TOO_OLD]}
  reason: the feed is down
  requester: kim
  approver: lee
  until: 2026-12-01T00:00:00Z
`;
  const first = file("exception.yaml", exception);
  expect((await readPolicyFiles([file("d.yaml", DOCUMENT), first])).exceptions).toMatchObject([
    { name: "e", approver: "lee" },
  ]);
  await expect(readPolicyFiles([first, file("other.yaml", exception)])).rejects.toThrow(
    /other\.yaml .*a second PolicyException/,
  );
});
