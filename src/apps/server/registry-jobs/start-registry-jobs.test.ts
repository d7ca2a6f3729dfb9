// SPDX-License-Identifier: Apache-2.0
import { afterEach, describe, expect, it } from "vitest";
import { type NewRegistryJob, openDatabase, type RegistryJobRecord } from "#database";
import { type ApiTestBed, createApiTestBed } from "../../../../test/support/api-server.ts";
import { eventually } from "../../../../test/support/eventually.ts";
import type { RegistryContent } from "../registry/content/registry-content.ts";
import { RegistryJobError } from "./errors.ts";
import type { JobSchedule } from "./planned-job.ts";
import type { RegistryJobRun, RegistryJobWorker } from "./registry-job-worker.ts";
import { type RegistryJobs, startRegistryJobs } from "./start-registry-jobs.ts";

const GC: NewRegistryJob = { kind: "gc", target: "all", parameters: {}, requestedBy: "kim" };
/** No worker here touches content. */
const content = {} as RegistryContent;
const open: AsyncDisposable[] = [];

afterEach(async () => {
  for (const each of open.splice(0).reverse()) {
    await each[Symbol.asyncDispose]();
  }
});

async function begin(
  workers: readonly RegistryJobWorker[],
  options: { readonly bed?: ApiTestBed; readonly schedules?: readonly JobSchedule[] } = {},
) {
  const bed = options.bed ?? (await createApiTestBed());
  if (options.bed === undefined) {
    open.push(bed);
  }
  const jobs = await startRegistryJobs(bed.context, {
    content,
    workers,
    schedules: options.schedules ?? [],
    triggers: [],
    pollMs: 50,
    scheduleMs: 50,
    progressIntervalMs: 0,
    firstRetryMs: 1,
  });
  const running: RegistryJobs & AsyncDisposable = { stop: () => jobs.stop(), [Symbol.asyncDispose]: () => jobs.stop() };
  open.push(running);
  const store = bed.database.registryJobs;
  return {
    bed,
    store,
    running,
    ended: (id: number): Promise<RegistryJobRecord> =>
      eventually(async () => {
        const job = await store.find(id);
        return job?.finishedAt === undefined ? undefined : job;
      }, 20),
  };
}

/** Runs until it is told to end. */
function endless(onRun: (run: RegistryJobRun) => void = () => undefined): RegistryJobWorker {
  return {
    kind: "gc",
    async run(run) {
      onRun(run);
      await new Promise((_resolve, reject) => {
        run.signal.addEventListener("abort", () => reject(run.signal.reason as Error), { once: true });
      });
    },
  };
}

describe("a job that goes wrong", () => {
  it("says the code and message of a failure that was expected, with what there is to show, and no secret", async () => {
    const { store, ended } = await begin([
      {
        kind: "gc",
        run: () =>
          Promise.reject(
            new RegistryJobError("COPY_INCOMPLETE", "2 of 3, see https://u:secret@r.example/", { result: { left: 2 } }),
          ),
      },
    ]);
    const job = await ended((await store.create(GC)).id);
    expect(job).toMatchObject({ state: "failed", attempts: 1, result: { left: 2 } });
    expect(job.message).toMatchObject({
      code: "COPY_INCOMPLETE",
      params: { detail: expect.stringMatching(/^2 of 3/) },
    });
    expect(JSON.stringify(job.message)).not.toContain("secret");
  });

  it("says nothing of a bug but that there is one", async () => {
    const { store, ended, bed } = await begin([
      { kind: "gc", run: () => Promise.reject(new TypeError("password=hunter2 of undefined")) },
    ]);
    const job = await ended((await store.create(GC)).id);
    expect(job).toMatchObject({ state: "failed", message: { code: "INTERNAL", params: { detail: "none" } } });
    expect(JSON.stringify(job)).not.toContain("hunter2");
    expect(bed.log.some((line) => line["msg"] === "the job failed")).toBe(true);
  });

  it("is tried again while the failure is one that passes, and goes on where it was", async () => {
    const positions: unknown[] = [];
    const { store, ended } = await begin([
      {
        kind: "gc",
        isTransient: () => true,
        async run({ job, report }) {
          positions.push(job.position);
          await report({ position: positions.length });
          if (positions.length < 4) {
            throw new Error("away");
          }
          return { attempts: job.attempts };
        },
      },
    ]);
    expect(await ended((await store.create(GC)).id)).toMatchObject({ state: "done", result: { attempts: 1 } });
    expect(positions).toEqual([undefined, 1, 2, 3]);
  });

  it("is not tried for ever", async () => {
    let runs = 0;
    const { store, ended } = await begin([
      {
        kind: "gc",
        isTransient: () => true,
        run: () => Promise.reject(new RegistryJobError("UPSTREAM_FAILED", `away ${++runs}`)),
      },
    ]);
    const job = await ended((await store.create(GC)).id);
    expect(job).toMatchObject({
      state: "failed",
      message: { code: "UPSTREAM_FAILED", params: { detail: "away 12" } },
      attempts: 12,
    });
  }, 60_000);

  it("waits as long as the other side said", async () => {
    const { store } = await begin([
      {
        kind: "gc",
        isTransient: () => true,
        retryAfterMs: () => 3_600_000,
        run: () => Promise.reject(new Error("429")),
      },
    ]);
    const { id } = await store.create(GC);
    await expect.poll(async () => (await store.find(id))?.message).toBeDefined();
    expect(await store.find(id)).toMatchObject({ state: "pending", attempts: 1 });
    expect(await store.claim(["gc"])).toBeUndefined();
  });
});

describe("a job that is cancelled", () => {
  it("ends, whether or not it reports", async () => {
    const { store, ended } = await begin([endless()]);
    const { id } = await store.create(GC);
    await expect.poll(async () => (await store.find(id))?.state).toBe("running");
    await store.cancel(id);
    expect(await ended(id)).toMatchObject({ state: "cancelled" });
  });

  it("never begins when nothing began yet", async () => {
    let runs = 0;
    const { store, ended } = await begin([endless(() => runs++)]);
    const first = await store.create(GC);
    await expect.poll(() => runs).toBe(1);
    const second = await store.create(GC);
    await store.cancel(second.id);
    await store.cancel(first.id);
    await ended(first.id);
    expect(runs).toBe(1);
  });

  it("ends as well when its process died before it heard", async () => {
    const bed = await createApiTestBed();
    open.push(bed);
    const gone = await openDatabase({
      url: bed.database.connectionString,
      dataDir: "/nowhere",
      secretKey: new Uint8Array(32).fill(7),
      clock: bed.context.clock,
      log: { debug() {}, info() {}, warn() {}, error() {} },
    });
    const { id } = await gone.registryJobs.create(GC);
    await gone.registryJobs.claim(["gc"]);
    await gone.registryJobs.cancel(id);
    await gone[Symbol.asyncDispose]();
    let runs = 0;
    const { ended } = await begin([endless(() => runs++)], { bed });
    expect(await ended(id)).toMatchObject({ state: "cancelled" });
    expect(runs).toBe(0);
  });
});

describe("many jobs", () => {
  it("are not held up by one of ours that the database takes for nobody's, since the lock of the process is away", async () => {
    const bed = await createApiTestBed();
    open.push(bed);
    const store = bed.database.registryJobs;
    await store.create(GC);
    const own = await store.claim(["gc"]);
    let claims = 0;
    const registryJobs = { ...store, claim: () => Promise.resolve(++claims > 100 ? undefined : own) };
    let runs = 0;
    const jobs = await startRegistryJobs(
      { ...bed.context, database: { ...bed.database, registryJobs } },
      {
        content,
        workers: [{ ...endless(() => runs++), concurrency: 2 }],
        schedules: [],
        triggers: [],
        pollMs: 3_600_000,
      },
    );
    open.push({ [Symbol.asyncDispose]: () => jobs.stop() });
    await expect.poll(() => claims).toBeGreaterThan(1);
    expect({ claims, runs }).toEqual({ claims: 2, runs: 1 });
  });

  it("of one kind run one after another, of several kinds beside each other", async () => {
    let now = 0;
    let most = 0;
    const counted: Omit<RegistryJobWorker, "kind"> = {
      async run() {
        most = Math.max(most, ++now);
        await new Promise((resolve) => setImmediate(resolve));
        now--;
      },
    };
    const { store, ended } = await begin([{ kind: "gc", ...counted }, endlessOf("check")]);
    const held = await store.create({ ...GC, kind: "check" });
    const ids: number[] = [];
    for (let at = 0; at < 5; at++) {
      ids.push((await store.create(GC)).id);
    }
    for (const id of ids) {
      expect(await ended(id)).toMatchObject({ state: "done" });
    }
    expect(most).toBe(1);
    expect(await store.find(held.id)).toMatchObject({ state: "running" });
  });

  it("a kind that nobody here does is left alone", async () => {
    const { store, ended } = await begin([{ kind: "gc", run: () => Promise.resolve() }]);
    const other = await store.create({ ...GC, kind: "import" });
    await ended((await store.create(GC)).id);
    expect(await store.find(other.id)).toMatchObject({ state: "pending", attempts: 0 });
  });
});

describe("a server that stops", () => {
  it("interrupts its jobs, which go on at the next start and count as one attempt", async () => {
    const first = await begin([endless(({ report }) => void report({ done: 5, total: 9, position: "here" }))]);
    const { id } = await first.store.create(GC);
    await expect.poll(async () => (await first.store.find(id))?.position).toBe("here");
    await first.running.stop();
    expect(await first.store.find(id)).toMatchObject({ state: "pending", attempts: 0, done: 5 });
    const { ended } = await begin(
      [{ kind: "gc", run: ({ job }) => Promise.resolve({ from: job.position, attempts: job.attempts }) }],
      { bed: withNewMetrics(first.bed) },
    );
    expect(await ended(id)).toMatchObject({ state: "done", result: { from: "here", attempts: 1 } });
  });
});

describe("schedules", () => {
  it("make one job at their time among several processes, and a rule that cannot be read stops no other", async () => {
    let now = new Date("2030-01-01T00:00:00Z");
    const bed = await createApiTestBed({ now: () => now });
    open.push(bed);
    const schedules: readonly JobSchedule[] = [
      () => Promise.reject(new Error("unreadable")),
      () => Promise.resolve([{ name: "gc/nightly", cron: "0 3 * * *", timeZone: "Asia/Seoul", job: GC }]),
    ];
    const workers: readonly RegistryJobWorker[] = [{ kind: "gc", run: () => Promise.resolve() }];
    const { store } = await begin(workers, { bed, schedules });
    await begin(workers, { bed: withNewMetrics(bed), schedules });
    expect(await store.list({ limit: 9 })).toEqual([]);
    now = new Date("2030-01-01T18:00:30Z");
    await expect.poll(async () => (await store.list({ limit: 9 })).length).toBe(1);
    await expect.poll(async () => (await store.list({ limit: 9, state: "done" })).length).toBe(1);
    now = new Date("2030-01-02T18:00:30Z");
    await expect.poll(async () => (await store.list({ limit: 9, state: "done" })).length).toBe(2);
    expect(await store.list({ limit: 9 })).toHaveLength(2);
  });
});

function endlessOf(kind: RegistryJobWorker["kind"]): RegistryJobWorker {
  return { ...endless(), kind };
}

/** The same server once more: metrics can be registered once only. */
function withNewMetrics(bed: ApiTestBed): ApiTestBed {
  bed.context.telemetry.metrics.clear();
  return bed;
}
