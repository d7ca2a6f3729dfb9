// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "vitest";
import { LIMITS } from "#base";
import type { ImageConfig } from "#oci";
import type { Analyzer, AnalyzerResult, FileFacts } from "#packages";
import { scanImage } from "#scanner";
import { buildImage, type TarEntry } from "../../../test/support/image-builder.ts";
import { memoryImageSource } from "../../../test/support/memory-image-source.ts";

const NOTHING: AnalyzerResult = { packages: [], problems: [] };

function analyzer(part: Partial<Analyzer>): Analyzer {
  return { name: "test", version: "1", fixedPaths: [], wants: () => false, analyze: () => NOTHING, ...part };
}

async function scan(
  entries: readonly TarEntry[],
  analyzers: readonly Analyzer[],
  options: Parameters<typeof scanImage>[1] = {},
): Promise<NonNullable<Awaited<ReturnType<typeof scanImage>>[0]>["inventory"]> {
  const [scanned] = await scanImage(memoryImageSource(buildImage([{ entries }])), {
    analyzers,
    scanners: [],
    ...options,
  });
  if (scanned === undefined) {
    throw new Error("nothing was scanned");
  }
  return scanned.inventory;
}

describe("what analyzers get to see", () => {
  it("size, mode and owner with the path, and what they accept by its first bytes", async () => {
    const asked: Record<string, FileFacts | undefined> = {};
    const heads: Record<string, number> = {};
    const read: string[] = [];
    await scan(
      [
        { path: "bin/program", content: `\u007fELF${"x".repeat(1_000)}`, mode: 0o4755 },
        { path: "bin/script", content: "#!/bin/sh\n", mode: 0o755 },
        { path: "readme", content: "text" },
        { path: "bin/link", type: "2", link: "program" },
      ],
      [
        analyzer({
          wants(path, facts) {
            asked[path] = facts && { size: facts.size, mode: facts.mode, uid: facts.uid };
            return facts !== undefined && (facts.mode & 0o111) !== 0 && "sniff";
          },
          accepts(path, head) {
            heads[path] = head.length;
            return Buffer.from(head).includes("ELF");
          },
          analyze(file) {
            read.push(`${file.path} ${file.bytes.length}`);
            return NOTHING;
          },
        }),
      ],
    );
    expect(asked).toMatchObject({
      "bin/program": { size: 1_004, mode: 0o4755, uid: 0 },
      readme: { size: 4, mode: 0o644, uid: 0 },
    });
    expect({ heads, read }).toEqual({ heads: { "bin/program": 512, "bin/script": 10 }, read: ["bin/program 1004"] });
  });

  it("one that knows the name and one that sniffs may want the same file", async () => {
    const read: string[] = [];
    const named = (name: string, part: Partial<Analyzer>): Analyzer =>
      analyzer({ name, ...part, analyze: ({ path }) => (read.push(`${name} ${path}`), NOTHING) });
    await scan(
      [
        { path: "a", content: "yes" },
        { path: "b", content: "no" },
      ],
      [
        named("sniffs", { wants: () => "sniff", accepts: (_, head) => head[0] === 0x79 }),
        named("knows", { wants: () => true }),
        named("sniffs and never accepts", { wants: () => "sniff" }),
      ],
    );
    expect(read.toSorted()).toEqual(["knows a", "knows b", "sniffs a"]);
  });

  it("whether owners of a path matter to any of them", async () => {
    const answers: unknown[] = [];
    await scan(
      [{ path: "db", content: "x" }],
      [
        analyzer({ ownsMatter: (path) => path.endsWith(".jar") }),
        analyzer({
          wants: (path) => path === "db",
          analyze: (_, context) => {
            answers.push(context?.isOfInterest("a.jar"), context?.isOfInterest("a.txt"));
            return NOTHING;
          },
        }),
      ],
    );
    expect(answers).toEqual([true, false]);
  });

  it.each([
    { name: "analyze", part: { wants: () => true, analyze: fail } },
    { name: "accepts", part: { wants: () => "sniff" as const, accepts: fail } },
    { name: "wants", part: { wants: fail } },
    { name: "inspect", part: { inspect: fail } },
  ])("one whose $name fails does not end the scan", async ({ part }) => {
    const found: Analyzer = analyzer({
      name: "works",
      wants: () => true,
      analyze: () => ({ packages: [{ type: "npm", name: "a", version: "1" }], problems: [] }),
    });
    const { status, packages, problems } = await scan([{ path: "x", content: "x" }], [analyzer(part), found]);
    expect({ status, packages: packages.length }).toEqual({ status: "partial", packages: 1 });
    expect(problems[0]?.message).toBe("analyzer test failed: a bug");
  });

  it("files larger than the limit are a problem only when somebody wants them", async () => {
    const limits = { ...(await import("#base")).LIMITS, maxAnalyzedFileBytes: 600 };
    const sniffing = analyzer({ wants: () => "sniff", accepts: (path) => path === "wanted" });
    const large = "x".repeat(700);
    const { problems } = await scan(
      [
        { path: "unwanted", content: large },
        { path: "wanted", content: large },
      ],
      [sniffing],
      { limits },
    );
    expect(problems.map(({ code, path }) => `${code} ${path ?? ""}`)).toEqual(["FILE_TOO_LARGE wanted"]);
  });
});

describe("what is noticed without reading a file", () => {
  const setuid = analyzer({
    inspect: (_, { mode }) =>
      (mode & 0o4000) === 0 ? [] : [{ kind: "configuration", rule: "SETUID", severity: "low", title: "setuid" }],
  });

  it("is in the inventory with its place, once for each file", async () => {
    const { observations, status } = await scan(
      [
        { path: "bin/su", mode: 0o4755 },
        { path: "bin/sh", mode: 0o755 },
        { path: "bin/d/", type: "5", mode: 0o4755 },
        { path: "bin/twice", mode: 0o4755 },
        { path: "bin/twice", mode: 0o755 },
      ],
      [setuid],
    );
    expect(status).toBe("complete");
    expect(observations?.map(({ rule, evidence }) => `${rule} ${evidence?.path ?? ""}`)).toEqual(["SETUID bin/su"]);
  });

  it("is limited, and the inventory says so", async () => {
    const limits = { ...(await import("#base")).LIMITS, maxObservations: 3 };
    const entries = Array.from({ length: 9 }, (_, index) => ({ path: `f${index}`, mode: 0o4755 }));
    const { observations, problems } = await scan(entries, [setuid], { limits });
    expect(observations).toHaveLength(3);
    expect(problems.map(({ code }) => code)).toEqual(["LIMIT_EXCEEDED"]);
  });

  it("the configuration of an image may be looked at too", async () => {
    const seen: ImageConfig[] = [];
    const { observations } = await scan([], [], {
      inspectConfig(config) {
        seen.push(config);
        return [{ kind: "configuration", rule: "HC001", severity: "low", title: "no user" }];
      },
    });
    expect(seen[0]?.history).toHaveLength(1);
    expect(observations).toMatchObject([{ rule: "HC001" }]);
  });
});

function fail(): never {
  throw new Error("a bug");
}

describe("many files that each tell much", () => {
  const telling = analyzer({
    wants: () => true,
    analyze: ({ path }) => ({
      packages: Array.from({ length: 40 }, (_, index) => ({ type: "npm", name: `${path}-${index}`, version: "1.0.0" })),
      problems: [],
    }),
  });

  it("are cut off in one layer, and it is said", async () => {
    const entries = Array.from({ length: 10 }, (_, index) => ({ path: `f${index}`, content: "x" }));
    const inventory = await scan(entries, [telling], { limits: { ...LIMITS, maxPackages: 100 } });
    expect([inventory.status, inventory.packages.length]).toEqual(["partial", 100]);
    expect(inventory.problems).toContainEqual(
      expect.objectContaining({ code: "LIMIT_EXCEEDED", message: "files of the layer tell more than 100 things" }),
    );
  });

  it("are cut off in an image of many layers, and it is said", async () => {
    const layers = Array.from({ length: 10 }, (_, index) => ({ entries: [{ path: `f${index}`, content: "x" }] }));
    const [scanned] = await scanImage(memoryImageSource(buildImage(layers)), {
      analyzers: [telling],
      scanners: [],
      limits: { ...LIMITS, maxPackages: 100 },
    });
    expect(scanned?.inventory.status).toBe("partial");
    expect(scanned?.inventory.problems).toContainEqual(
      expect.objectContaining({ code: "LIMIT_EXCEEDED", message: "files tell more than 100 things" }),
    );
  });
});
