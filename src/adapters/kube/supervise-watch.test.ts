// SPDX-License-Identifier: Apache-2.0
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { eventually } from "../../../test/support/eventually.ts";
import {
  kubeList,
  kubeObject,
  type ScriptedApiServer,
  type ScriptedCall,
  startScriptedApiServer,
} from "../../../test/support/scripted-api-server.ts";
import { RESOURCES, type SupervisedWatch, type SupervisedWatchOptions, superviseWatch } from "./index.ts";

const TIMING = { firstRetryMs: 5, maxRetryMs: 40, absentMs: 40, silenceMs: 30_000, watchMs: 60_000, goodMs: 10 };
const LIST = kubeList([kubeObject("a", "1"), kubeObject("b", "2")], "10");

/** What a watch told. */
interface Told {
  readonly changes: string[];
  readonly states: string[];
  readonly restarts: string[];
  readonly warnings: string[];
}

let server: ScriptedApiServer;
let told: Told;
const open: SupervisedWatch<string>[] = [];

beforeEach(async () => {
  told = { changes: [], states: [], restarts: [], warnings: [] };
  server = await startScriptedApiServer((call) => normal(call));
});

afterEach(async () => {
  await Promise.all(open.splice(0).map((watch) => watch[Symbol.asyncDispose]()));
  await server[Symbol.asyncDispose]();
});

/** A list of two, and a watch that says nothing. */
function normal(call: ScriptedCall): void {
  if (isWatch(call)) {
    call.watch();
  } else {
    call.json(200, LIST);
  }
}

function isWatch(call: Pick<ScriptedCall, "query">): boolean {
  return call.query.get("watch") === "true";
}

function start(options: Partial<SupervisedWatchOptions<string>> = {}): SupervisedWatch<string> {
  const watch = superviseWatch<string>({
    client: server.client,
    resource: RESOURCES.configMaps,
    namespace: "team",
    select: ({ metadata }) => (metadata.labels?.["ignored"] === "yes" ? undefined : (metadata.resourceVersion ?? "")),
    onChange: (changes) =>
      void told.changes.push(
        ...changes.map((each) => (each.kind === "set" ? `${each.key}=${each.value}` : `${each.key} gone`)),
      ),
    onState: (state) => void told.states.push(state),
    onRestart: (reason) => void told.restarts.push(reason),
    clock: { now: () => new Date() },
    random: () => 0.5,
    log: { info: () => {}, warn: (fields: object) => void told.warnings.push(JSON.stringify(fields)) } as never,
    timing: TIMING,
    ...options,
  });
  open.push(watch);
  return watch;
}

async function until(condition: () => boolean): Promise<void> {
  await eventually(() => Promise.resolve(condition() || undefined), 5);
}

function listCount(): number {
  return server.calls.filter((call) => !isWatch(call)).length;
}

describe("what is known", () => {
  it("comes from the list and follows events in order, bookmarks included", async () => {
    server.onCall = (call) => {
      if (!isWatch(call)) {
        call.json(200, LIST);
        return;
      }
      const watch = call.watch();
      if (call.query.get("resourceVersion") === "10") {
        watch.send("MODIFIED", kubeObject("a", "11"));
        watch.send("DELETED", kubeObject("b", "12"));
        watch.send("ADDED", kubeObject("c", "13"));
        watch.send(
          "MODIFIED",
          kubeObject("c", "14", {
            metadata: { name: "c", namespace: "team", resourceVersion: "14", labels: { ignored: "yes" } },
          }),
        );
        watch.send("BOOKMARK", { metadata: { resourceVersion: "20" } });
        setTimeout(() => call.response.end(), 150);
      }
    };
    const watch = start();
    await watch.whenSynced();
    await until(() => server.calls.filter(isWatch).length === 2);
    expect(told.changes).toEqual(["team/a=1", "team/b=2", "team/a=11", "team/b gone", "team/c=13", "team/c gone"]);
    expect([...watch.objects]).toEqual([["team/a", "11"]]);
    expect(listCount()).toBe(1);
    const [first, second] = server.calls.filter(isWatch);
    expect(Object.fromEntries(first?.query ?? [])).toMatchObject({ allowWatchBookmarks: "true", timeoutSeconds: "75" });
    expect(second?.query.get("resourceVersion")).toBe("20");
    expect(told.restarts).toEqual(["ended"]);
    expect(told.states).toEqual(["synced"]);
  });

  it("an object that went while nobody watched is found gone by the next list, and what did not change is not told", async () => {
    let lists = 0;
    server.onCall = (call) => {
      if (isWatch(call)) {
        const watch = call.watch();
        if (lists === 1) {
          watch.send("ERROR", { kind: "Status", code: 410, reason: "Expired" });
        }
        return;
      }
      lists += 1;
      call.json(200, lists === 1 ? LIST : kubeList([kubeObject("b", "2"), kubeObject("c", "9")], "30"));
    };
    const watch = start();
    await until(() => lists === 2 && watch.state === "synced");
    expect(told.changes).toEqual(["team/a=1", "team/b=2", "team/a gone", "team/c=9"]);
    expect(told.restarts).toEqual(["gone"]);
    expect(told.states).toEqual(["synced", "stale", "synced"]);
  });

  it("half a list changes nothing: the server forgot it in the middle", async () => {
    let lists = 0;
    server.onCall = (call) => {
      if (isWatch(call)) {
        call.watch();
      } else if (call.query.get("continue") === null) {
        lists += 1;
        call.json(200, kubeList([kubeObject("a", `${lists}`)], "10", "more"));
      } else if (lists < 3) {
        call.json(410, { kind: "Status", code: 410, reason: "Expired" });
      } else {
        call.json(200, kubeList([kubeObject("z", "5")], "10"));
      }
    };
    await start().whenSynced();
    expect(told.changes).toEqual(["team/a=3", "team/z=5"]);
  });
});

describe("a failure of", () => {
  const ADDED_LATER = kubeList([kubeObject("a", "1"), kubeObject("b", "2"), kubeObject("later", "40")], "40");

  it.each<{ name: string; reason: string; fail: (call: ScriptedCall) => void; lists: number; silenceMs?: number }>([
    {
      name: "the connection goes on where it was",
      reason: "unreachable",
      fail: (call) => {
        call.watch();
        setImmediate(() => server.cut());
      },
      lists: 1,
    },
    {
      name: "the connection in the middle of a line forgets the half line",
      reason: "unreachable",
      fail: (call) => {
        call.watch().raw('{"type":"ADDED","object":{"metadata":{"name":"half"');
        setTimeout(() => server.cut(), 20);
      },
      lists: 1,
    },
    {
      name: "bytes (silence) opens a new connection",
      reason: "silent",
      fail: (call) => void call.watch(),
      lists: 1,
      silenceMs: 200,
    },
    {
      name: "the answer (no headers at all) opens a new connection",
      reason: "silent",
      fail: () => {},
      lists: 1,
      silenceMs: 200,
    },
    {
      name: "the server (503) goes on where it was",
      reason: "refused",
      fail: (call) => call.json(503, { kind: "Status", code: 503 }),
      lists: 1,
    },
    {
      name: "the server (500) lists anew",
      reason: "refused",
      fail: (call) => call.json(500, { kind: "Status", code: 500 }),
      lists: 2,
    },
    {
      name: "the version (410 as a status) lists anew",
      reason: "gone",
      fail: (call) => call.json(410, { kind: "Status", code: 410, reason: "Expired" }),
      lists: 2,
    },
    {
      name: "a future version (504, after a restore of etcd) lists anew",
      reason: "refused",
      fail: (call) => call.json(504, { kind: "Status", code: 504, reason: "Timeout" }),
      lists: 2,
    },
    {
      name: "the format (a line that is no JSON) lists anew",
      reason: "answer_invalid",
      fail: (call) => call.watch().raw("<html>\n"),
      lists: 2,
    },
    {
      name: "the format (an event of no known type) lists anew",
      reason: "answer_invalid",
      fail: (call) => call.watch().send("RENAMED", kubeObject("a", "5")),
      lists: 2,
    },
    {
      name: "the format (an object without a name) lists anew",
      reason: "answer_invalid",
      fail: (call) => call.watch().send("ADDED", { metadata: {} }),
      lists: 2,
    },
    {
      name: "the format (null) lists anew",
      reason: "answer_invalid",
      fail: (call) => call.watch().raw("null\n"),
      lists: 2,
    },
    {
      name: "size (a line without end) lists anew",
      reason: "limit_exceeded",
      fail: (call) => {
        const watch = call.watch();
        const block = "x".repeat(1024 * 1024);
        for (let count = 0; count < 10; count += 1) {
          watch.raw(block);
        }
      },
      lists: 2,
    },
    {
      name: "the credentials goes on where it was",
      reason: "unauthorized",
      fail: (call) => call.json(401, { kind: "Status", code: 401, reason: "Unauthorized" }),
      lists: 1,
    },
  ])("$name", async ({ reason, fail, lists, silenceMs = TIMING.silenceMs }) => {
    let hasFailed = false;
    server.onCall = (call) => {
      if (!isWatch(call)) {
        call.json(200, hasFailed ? ADDED_LATER : LIST);
      } else if (!hasFailed) {
        hasFailed = true;
        fail(call);
      } else {
        const watch = call.watch();
        if (call.query.get("resourceVersion") === "10") {
          watch.send("ADDED", kubeObject("later", "40"));
        }
      }
    };
    const watch = start({ timing: { ...TIMING, silenceMs } });
    await until(() => watch.objects.has("team/later") && watch.state === "synced");
    expect(told.changes).toEqual(["team/a=1", "team/b=2", "team/later=40"]);
    expect(told.restarts[0]).toBe(reason);
    expect(listCount()).toBe(lists);
    expect(told.states.slice(0, 2)).toEqual(["synced", "stale"]);
  });
});

describe("while the API server is away", () => {
  it("what was known stays, is called stale, and is complained about once", async () => {
    const watch = start();
    await until(() => server.calls.some(isWatch));
    const before = watch.lastContactAt?.getTime() ?? 0;
    server.onCall = (call) => call.response.destroy();
    server.cut();
    await until(() => told.restarts.length >= 6);
    expect([...watch.objects.keys()]).toEqual(["team/a", "team/b"]);
    expect([watch.state, told.warnings.length]).toEqual(["stale", 1]);
    expect(watch.lastContactAt?.getTime()).toBeGreaterThanOrEqual(before);
    expect(told.warnings[0]).toContain(server.url);
    server.onCall = normal;
    await until(() => watch.state === "synced");
    expect(told.changes).toEqual(["team/a=1", "team/b=2"]);
  });

  it("a list that fails in its middle leaves everything as it was", async () => {
    const watch = start();
    await until(() => server.calls.some(isWatch));
    const stop = { lists: 0 };
    server.onCall = (call) => {
      if (isWatch(call)) {
        call.json(410, {});
      } else {
        stop.lists += 1;
        call.json(call.query.get("continue") === null ? 200 : 500, kubeList([kubeObject("new", "9")], "50", "more"));
      }
    };
    server.cut();
    await until(() => stop.lists >= 4);
    expect([...watch.objects.keys()]).toEqual(["team/a", "team/b"]);
    expect(told.changes).toEqual(["team/a=1", "team/b=2"]);
  });

  it.each<{ name: string; reason: string; answer: (call: ScriptedCall) => void }>([
    { name: "ends each watch at once", reason: "unreachable", answer: (call) => void call.response.end() },
    { name: "says 410 each time", reason: "gone", answer: (call) => call.json(410, {}) },
  ])("a server that $name is asked after a pause that grows", async ({ reason, answer }) => {
    const randomCalls: number[] = [];
    let watches = 0;
    server.onCall = (call) => {
      if (isWatch(call)) {
        watches += 1;
        answer(call);
      } else {
        call.json(200, LIST);
      }
    };
    start({
      timing: { ...TIMING, goodMs: 3_600_000 },
      random: () => {
        randomCalls.push(watches);
        return 0.5;
      },
    });
    await until(() => watches >= 4);
    expect(told.restarts.slice(0, 3)).toEqual([reason, reason, reason]);
    // once for the life of the watch, and once for the pause after it
    expect(randomCalls.filter((each) => each === 2).length).toBeGreaterThanOrEqual(2);
  });
});

describe("a kind that is not installed", () => {
  it("is absent, asked for again, and there once it is installed", async () => {
    let isInstalled = false;
    server.onCall = (call) => (isInstalled ? normal(call) : call.response.writeHead(404).end("404 page not found\n"));
    const watch = start({ timing: { ...TIMING, absentMs: 3_600_000 } });
    await watch.whenSynced();
    expect([watch.state, watch.objects.size, told.warnings]).toEqual(["absent", 0, []]);
    isInstalled = true;
    await until(() => {
      watch.hurry();
      return watch.state === "synced";
    });
    expect(told.changes).toEqual(["team/a=1", "team/b=2"]);
  });

  it("does not take what is known with it before the server says so again and again", async () => {
    const watch = start();
    await until(() => server.calls.some(isWatch));
    let answers = 0;
    const seen: number[] = [];
    server.onCall = (call) => {
      answers += 1;
      seen.push(watch.objects.size);
      call.json(404, { kind: "Status", code: 404, reason: "NotFound" });
    };
    server.cut();
    await until(() => watch.state === "absent");
    expect(seen.slice(0, 3)).toEqual([2, 2, 2]);
    expect(told.changes.slice(2)).toEqual(["team/a gone", "team/b gone"]);
  });
});

it("a kind that we may not read never counts as read", async () => {
  server.onCall = (call) => call.json(403, { kind: "Status", code: 403, reason: "Forbidden" });
  const watch = start();
  await until(() => told.restarts.length >= 4);
  expect([watch.state, watch.lastContactAt]).toEqual(["starting", undefined]);
  await expect(watch.whenSynced(AbortSignal.timeout(20))).rejects.toThrow("timeout");
  expect(told.warnings).toHaveLength(1);
});

it("closing ends the watch at once, whatever it waits for", async () => {
  for (const handler of [normal, () => {}, (call: ScriptedCall) => call.json(500, {})]) {
    server.onCall = handler;
    const watch = start({
      timing: { ...TIMING, maxRetryMs: 3_600_000, firstRetryMs: 3_600_000, silenceMs: 3_600_000 },
    });
    const calls = server.calls.length;
    await until(() => server.calls.length > calls);
    await watch[Symbol.asyncDispose]();
  }
});

it("selectors are passed on", async () => {
  await start({ fieldSelector: "metadata.name=a", labelSelector: "x=y" }).whenSynced();
  await until(() => server.calls.some(isWatch));
  for (const call of server.calls) {
    expect(call.path).toBe("/api/v1/namespaces/team/configmaps");
    expect([call.query.get("fieldSelector"), call.query.get("labelSelector")]).toEqual(["metadata.name=a", "x=y"]);
  }
});
