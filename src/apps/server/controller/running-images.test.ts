// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "vitest";
import { digestOf } from "#base";
import type { RunningImage, RunningVerdict } from "#database";
import { type RunningGroup, runningImageKey } from "./aggregate-pods.ts";
import { DirtyImages } from "./dirty-images.ts";
import { rejudge } from "./rejudge.ts";
import { type JudgedChange, RunningImages } from "./running-images.ts";

const NOW = new Date("2026-11-22T10:00:00Z");
const LATER = new Date("2026-11-22T11:00:00Z");
const DENY: RunningVerdict = {
  outcome: "deny",
  mode: "enforce",
  reasons: [{ code: "NO_POLICY", effect: "deny", params: {} }],
};
const ALLOW: RunningVerdict = { outcome: "allow", mode: "enforce", reasons: [] };
const UNDECIDED: RunningVerdict = { outcome: "undecided", mode: "enforce", reasons: [] };

function group(name = "web", changes: Partial<RunningGroup> = {}): RunningGroup {
  return {
    namespace: "shop",
    owner: { apiVersion: "apps/v1", kind: "Deployment", name, uid: `uid-${name}` },
    reference: `${name}:1`,
    digest: digestOf(name),
    containers: [name],
    podCount: 1,
    pods: [],
    standing: "admitted",
    ...changes,
  };
}

function observed(...groups: readonly RunningGroup[]): RunningImages {
  const running = new RunningImages([]);
  running.observe(new Map(groups.map((each) => [runningImageKey(each), each])), NOW);
  return running;
}

const KEY = runningImageKey(group());

/** Judges one after the other; gives what was announced. */
function announcements(
  verdicts: readonly RunningVerdict[],
  running = observed(group()),
): readonly (string | undefined)[] {
  return verdicts.map((verdict) => {
    const change = running.judged(KEY, verdict, NOW) as JudgedChange;
    running.keep(KEY, change);
    return change.announcement;
  });
}

describe("what a workload is told", () => {
  it.each([
    { name: "what was always allowed is told to nobody", verdicts: [ALLOW, ALLOW], want: [undefined, undefined] },
    { name: "denied is told once", verdicts: [ALLOW, DENY, DENY], want: [undefined, "deny", undefined] },
    { name: "denied at first sight is told", verdicts: [DENY], want: ["deny"] },
    { name: "allowed again is told once", verdicts: [DENY, ALLOW, ALLOW], want: ["deny", "allow", undefined] },
    {
      name: "undecided is told to nobody",
      verdicts: [UNDECIDED, ALLOW, UNDECIDED],
      want: [undefined, undefined, undefined],
    },
    {
      name: "undecided in between changes nothing",
      verdicts: [DENY, UNDECIDED, DENY],
      want: ["deny", undefined, undefined],
    },
    {
      name: "and does not hide that it is over",
      verdicts: [DENY, UNDECIDED, ALLOW],
      want: ["deny", undefined, "allow"],
    },
    { name: "an audit tells nobody", verdicts: [ALLOW, { ...DENY, mode: "audit" }], want: [undefined, undefined] },
    { name: "a warning tells", verdicts: [ALLOW, { ...DENY, mode: "warn" }], want: [undefined, "deny"] },
  ] as const)("$name", ({ verdicts, want }) => {
    expect(announcements(verdicts)).toEqual(want);
  });

  it("is known to the next leader", () => {
    const first = observed(group());
    announcements([DENY], first);
    expect(announcements([DENY], new RunningImages([...first.values()]))).toEqual([undefined]);
  });
});

describe("what runs", () => {
  it("new, changed and gone rows are to be stored, and nothing else", () => {
    const running = observed(group("web"), group("api"));
    const groups = new Map([group("web", { podCount: 2 }), group("new")].map((each) => [runningImageKey(each), each]));
    const { changed, added } = running.observe(groups, LATER);
    expect(added).toEqual([runningImageKey(group("new"))]);
    expect(changed.map(({ owner, podCount, goneAt }) => [owner.name, podCount, goneAt])).toEqual([
      ["web", 2, undefined],
      ["new", 1, undefined],
      ["api", 0, LATER.toISOString()],
    ]);
    expect(running.observe(groups, LATER)).toEqual({ changed: [], added: [] });
  });

  it("the outcome has its time, which another reason does not change", () => {
    const running = observed(group());
    announcements([DENY], running);
    const change = running.judged(KEY, { ...DENY, reasons: [] }, LATER);
    expect(change).toMatchObject({
      isChanged: true,
      image: { judgedAt: LATER.toISOString(), changedAt: NOW.toISOString() },
    });
    expect(running.judged(KEY, DENY, LATER)).toMatchObject({ isChanged: false });
    expect(running.judged("unknown", DENY, LATER)).toBeUndefined();
  });
});

describe("judging again", () => {
  function options(
    running: RunningImages,
    dirty: DirtyImages,
    judge: (image: RunningImage) => Promise<RunningVerdict>,
  ) {
    const saved: string[] = [];
    const log: string[] = [];
    return {
      saved,
      log,
      options: {
        running,
        dirty,
        judge,
        announce: ({ announcement }: JudgedChange, before: RunningImage) => {
          log.push(`announce ${before.owner.name} ${announcement}`);
          return before.owner.name === "unreachable" ? Promise.reject(new Error("no API server")) : Promise.resolve();
        },
        save: (images: readonly RunningImage[]) => {
          saved.push(...images.map(({ owner, verdict }) => `${owner.name} ${verdict?.outcome}`));
          return Promise.resolve();
        },
        now: () => NOW,
        log: { warn: () => log.push("warned") },
      },
    };
  }

  it("an Event that cannot be written does not keep the verdict from being stored", async () => {
    const running = observed(group("web"), group("unreachable"));
    const dirty = new DirtyImages();
    dirty.add([...running.entries()].map(([key]) => key));
    const { saved, log, options: given } = options(running, dirty, () => Promise.resolve(DENY));
    expect(await rejudge(given, new AbortController().signal)).toEqual({ judged: 2, changed: 2 });
    expect(saved.toSorted()).toEqual(["unreachable deny", "web deny"]);
    expect(log.toSorted()).toEqual(["announce unreachable deny", "announce web deny", "warned"]);
    dirty.add([...running.entries()].map(([key]) => key));
    expect(await rejudge(given, new AbortController().signal)).toEqual({ judged: 2, changed: 0 });
    expect(log).toHaveLength(3);
  });

  it("what could not be judged is asked again", async () => {
    const running = observed(group("web"));
    const dirty = new DirtyImages();
    dirty.add([KEY]);
    const { options: given } = options(running, dirty, () => Promise.reject(new Error("no database")));
    await expect(rejudge(given, new AbortController().signal)).rejects.toThrow("no database");
    expect(dirty.size).toBe(1);
  });

  it("nothing is judged after the stop", async () => {
    const dirty = new DirtyImages();
    dirty.add([KEY]);
    const { options: given } = options(observed(group()), dirty, () => Promise.reject(new Error("asked")));
    expect(await rejudge(given, AbortSignal.abort())).toEqual({ judged: 0, changed: 0 });
  });
});

describe("what a changed scan makes dirty", () => {
  it("the image itself, an index above it, and what nobody knows better", async () => {
    const [child, stranger] = [digestOf("child"), digestOf("stranger")];
    const running = observed(group("index"), group("single"), group("foreign"), {
      ...group("unknown"),
      digest: digestOf("u"),
    });
    const dirty = new DirtyImages();
    for (const image of running.values()) {
      const below = { index: [child], single: [] }[image.owner.name];
      await dirty.learn(image, () => Promise.resolve(below));
    }
    dirty.addByDigest(child, running.entries());
    const names = dirty.take(10).map((key) => running.find(key)?.owner.name);
    expect(names).toEqual(["index", "foreign", "unknown"]);
    dirty.addByDigest(digestOf("single"), running.entries());
    expect(dirty.take(10).map((key) => running.find(key)?.owner.name)).toContain("single");
    dirty.addByDigest(stranger, running.entries());
    expect(dirty.take(10)).toHaveLength(2);
    expect(dirty.size).toBe(0);
  });
});
