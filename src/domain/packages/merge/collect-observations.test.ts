// SPDX-License-Identifier: Apache-2.0
import { expect, it } from "vitest";
import { digestOf, LIMITS } from "#base";
import type { Observation } from "../inventory.ts";
import type { LayerAnalysis, LayerFile } from "./layer-analysis.ts";
import { mergeLayers } from "./merge-layers.ts";

const KEY: Observation = {
  kind: "secret",
  rule: "private-key",
  severity: "high",
  title: "key",
  line: 1,
  excerpt: "-----",
};
const MODE: Observation = { kind: "configuration", rule: "setuid", severity: "low", title: "setuid" };

function layersOf(
  ...parts: readonly { readonly files?: readonly LayerFile[]; readonly whiteouts?: readonly string[] }[]
): readonly LayerAnalysis[] {
  return parts.map(({ files = [], whiteouts = [] }, layerIndex) => ({
    layer: digestOf(`layer ${layerIndex}`),
    layerIndex,
    files,
    whiteouts,
    opaqueFolders: [],
    problems: [],
    nonFolders: new Set(files.map(({ path }) => path)),
  }));
}

function file(path: string, ...observations: readonly Observation[]): LayerFile {
  return { path, analyzer: "secret", result: { packages: [], problems: [], observations } };
}

/** `rule path@layer`, with an asterisk when hidden. */
function summary(layers: readonly LayerAnalysis[]): readonly string[] {
  return (mergeLayers(layers).observations ?? []).map(
    ({ rule, evidence, isHidden }) =>
      `${rule} ${evidence?.path}@${evidence?.layerIndex}${isHidden === true ? "*" : ""}`,
  );
}

it.each([
  { name: "none", layers: layersOf({}), want: [] },
  { name: "one", layers: layersOf({ files: [file("a", KEY)] }), want: ["private-key a@0"] },
  {
    name: "a secret that a layer above deletes",
    layers: layersOf({ files: [file("a", KEY)] }, { whiteouts: ["a"] }),
    want: ["private-key a@0*"],
  },
  {
    name: "a secret that a layer above replaces with something else",
    layers: layersOf({ files: [file("a", KEY)] }, { files: [file("a")] }),
    want: ["private-key a@0*"],
  },
  {
    name: "the same secret in the file that replaces it is told once",
    layers: layersOf({ files: [file("a", KEY)] }, { files: [file("a", KEY)] }),
    want: ["private-key a@1"],
  },
  {
    name: "another secret in the file that replaces it",
    layers: layersOf({ files: [file("a", KEY)] }, { files: [file("a", { ...KEY, excerpt: "other" })] }),
    want: ["private-key a@0*", "private-key a@1"],
  },
  {
    name: "a mode that is hidden does nothing",
    layers: layersOf({ files: [file("a", MODE)] }, { whiteouts: ["a"] }),
    want: [],
  },
  {
    name: "sorted by kind, rule, path and line",
    layers: layersOf({
      files: [file("b", { ...KEY, line: 10 }, { ...KEY, line: 9 }), file("a", KEY, MODE)],
    }),
    want: ["setuid a@0", "private-key a@0", "private-key b@0", "private-key b@0"],
  },
])("observations: $name", ({ layers, want }) => {
  expect(summary(layers)).toEqual(want);
});

it("those of the configuration come along, without evidence", () => {
  const ofImage = { ...MODE, rule: "root-user", historyIndex: 2 };
  expect(mergeLayers(layersOf({ files: [file("a", MODE)] }), { observations: [ofImage] }).observations).toMatchObject([
    { rule: "root-user", historyIndex: 2 },
    { rule: "setuid", evidence: { path: "a", analyzer: "secret" } },
  ]);
});

it("there are no more than the limit, and a problem says so", () => {
  const many = Array.from({ length: 30 }, (_, line) => ({ ...KEY, line }));
  const inventory = mergeLayers(layersOf({ files: [file("a", ...many)] }), {
    limits: { ...LIMITS, maxObservations: 10 },
  });
  expect(inventory.observations).toHaveLength(10);
  expect(inventory).toMatchObject({ status: "partial", problems: [{ code: "LIMIT_EXCEEDED" }] });
});
