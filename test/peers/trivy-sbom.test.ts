// SPDX-License-Identifier: Apache-2.0
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { Package } from "#packages";
import { parseSbom } from "#sbom";
import { findTrivy } from "../../bench/trivy.ts";
import { buildImage, writeOciLayout } from "../support/image-builder.ts";
import { runTool } from "../support/run-tool.ts";

const folder = mkdtempSync(join(tmpdir(), "haechi-trivy-sbom-"));
afterAll(() => rmSync(folder, { recursive: true }));

const STATUS = `Package: libssl3
Source: openssl (3.0.11-1~deb12u1)
Status: install ok installed
Architecture: amd64
Maintainer: Debian <a@b>
Version: 3.0.11-1~deb12u1+b1
Description: a

`;

beforeAll(() => {
  writeOciLayout(join(folder, "image"), {
    app: buildImage([
      {
        entries: [
          { path: "etc/os-release", content: 'ID=debian\nVERSION_ID="12"\nPRETTY_NAME="Debian GNU/Linux 12"\n' },
          { path: "etc/debian_version", content: "12.5\n" },
          { path: "var/lib/dpkg/status", content: STATUS },
        ],
      },
      {
        entries: [{ path: "srv/node_modules/@s/right/package.json", content: '{"name":"@s/right","version":"1.0.0"}' }],
      },
    ]),
  });
});

function brief({ type, name, version, source }: Package): object {
  return { type, name, version, ...(source === undefined ? {} : { source }) };
}

it.each([{ format: "cyclonedx" }, { format: "spdx-json" }, { format: "spdx" }])(
  "the $format of Trivy says which packages an image has, of which sources and distribution",
  async ({ format }) => {
    const output = join(folder, format);
    const argv = ["image", "--input", join(folder, "image"), "--format", format, "--output", output, "--quiet"];
    const offline = ["--offline-scan", "--cache-dir", join(folder, "cache")];
    const { code, stderr } = await runTool(await findTrivy(), [...argv, ...offline]);
    expect([code, stderr]).toEqual([0, ""]);
    const [image] = parseSbom(readFileSync(output)).images;
    expect(image?.inventory).toMatchObject({ status: "complete", distribution: { id: "debian" }, problems: [] });
    expect(image?.inventory.distribution?.versionId).toMatch(/^12/);
    expect(image?.inventory.packages.map(brief)).toEqual([
      {
        type: "deb",
        name: "libssl3",
        version: "3.0.11-1~deb12u1+b1",
        source: { name: "openssl", version: "3.0.11-1~deb12u1" },
      },
      { type: "npm", name: "@s/right", version: "1.0.0" },
    ]);
  },
);
