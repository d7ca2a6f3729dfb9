// SPDX-License-Identifier: Apache-2.0
import { setImmediate as afterAllReady } from "node:timers/promises";
import { expect, it } from "vitest";
import type { Upload } from "#blob-store";
import { OpenUploads } from "./open-uploads.ts";

const repository = "team/app";
const limits = { maxOpenUploads: 10, maxOpenUploadsPerRepository: 4 };

interface World {
  /** What lies on the disk that processes share. */
  readonly disk: Map<string, number>;
  readonly uploads: OpenUploads;
  now: number;
  /** What looking at the disk takes, and how often it was done. */
  lookMs: number;
  looks: number;
  /** The disk answers as soon as it does. */
  held: Promise<void>;
}

function createWorld(): World {
  const disk = new Map<string, number>();
  async function* list(isKnown: (id: string) => boolean): AsyncGenerator<Upload> {
    world.looks += 1;
    await world.held;
    world.now += world.lookMs;
    for (const [id, receivedBytes] of disk) {
      if (!isKnown(id)) {
        yield await Promise.resolve({ id, repository, receivedBytes });
      }
    }
  }
  const world: World = {
    disk,
    now: 0,
    lookMs: 0,
    looks: 0,
    held: Promise.resolve(),
    uploads: new OpenUploads(list, { limits, now: () => world.now }),
  };
  return world;
}

/** Asks, and waits for the look that began, if one did. */
async function look({ uploads }: World): Promise<void> {
  await uploads.ready();
  await afterAllReady();
}

it("what another process receives counts, a moment later, as long as it is there", async () => {
  const world = createWorld();
  const { uploads, disk } = world;
  disk.set("theirs", 10);
  uploads.begin({ id: "own", repository });
  uploads.note({ id: "own", repository }, 5);
  expect(uploads.sumUnder("team")).toBe(5);
  await uploads.ready();
  expect(uploads.sumUnder("team")).toBe(15);
  disk.set("theirs", 30);
  await look(world);
  expect(uploads.sumUnder("team")).toBe(15);
  world.now += 1_000;
  await look(world);
  expect(uploads.sumUnder("team")).toBe(35);
  disk.delete("theirs");
  world.now += 1_000;
  await look(world);
  expect(uploads.sumUnder("team")).toBe(5);
});

it("one of ours that went on elsewhere is as the disk has it, and gone when it was finished there", async () => {
  const world = createWorld();
  const { uploads, disk } = world;
  uploads.begin({ id: "moved", repository });
  uploads.note({ id: "moved", repository }, 5);
  disk.set("moved", 50);
  world.now += 6_000;
  await look(world);
  expect(uploads.bytesOf("moved")).toBe(50);
  disk.delete("moved");
  world.now += 6_000;
  await look(world);
  expect(uploads.sumUnder("")).toBe(0);
  expect(uploads.ids).toEqual([]);
});

it("looks take a tenth of the time at most, however long one takes", async () => {
  const world = createWorld();
  world.lookMs = 5_000;
  await look(world);
  const asked: number[] = [];
  for (const end = world.now + 170_000; world.now < end; world.now += 500) {
    const before = { looks: world.looks, now: world.now };
    await look(world);
    if (world.looks > before.looks) {
      asked.push(before.now);
    }
  }
  expect(asked).toEqual([55_000, 110_000, 165_000]);
});

it("nobody waits for a look but for the first one, and after a long silence; there is one at a time", async () => {
  const world = createWorld();
  const { uploads, disk } = world;
  disk.set("theirs", 10);
  let answer = (): void => undefined;
  const hold = (): void => {
    world.held = new Promise((resolve) => {
      answer = resolve;
    });
  };
  /** Whether it was ready before the disk answered. */
  async function isReadyAtOnce(): Promise<boolean> {
    let isReady = false;
    const asking = Promise.all([uploads.ready(), uploads.ready()]).then(() => {
      isReady = true;
    });
    await afterAllReady();
    const before = isReady;
    answer();
    await asking;
    await afterAllReady();
    return before;
  }
  hold();
  expect(await isReadyAtOnce()).toBe(false);
  expect([uploads.sumUnder("team"), world.looks]).toEqual([10, 1]);
  for (const [laterMs, isAtOnce, looks] of [
    [999, true, 1],
    [1, true, 2],
    [29_999, true, 3],
    [30_000, false, 4],
  ] as const) {
    hold();
    world.now += laterMs;
    expect([await isReadyAtOnce(), world.looks]).toEqual([isAtOnce, looks]);
  }
});

it("slow looks that go on and on are never waited for again", async () => {
  const world = createWorld();
  world.lookMs = 20_000;
  await look(world);
  world.held = new Promise(() => undefined);
  world.now += 200_000;
  await world.uploads.ready();
  expect(world.looks).toBe(2);
});

it("a disk that does not answer is an error for who waits for it, and asked again", async () => {
  const world = createWorld();
  world.disk.set("theirs", 10);
  world.held = Promise.reject(new Error("no disk"));
  await expect(world.uploads.ready()).rejects.toThrow("no disk");
  world.held = Promise.resolve();
  await world.uploads.ready();
  world.held = Promise.reject(new Error("no disk"));
  world.now += 1_000;
  await look(world);
  expect(world.uploads.sumUnder("team")).toBe(10);
  world.now += 60_000;
  await expect(world.uploads.ready()).rejects.toThrow("no disk");
});

it("what is finished while the disk is read does not count until the next look", async () => {
  const world = createWorld();
  const { uploads, disk } = world;
  uploads.begin({ id: "own", repository });
  uploads.note({ id: "own", repository }, 5);
  disk.set("own", 5);
  world.now += 6_000;
  // read before it was finished, told after
  disk.delete = (id) => {
    uploads.forget(id);
    return true;
  };
  world.held = Promise.resolve().then(() => void disk.delete("own"));
  await uploads.ready();
  expect(uploads.sumUnder("")).toBe(0);
});

it("a repository has so many open uploads and no more, of all processes, until some are gone", async () => {
  const world = createWorld();
  const { uploads, disk } = world;
  disk.set("theirs 1", 0).set("theirs 2", 0);
  await look(world);
  await begin(world, "own 1");
  await begin(world, "own 2");
  await expect(uploads.reserve(repository)).rejects.toMatchObject({
    code: "TOOMANYREQUESTS",
    headers: { "retry-after": expect.stringMatching(/^[1-9]\d*$/) },
    text: { id: "registryStorage.uploads.repositoryFull", params: { repository, limit: 4 } },
  });
  await begin(world, "elsewhere", "team/other");

  uploads.forget("own 1");
  await begin(world, "own 3");
  await expect(uploads.reserve(repository)).rejects.toMatchObject({ code: "TOOMANYREQUESTS" });
  // pruned by another process: who would be refused asks the disk again, as often as it may be asked
  disk.delete("theirs 1");
  await expect(uploads.reserve(repository)).rejects.toMatchObject({ code: "TOOMANYREQUESTS" });
  world.now += 1_000;
  await begin(world, "own 4");
});

it("those that begin at once do not pass together where each fits alone", async () => {
  const { uploads } = createWorld();
  const asked = await Promise.allSettled(Array.from({ length: 9 }, () => uploads.reserve(repository)));
  const places = asked.flatMap((each) => (each.status === "fulfilled" ? [each.value] : []));
  expect(places.length).toBe(4);
  // one that failed leaves its place
  places[0]?.[Symbol.dispose]();
  places[0]?.[Symbol.dispose]();
  await uploads.reserve(repository);
  await expect(uploads.reserve(repository)).rejects.toMatchObject({ code: "TOOMANYREQUESTS" });
});

it("a registry that is full refuses those who fill it, and not the others", async () => {
  const world = createWorld();
  for (let index = 0; index < 10; index += 1) {
    await begin(world, `greedy ${index}`, `greedy/app${index % 5}`);
  }
  await expect(world.uploads.reserve("greedy/another")).rejects.toMatchObject({
    code: "TOOMANYREQUESTS",
    text: { id: "registryStorage.uploads.registryFull", params: { owner: "greedy", limit: 10 } },
  });
  await begin(world, "modest", "modest/app");
  await begin(world, "single", "single");
  world.uploads.forget("greedy 0");
  await expect(world.uploads.reserve("greedy/another")).rejects.toMatchObject({ code: "TOOMANYREQUESTS" });
  for (const id of ["greedy 1", "greedy 2"]) {
    world.uploads.forget(id);
  }
  await begin(world, "greedy again", "greedy/another");
});

/** As a push does. */
async function begin({ uploads }: World, id: string, into: string = repository): Promise<void> {
  using _place = await uploads.reserve(into);
  uploads.begin({ id, repository: into });
}
