// SPDX-License-Identifier: Apache-2.0
import { mkdir, mkdtemp, rename, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { ServingCertificate } from "./ensure-serving-certificate.ts";
import { issueAuthority, issueServing } from "./issue-certificate.ts";
import { type CertificateFiles, readAuthorityFile, readCertificateFiles } from "./read-certificate-files.ts";
import { watchByReading } from "./watch-by-reading.ts";

const NOW = new Date("2026-07-01T00:00:00Z");
let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "haechi-tls-"));
});
afterEach(() => rm(folder, { recursive: true }));

/** Files as the kubelet mounts a Secret: links through a link to a folder, which is swapped as a whole. */
async function mount(version: string, now = NOW): Promise<CertificateFiles & { readonly serving: string }> {
  const authority = await issueAuthority("CA", now);
  const serving = await issueServing(authority, ["gate.example"], now);
  const data = join(folder, version);
  await mkdir(data);
  await writeFile(join(data, "tls.crt"), serving.certPem);
  await writeFile(join(data, "tls.key"), serving.keyPem);
  await writeFile(join(data, "ca.crt"), authority.certPem);
  await symlink(version, join(folder, "..data_tmp"));
  await rename(join(folder, "..data_tmp"), join(folder, "..data"));
  const files = { certificate: "tls.crt", key: "tls.key", authority: "ca.crt" };
  const paths = Object.entries(files).map(async ([name, file]) => {
    await symlink(join("..data", file), join(folder, file)).catch(() => undefined);
    return [name, join(folder, file)];
  });
  return { ...(Object.fromEntries(await Promise.all(paths)) as CertificateFiles), serving: serving.certPem };
}

const NOTHING = { get: "" };

describe("files are refused", () => {
  it.each([
    { name: "when one is missing", file: "tls.key", content: undefined },
    { name: "when one is empty", file: "tls.crt", content: "" },
    { name: "when one is half written", file: "tls.crt", content: "-----BEGIN CERTIFICATE-----\nMIIB" },
    { name: "when there is no authority", file: "ca.crt", content: "none" },
    { name: "when one is larger than anybody writes", file: "ca.crt", content: "x".repeat(1024 * 1024 + 1) },
    { name: "when the key is another's", file: "tls.key", content: NOTHING },
  ])("$name", async ({ file, content }) => {
    const files = await mount("1");
    const path = join(folder, "1", file);
    if (content === undefined) {
      await rm(path);
    } else if (typeof content === "string") {
      await writeFile(path, content);
    } else {
      const other = await issueServing(await issueAuthority("CA", NOW), ["gate.example"], NOW);
      await writeFile(path, other.keyPem);
    }
    await expect(readCertificateFiles(files, NOW)).rejects.toMatchObject({ code: "TLS_FILES_INVALID" });
  });

  it("when the certificate is past its end", async () => {
    const files = await mount("1");
    const late = new Date("2027-07-02T00:00:00Z");
    await expect(readCertificateFiles(files, late)).rejects.toMatchObject({ code: "TLS_FILES_INVALID" });
  });
});

it("of authorities only those are taken that are good now", async () => {
  const old = await issueAuthority("Old", new Date("2010-01-01T00:00:00Z"));
  const good = await issueAuthority("Good", NOW);
  const path = join(folder, "ca.crt");
  await writeFile(path, `old\n${old.certPem}\nnew\n${good.certPem}`);
  const pem = await readAuthorityFile(path, NOW);
  expect(pem.replaceAll(/\s/g, "")).toBe(good.certPem.replaceAll(/\s/g, ""));
  await writeFile(path, old.certPem);
  await expect(readAuthorityFile(path, NOW)).rejects.toMatchObject({ code: "TLS_FILES_INVALID" });
});

describe("watched files", () => {
  async function watch(files: CertificateFiles) {
    const changes: string[] = [];
    const problems: unknown[] = [];
    const watched = await watchByReading<ServingCertificate>({
      read: () => readCertificateFiles(files, NOW),
      isEqual: (a, b) => a.certPem === b.certPem,
      onChange: (next) => void changes.push(next.certPem),
      onProblem: (error) => void problems.push(error),
      everyMs: 3_600_000,
    });
    return { watched, changes, problems };
  }

  it("that are broken leave the certificate as it is, which is said once, and count when they are good again", async () => {
    const files = await mount("1");
    const { watched, changes, problems } = await watch(files);
    using _ = watched;
    await writeFile(join(folder, "1", "tls.key"), "half");
    await watched.check();
    await watched.check();
    expect([watched.current().certPem, changes, problems.length]).toEqual([files.serving, [], 1]);
    const next = await mount("2");
    await watched.check();
    expect([watched.current().certPem, changes]).toEqual([next.serving, [next.serving]]);
  });

  it("that are the same change nothing", async () => {
    const { watched, changes } = await watch(await mount("1"));
    using _ = watched;
    await watched.check();
    expect(changes).toEqual([]);
  });

  it("that cannot be read at first are an error", async () => {
    const missing = join(folder, "missing");
    await expect(watch({ certificate: missing, key: missing, authority: missing })).rejects.toMatchObject({
      code: "TLS_FILES_INVALID",
    });
  });
});
