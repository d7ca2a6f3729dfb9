// SPDX-License-Identifier: Apache-2.0
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Digest } from "#base";
import { buildImage, type TestImage, writeOciLayout } from "../image-builder.ts";
import { runTool } from "../run-tool.ts";
import { tool } from "../tools.ts";

const OS_RELEASE = 'ID=debian\nVERSION_ID="12"\nPRETTY_NAME="Debian GNU/Linux 12"\n';
const PACKAGES = "Package: base-files\nStatus: install ok installed\nArchitecture: amd64\nVersion: 12.4+deb12u12\n\n";

/** A tiny Debian image without known vulnerabilities; each name gives another digest. */
export function goodImage(name: string, config: Record<string, unknown> = {}): TestImage {
  return buildImage([debianLayer(name)], config);
}

/** The same with a lodash that has known vulnerabilities with a fix (CVE-2020-8203 and others). */
export function vulnerableImage(name: string): TestImage {
  const manifest = JSON.stringify({ name: "lodash", version: "4.17.15" });
  return buildImage([
    debianLayer(name),
    { entries: [{ path: "srv/app/node_modules/lodash/package.json", content: manifest }] },
  ]);
}

function debianLayer(name: string): {
  readonly entries: readonly { readonly path: string; readonly content: string }[];
} {
  return {
    entries: [
      { path: "etc/os-release", content: OS_RELEASE },
      { path: "var/lib/dpkg/status", content: PACKAGES },
      { path: "srv/name", content: name },
    ],
  };
}

/** Pushes an image with skopeo, byte by byte as it is, to `HOST/REPOSITORY:TAG`, and gives its digest. */
export async function pushImage(image: TestImage, destination: string, credentials?: string): Promise<Digest> {
  const folder = await mkdtemp(join(tmpdir(), "haechi-push-"));
  try {
    writeOciLayout(folder, { latest: image });
    const result = await runTool(tool("skopeo"), [
      ...["copy", "--quiet", "--preserve-digests", "--dest-tls-verify=false"],
      ...(credentials === undefined ? [] : ["--dest-creds", credentials]),
      ...[`oci:${folder}:latest`, `docker://${destination}`],
    ]);
    if (result.code !== 0) {
      throw new Error(`push of ${destination} failed: ${result.stderr}`);
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  return image.manifest.digest;
}
