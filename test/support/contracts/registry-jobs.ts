// SPDX-License-Identifier: Apache-2.0
import { expect, it } from "vitest";
import type { NewRegistryJob, RegistryJobKind, ServerEvent } from "#database";
import { eventually } from "../eventually.ts";
import type { TestDatabases } from "../postgres.ts";

const KINDS: readonly RegistryJobKind[] = ["gc", "replicate"];
const GC: NewRegistryJob = { kind: "gc", target: "all", parameters: { a: "\0" }, requestedBy: "kim" };

/** What every implementation of `RegistryJobStore` has to do. */
export function registryJobContract({ open }: TestDatabases): void {
  it("a job is claimed once, the oldest first, and only of the kinds that are asked for", async () => {
    const first = await open();
    const second = await open({ url: first.connectionString });
    const made = [];
    for (const kind of ["import", "gc", "gc", "replicate"] as const) {
      made.push(await first.registryJobs.create({ ...GC, kind }));
    }
    const claims = await Promise.all(
      [first, second, first, second].map(({ registryJobs }) => registryJobs.claim(KINDS)),
    );
    const ids = claims.flatMap((claim) => (claim === undefined ? [] : [claim.id]));
    expect(ids.sort((a, b) => a - b)).toEqual(made.slice(1).map(({ id }) => id));
    expect(claims.find((claim) => claim !== undefined)).toMatchObject({ state: "running", attempts: 1 });
    expect(await first.registryJobs.claim([])).toBeUndefined();
    expect(await first.registryJobs.claim(["import"])).toMatchObject({ kind: "import", parameters: { a: "\0" } });
  });

  it("what needs approval is not claimed before, nor after it was rejected, and is decided once", async () => {
    const { registryJobs } = await open();
    const held = await registryJobs.create({ ...GC, needsApproval: true });
    const refused = await registryJobs.create({ ...GC, needsApproval: true });
    expect(await registryJobs.claim(KINDS)).toBeUndefined();
    expect(await registryJobs.decide(refused.id, { isApproved: false, decidedBy: "lee" })).toBe(true);
    expect(await registryJobs.decide(refused.id, { isApproved: true, decidedBy: "lee" })).toBe(false);
    expect(await registryJobs.claim(KINDS)).toBeUndefined();
    expect(await registryJobs.decide(held.id, { isApproved: true, decidedBy: "lee" })).toBe(true);
    expect(await registryJobs.claim(KINDS)).toMatchObject({ id: held.id, decidedBy: "lee" });
    expect(await registryJobs.find(refused.id)).toMatchObject({ state: "rejected", finishedAt: expect.any(String) });
  });

  it("a job that waits is cancelled at once, one that runs is told, and one that is over stays as it is", async () => {
    const { registryJobs } = await open();
    const running = await registryJobs.create(GC);
    expect(await registryJobs.claim(KINDS)).toMatchObject({ id: running.id });
    const waiting = await registryJobs.create(GC);
    expect(await registryJobs.cancel(waiting.id)).toBe(true);
    expect(await registryJobs.find(waiting.id)).toMatchObject({ state: "cancelled" });
    expect(await registryJobs.cancel(waiting.id)).toBe(false);
    expect(await registryJobs.noteProgress(running.id, { done: 1 })).toBe(true);
    expect(await registryJobs.cancel(running.id)).toBe(true);
    expect(await registryJobs.find(running.id)).toMatchObject({ state: "running", isCancelling: true });
    expect(await registryJobs.noteProgress(running.id, {})).toBe(false);
    // the worker was about to have it tried again when it was cancelled
    await registryJobs.finish(running.id, { state: "pending" });
    expect(await registryJobs.find(running.id)).toMatchObject({ state: "cancelled" });
    expect(await registryJobs.claim(KINDS)).toBeUndefined();
  });

  it("progress, position and result are kept; another process can neither write nor end the job", async () => {
    const first = await open();
    const second = await open({ url: first.connectionString });
    const { id } = await first.registryJobs.create(GC);
    await first.registryJobs.claim(KINDS);
    const message = { code: "at", params: { name: "at it\0", count: 3, why: { en: "since", ko: "때문에" } } };
    const progress = { done: 3, total: 9, unit: "bytes", message, position: { at: "x" } } as const;
    expect(await second.registryJobs.noteProgress(id, progress)).toBe(false);
    expect(await first.registryJobs.noteProgress(id, progress)).toBe(true);
    await second.registryJobs.finish(id, { state: "failed" });
    const stored = { ...message, params: { ...message.params, name: "at it\uFFFD" } };
    expect(await first.registryJobs.find(id)).toMatchObject({ ...progress, state: "running", message: stored });
    await first.registryJobs.finish(id, { state: "done", result: { copied: 3 } });
    const ended = await second.registryJobs.find(id);
    expect(ended).toMatchObject({ state: "done", result: { copied: 3 }, done: 3 });
    expect(ended?.message).toBeUndefined();
  });

  it("a job whose process is gone is claimed by another one, with the position it had got to", async () => {
    const first = await open();
    const second = await open({ url: first.connectionString });
    const { id } = await first.registryJobs.create(GC);
    await first.registryJobs.claim(KINDS);
    await first.registryJobs.noteProgress(id, { position: 7 });
    expect(await second.registryJobs.claim(KINDS)).toBeUndefined();
    await first[Symbol.asyncDispose]();
    const claimed = await eventually(() => second.registryJobs.claim(KINDS));
    expect(claimed).toMatchObject({ id, position: 7, attempts: 2 });
  });

  it("one that is tried again waits for its time; an interruption is no attempt", async () => {
    let now = new Date("2030-01-01T00:00:00Z");
    const { registryJobs } = await open({ now: () => now });
    const { id } = await registryJobs.create(GC);
    await registryJobs.claim(KINDS);
    await registryJobs.finish(id, { state: "pending", isInterruption: true });
    expect(await registryJobs.claim(KINDS)).toMatchObject({ attempts: 1 });
    const message = { code: "REGISTRY_UNREACHABLE", params: { detail: "away" } };
    await registryJobs.finish(id, { state: "pending", message, notBefore: new Date("2030-01-01T00:01:00Z") });
    expect(await registryJobs.claim(KINDS)).toBeUndefined();
    now = new Date("2030-01-01T00:01:00Z");
    expect(await registryJobs.claim(KINDS)).toMatchObject({ id, attempts: 2, message });
  });

  it("the same that is pending is not made twice, whoever asks at the same time; one that runs does not count", async () => {
    const first = await open();
    const second = await open({ url: first.connectionString });
    const asked = { ...GC, target: "rule\0", isOnce: true };
    const made = await Promise.all(
      [first, second, first, second].map(({ registryJobs }) => registryJobs.create(asked)),
    );
    expect(new Set(made.map(({ id }) => id)).size).toBe(1);
    await first.registryJobs.claim(KINDS);
    expect((await first.registryJobs.create(asked)).id).not.toBe(made[0]?.id);
    expect((await first.registryJobs.create({ ...asked, kind: "replicate" })).kind).toBe("replicate");
  });

  it("a schedule makes one job for each time among all processes, and begins with its next time", async () => {
    const now = new Date("2030-01-02T12:00:00Z");
    const first = await open({ now: () => now });
    const second = await open({ url: first.connectionString, now: () => now });
    const all = [first, second, first, second];
    const schedule = { name: "gc", expression: "0 3 * * * UTC", job: GC };
    async function fire(dueAt: string, expression: string = schedule.expression): Promise<number> {
      const made = await Promise.all(
        all.map(({ registryJobs }) => registryJobs.fire({ ...schedule, expression, dueAt: new Date(dueAt) })),
      );
      return made.filter((job) => job !== undefined).length;
    }
    // what was due before anybody said so does not count
    expect(await fire("2030-01-02T03:00:00Z")).toBe(0);
    expect(await fire("2030-01-03T03:00:00Z")).toBe(1);
    expect(await fire("2030-01-03T03:00:00Z")).toBe(0);
    // the job of the day before is still open
    expect(await fire("2030-01-04T03:00:00Z")).toBe(0);
    const job = await first.registryJobs.claim(KINDS);
    await first.registryJobs.finish(job?.id ?? 0, { state: "done" });
    expect(await fire("2030-01-04T03:00:00Z")).toBe(0);
    expect(await fire("2030-01-02T11:00:00Z", "0 * * * * UTC")).toBe(0);
    expect(await fire("2030-01-05T03:00:00Z", "0 * * * * UTC")).toBe(1);
  });

  it("every process hears how a job comes along", async () => {
    const first = await open();
    const second = await open({ url: first.connectionString });
    const heard: ServerEvent[] = [];
    second.events.subscribe((event) => heard.push(event));
    const { id } = await first.registryJobs.create(GC);
    await first.registryJobs.claim(KINDS);
    await first.registryJobs.finish(id, { state: "done" });
    await expect.poll(() => heard.length).toBe(3);
    expect(heard).toEqual(["pending", "running", "done"].map((state) => ({ type: "job-changed", id, state })));
  });

  it("the list is newest first and paged; old ones that ended are forgotten, open ones never", async () => {
    const { registryJobs } = await open({ now: () => new Date("2030-01-01T00:00:00Z") });
    const ids: number[] = [];
    for (let at = 0; at < 5; at++) {
      ids.push((await registryJobs.create(GC)).id);
    }
    await registryJobs.cancel(ids[0] ?? 0);
    await registryJobs.cancel(ids[1] ?? 0);
    const page = await registryJobs.list({ limit: 2 });
    expect(page.map(({ id }) => id)).toEqual([ids[4], ids[3]]);
    const next = await registryJobs.list({ limit: 9, before: page.at(-1)?.id ?? 0 });
    expect(next.map(({ id }) => id)).toEqual([ids[2], ids[1], ids[0]]);
    expect(await registryJobs.list({ limit: 9, kind: "import" })).toEqual([]);
    expect(await registryJobs.list({ limit: 9, state: "cancelled" })).toHaveLength(2);
    expect(await registryJobs.prune(new Date("2029-12-31T00:00:00Z"), 9)).toBe(0);
    expect(await registryJobs.prune(new Date("2030-01-01T00:00:01Z"), 1)).toBe(1);
    expect(await registryJobs.prune(new Date("2030-01-01T00:00:01Z"), 9)).toBe(1);
    expect(await registryJobs.list({ limit: 9 })).toHaveLength(3);
  });
}
