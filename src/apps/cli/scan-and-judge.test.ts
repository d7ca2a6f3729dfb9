// SPDX-License-Identifier: Apache-2.0
import { spawnSync } from "node:child_process";
import { generateKeyPairSync, type KeyObject } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { buildAdvisoryDatabase } from "#advisory-db";
import { digestOf } from "#base";
import {
  buildImage,
  buildIndex,
  type TestImage,
  writeDockerArchive,
  writeOciLayout,
} from "../../../test/support/image-builder.ts";
import { runCommandLine } from "../../../test/support/run-command-line.ts";
import { bundleImage } from "../../../test/support/sigstore/bundle-image.ts";
import { createPrivateSigstore, type PrivateSigstore } from "../../../test/support/sigstore/private-sigstore.ts";
import { signEnvelope, signStatement } from "../../../test/support/sigstore/sign-candidate.ts";

const folder = mkdtempSync(join(tmpdir(), "haechi-scan-"));
afterAll(() => rmSync(folder, { recursive: true }));

const NAME = "registry.example.com/team/app:1.0";
const HOST = process.arch === "arm64" ? "arm64" : "amd64";
const ours = generateKeyPairSync("ec", { namedCurve: "P-256" });
const theirs = generateKeyPairSync("ec", { namedCurve: "P-256" });

function image(content: string, architecture: string = HOST): TestImage {
  const osRelease = { path: "etc/os-release", content: 'ID=debian\nVERSION_ID="12"\n' };
  const status = `Package: demo\nStatus: install ok installed\nArchitecture: amd64\nVersion: ${content}\n\n`;
  return buildImage([{ entries: [osRelease, { path: "var/lib/dpkg/status", content: status }] }], { architecture });
}

/** The manifest of a bundle that says: this key has signed that digest. */
async function attach(sigstore: PrivateSigstore, subject: TestImage, key: KeyObject): Promise<TestImage> {
  const { digest } = subject.manifest;
  const { bytes } = await signEnvelope(sigstore, signStatement(digest), { signer: { key } });
  return bundleImage(subject, bytes);
}

const IMAGES = {
  signed: image("1.0-1"),
  other: image("1.0-2"),
  unsigned: image("1.0-3"),
  indexOnly: buildIndex([{ image: image("1.0-4"), os: "linux", architecture: HOST }]),
  childOnly: buildIndex([{ image: image("1.0-5"), os: "linux", architecture: HOST }]),
  both: buildIndex([
    { image: image("1.0-6"), os: "linux", architecture: HOST },
    { image: image("1.0-7", "s390x"), os: "linux", architecture: "s390x" },
  ]),
};

beforeAll(async () => {
  const sigstore = await createPrivateSigstore();
  const key = ours.privateKey;
  writeOciLayout(join(folder, "images"), {
    ...IMAGES,
    sig1: await attach(sigstore, IMAGES.signed, key),
    sig2: await attach(sigstore, IMAGES.other, theirs.privateKey),
    sig3: await attach(sigstore, IMAGES.indexOnly, key),
    sig4: await attach(sigstore, image("1.0-5"), key),
    sig5: await attach(sigstore, IMAGES.both, key),
    sig6: await attach(sigstore, image("1.0-6"), key),
  });
  writeFileSync(join(folder, "app.tar"), writeDockerArchive({ [NAME]: IMAGES.signed }));
  await buildAdvisoryDatabase({
    output: join(folder, "advisories.sqlite"),
    records: [
      {
        id: "CVE-2026-0001",
        modified: "2026-01-01T00:00:00Z",
        affected: [
          {
            package: { ecosystem: "Debian:12", name: "demo" },
            ranges: [{ type: "ECOSYSTEM", events: [{ introduced: "0" }, { fixed: "0.5-1" }] }],
          },
        ],
      },
    ],
  });
});

const PEM = String(ours.publicKey.export({ type: "spki", format: "pem" }));
const KEYS = { inline: `{cosign: {key: ${JSON.stringify(PEM)}}}`, secret: "{cosign: {keySecret: signer}}" };

function policy(signature: string | undefined, ...more: readonly string[]): string {
  const file = join(folder, `${digestOf(JSON.stringify([signature, more])).slice(7, 20)}.yaml`);
  const signatures = signature === undefined ? "" : `, signatures: [${signature}]`;
  const document = `apiVersion: haechi.dev/v1
kind: ClusterImagePolicy
metadata: {name: signed}
spec: {repositories: [{name: "registry.example.com/*", policy: {scan: {required: true}${signatures}}}]}
`;
  writeFileSync(file, [document, ...more].join("---\n"));
  return file;
}

async function scan(
  location: string,
  file: string,
  ...options: readonly string[]
): Promise<{ code: number; stdout: string; stderr: string }> {
  const argv = ["scan", location, "--db", join(folder, "advisories.sqlite"), "--policy", file, "--as", NAME];
  return await runCommandLine([...argv, ...options], { folder });
}

async function judge(tag: string, file: string, ...options: readonly string[]): Promise<object> {
  const { code, stdout } = await scan(`oci:${join(folder, "images")}:${tag}`, file, "-f", "json", ...options);
  const { outcome, reasons, trust } = JSON.parse(stdout).verdict;
  return { code, outcome, codes: reasons.map((reason: { code: string }) => reason.code), state: trust?.state };
}

const DENIED = { code: 1, outcome: "deny" };
const ALLOWED = { code: 0, outcome: "allow", codes: [], state: "verified" };

describe("a policy that asks for a signature", () => {
  it.each([
    { name: "denies an unsigned image", tag: "unsigned", want: { codes: ["SIGNATURE_MISSING"], state: "none" } },
    { name: "denies another key", tag: "other", want: { codes: ["SIGNATURE_INVALID"], state: "bad" } },
    {
      name: "denies a signed index whose child is not signed",
      tag: "indexOnly",
      want: { codes: ["SIGNATURE_MISSING", "NO_PLATFORM_ALLOWED"], state: "none" },
    },
    {
      name: "denies a signed child whose index is not signed",
      tag: "childOnly",
      want: { codes: ["SIGNATURE_MISSING"], state: "none" },
    },
  ])("$name", async ({ tag, want }) => {
    expect(await judge(tag, policy(KEYS.inline))).toEqual({ ...DENIED, ...want });
  });

  it("denies where a child that was not chosen is not signed, when all are judged", async () => {
    expect(await judge("both", policy(KEYS.inline), "--platform", "all")).toMatchObject(DENIED);
  });

  it.each([{ tag: "signed" }, { tag: "both" }])("allows what the key has signed: $tag", async ({ tag }) => {
    expect(await judge(tag, policy(KEYS.inline))).toEqual(ALLOWED);
  });

  it("lets the signature of an index cover its children where the policy says so", async () => {
    const covered = KEYS.inline.replace(/\}$/, ", children: covered}");
    expect(await judge("indexOnly", policy(covered))).toEqual(ALLOWED);
    expect(await judge("childOnly", policy(covered))).toMatchObject(DENIED);
  });

  it("takes the key from a Secret of the policy file, and denies without it", async () => {
    const secret = `apiVersion: v1
kind: Secret
metadata: {name: signer}
stringData: {cosign.pub: ${JSON.stringify(PEM)}}
`;
    expect(await judge("signed", policy(KEYS.secret, secret))).toEqual(ALLOWED);
    expect(await judge("signed", policy(KEYS.secret))).toMatchObject({ ...DENIED, codes: ["SECRET_MISSING"] });
  });

  it("cannot tell for an archive, and says why", async () => {
    const { code, stdout } = await scan(`docker-archive:${join(folder, "app.tar")}`, policy(KEYS.inline));
    expect(code).toBe(3);
    expect(stdout).toContain("an archive carries no signatures");
  });

  it("says in the table who signed", async () => {
    const { stdout } = await scan(`oci:${join(folder, "images")}:signed`, policy(KEYS.inline));
    const fingerprint = digestOf(ours.publicKey.export({ type: "spki", format: "der" }));
    expect(stdout).toMatch(/Signatures: everything .* verified\.\n {4}✓ cosign {2}/);
    expect(stdout).toContain(fingerprint);
  });
});

it("says on stderr what a policy hardly means", async () => {
  const doubtful = "{notary: {trustServer: 'https://notary.invalid'}}";
  const { stderr } = await scan(`docker-archive:${join(folder, "app.tar")}`, policy(doubtful));
  expect(stderr).toContain("rootKeyIds");
});

it("loads nothing that verifies or contacts when no signature is asked for", () => {
  const log = `import { registerHooks } from "node:module";
registerHooks({ load: (url, context, next) => (process.stderr.write("LOAD " + url + "\\n"), next(url, context)) });`;
  const main = fileURLToPath(new URL("main.ts", import.meta.url));
  const location = `oci:${join(folder, "images")}:unsigned`;
  const { status, stderr } = spawnSync(
    process.execPath,
    [
      ...["--import", `data:text/javascript,${encodeURIComponent(log)}`, main, "scan", location, "--as", NAME],
      ...["--db", join(folder, "advisories.sqlite"), "--policy", policy(undefined)],
    ],
    { encoding: "utf8", cwd: folder },
  );
  const loaded = stderr.split("\n").filter((line) => line.startsWith("LOAD "));
  expect(status).toBe(0);
  expect(loaded.filter((line) => line.includes("/scan-and-judge.ts"))).toHaveLength(1);
  const heavy = /adapters\/(?:trust-sources|http)\/|domain\/(?:cosign|notation|notary|simple-signing)\/|collect-trust/;
  expect(loaded.filter((line) => heavy.test(line))).toEqual([]);
});
