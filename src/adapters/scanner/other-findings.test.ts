// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "vitest";
import { type Scanner, scanImage } from "#scanner";
import { buildImage, type TestLayer } from "../../../test/support/image-builder.ts";
import { memoryImageSource } from "../../../test/support/memory-image-source.ts";

const TOKEN = ["gh", "p_", "Zk3Qw8Rt5Yp2Lm7Nb4Vc9Xs6Df1Gh0Jk3Qw8"].join("");
const CONFIG = { config: { User: "1000", Healthcheck: { Test: ["CMD", "true"] }, Env: [`GH=${TOKEN}`] } };
const FINE = { config: { User: "1000", Healthcheck: { Test: ["CMD", "true"] } } };

async function found(
  layers: readonly TestLayer[],
  {
    config = FINE,
    scanners,
  }: { readonly config?: Record<string, unknown>; readonly scanners?: readonly Scanner[] } = {},
): Promise<readonly string[]> {
  const source = memoryImageSource(buildImage(layers, config));
  const [scanned] = await scanImage(source, scanners === undefined ? {} : { scanners });
  expect(JSON.stringify(scanned)).not.toContain(TOKEN);
  return (scanned?.inventory.observations ?? []).map(
    ({ kind, rule, evidence, isHidden }) =>
      `${kind} ${rule} ${evidence?.path ?? "-"}@${evidence?.layerIndex ?? "-"}${isHidden === true ? " hidden" : ""}`,
  );
}

describe("other findings of a scan", () => {
  it("are none in a fine image", async () => {
    expect(await found([{ entries: [{ path: "app/config.json", content: '{"port": 8080, "name": "app"}' }] }])).toEqual(
      [],
    );
  });

  it("are not looked for unless asked", async () => {
    const layers = [
      {
        entries: [
          { path: "app/.env", content: `T=${TOKEN}\n` },
          { path: "x", content: "x", mode: 0o4755 },
        ],
      },
    ];
    expect(await found(layers, { config: {}, scanners: ["vulnerability"] })).toEqual([]);
    expect(await found(layers, { config: {}, scanners: ["secret"] })).toEqual([
      "secret github-personal-access-token app/.env@0",
    ]);
  });

  it("tell a secret that a layer above deleted or replaced", async () => {
    expect(
      await found([
        {
          entries: [
            { path: "a.txt", content: `T=${TOKEN}\n` },
            { path: "b.txt", content: `T=${TOKEN}\n` },
            { path: "c.txt", content: `T=${TOKEN}\n` },
          ],
        },
        {
          entries: [
            { path: ".wh.a.txt", content: "" },
            { path: "b.txt", content: "nothing is here any more" },
          ],
        },
      ]),
    ).toEqual([
      "secret github-personal-access-token a.txt@0 hidden",
      "secret github-personal-access-token b.txt@0 hidden",
      "secret github-personal-access-token c.txt@0",
    ]);
  });

  it("do not tell what a layer above has put right", async () => {
    const shadow = "root::19000:0:99999:7:::\n";
    const broken = [
      { path: "etc/shadow", content: shadow },
      { path: "opt/x", content: "x", mode: 0o4755 },
    ];
    const mended = [
      { path: "etc/shadow", content: shadow.replace("::", ":*:") },
      { path: "opt/x", content: "x", mode: 0o755 },
    ];
    expect(await found([{ entries: broken }])).toEqual([
      "configuration HC005 opt/x@0",
      "configuration HC030 etc/shadow@0",
    ]);
    expect(await found([{ entries: broken }, { entries: mended }])).toEqual([]);
  });

  it("tell secrets of variables", async () => {
    expect(await found([{ entries: [] }], { config: CONFIG })).toEqual(["secret github-personal-access-token -@-"]);
  });

  it("show no secret that an instruction of the history holds", async () => {
    const config = { ...FINE, history: [{ created_by: `|1 T=${TOKEN} DB_PASSWORD=hunter22 /bin/sh -c make` }] };
    expect(await found([{ entries: [] }], { config })).toEqual(["secret github-personal-access-token -@-"]);
    const [scanned] = await scanImage(memoryImageSource(buildImage([{ entries: [] }], config)), { scanners: [] });
    expect(scanned?.image.layers[0]?.createdBy).toBe("|1 T=ghp_Zk3Q**** DB_PASSWORD=**** /bin/sh -c make");
  });

  it("tell licences with conditions on use, at the package that has them", async () => {
    const path = "app/node_modules/x/package.json";
    const content = JSON.stringify({ name: "x", version: "1.0.0", license: "AGPL-3.0-only" });
    expect(await found([{ entries: [{ path, content }] }])).toEqual([`license license-forbidden ${path}@0`]);
  });
});
