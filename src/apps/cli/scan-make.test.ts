// SPDX-License-Identifier: Apache-2.0
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { buildAdvisoryDatabase } from "#advisory-db";
import { buildImage, writeOciLayout } from "../../../test/support/image-builder.ts";
import { runCommandLine } from "../../../test/support/run-command-line.ts";

const folder = mkdtempSync(join(tmpdir(), "haechi-scan-make-"));
afterAll(() => rmSync(folder, { recursive: true }));

const STATUS = "Package: telnetd\nStatus: install ok installed\nArchitecture: amd64\nVersion: 1\n\n";
const FILES = [
  { path: "etc/os-release", content: 'ID=debian\nVERSION_ID="12"\n' },
  { path: "var/lib/dpkg/status", content: STATUS },
];
const POLICY = `
apiVersion: haechi.dev/v1
kind: ClusterImagePolicy
metadata: {name: make}
spec:
  repositories:
    - name: "*"
      policy:
        image: {maxAge: 90d}
        configuration: {rootUser: deny, packages: {deny: ["telnet*"]}}
`;
const EXCEPTION = `
---
apiVersion: haechi.dev/v1
kind: PolicyException
metadata: {name: e}
spec:
  subject: {repositories: [registry.example.com/*]}
  findings: {packages: [telnetd], rules: [ROOT_USER]}
  reason: a test
  requester: kim
  approver: lee
  until: 2027-01-01T00:00:00Z
`;
const NOW = new Date("2026-11-22T00:00:00Z");

beforeAll(async () => {
  const layers = [{ entries: FILES }];
  writeOciLayout(join(folder, "images"), {
    old: buildImage(layers, { created: "2026-01-01T00:00:00Z", config: { User: "1000" } }),
    root: buildImage(layers, { created: "2026-11-01T00:00:00Z", config: {} }),
    placeholder: buildImage(layers, { created: "1970-01-01T00:00:00Z", config: { User: "1000" } }),
  });
  writeFileSync(join(folder, "policy.yaml"), POLICY);
  writeFileSync(join(folder, "with-exception.yaml"), POLICY + EXCEPTION);
  const ranges = [{ type: "ECOSYSTEM", events: [{ introduced: "0" }, { fixed: "1" }] }];
  const affected = [{ package: { ecosystem: "Debian:12", name: "other" }, ranges }];
  const records = [{ id: "CVE-2026-0001", modified: "2026-01-01T00:00:00Z", affected }];
  await buildAdvisoryDatabase({ output: join(folder, "advisories.sqlite"), records });
});

it.each([
  { tag: "old", file: "policy.yaml", want: ["deny", "deny IMAGE_TOO_OLD", "deny PACKAGE_DENIED"] },
  { tag: "root", file: "policy.yaml", want: ["deny", "deny ROOT_USER", "deny PACKAGE_DENIED"] },
  { tag: "placeholder", file: "policy.yaml", want: ["deny", "deny PACKAGE_DENIED", "undecided IMAGE_AGE_UNKNOWN"] },
  { tag: "root", file: "with-exception.yaml", want: ["allow", "exempt ROOT_USER", "exempt PACKAGE_DENIED"] },
  { tag: "old", file: "with-exception.yaml", want: ["deny", "deny IMAGE_TOO_OLD", "exempt PACKAGE_DENIED"] },
])("a scan of $tag under $file judges how the image is made: $want", async ({ tag, file, want }) => {
  const argv = [
    "scan",
    `oci:${join(folder, "images")}:${tag}`,
    "--db",
    join(folder, "advisories.sqlite"),
    "-f",
    "json",
  ];
  const judged = ["--policy", join(folder, file), "--as", "registry.example.com/app:1"];
  const { stdout } = await runCommandLine([...argv, ...judged], { folder, now: () => NOW });
  const { verdict } = JSON.parse(stdout);
  const reasons = verdict.reasons.map(({ effect, code }: Record<string, string>) => `${effect} ${code}`);
  expect([verdict.outcome, ...reasons]).toEqual(want);
  expect(verdict.exceptions?.map(({ name }: { readonly name: string }) => name)).toEqual(
    file === "policy.yaml" ? undefined : ["e"],
  );
});
