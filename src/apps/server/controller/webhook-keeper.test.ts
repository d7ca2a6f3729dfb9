// SPDX-License-Identifier: Apache-2.0
import { pino } from "pino";
import { describe, expect, it } from "vitest";
import { KubeError, RESOURCES } from "#kube";
import { buildWebhookConfigurations } from "#kubernetes";
import { eventually } from "../../../../test/support/eventually.ts";
import { MemoryKube } from "../../../../test/support/memory-kube.ts";
import { RELEASED_ANNOTATION, WebhookKeeper } from "./webhook-keeper.ts";

const LOG = pino({ enabled: false });

const MUTATING = { resource: RESOURCES.mutatingWebhookConfigurations, name: "haechi" } as const;
const VALIDATING = { resource: RESOURCES.validatingWebhookConfigurations, name: "haechi" } as const;
const ADDRESS = "service:haechi-system/haechi-gate:443";
const ADMISSION = {
  webhookName: "haechi",
  webhookAddress: ADDRESS,
  excludeNamespaces: ["kube-system"],
  hookNames: "haechi",
  skipLabel: false,
  timeoutMs: 10_000,
} as const;
const { signal } = new AbortController();

/** A keeper over configurations as they are given. */
async function keeperOver(objects: { readonly mutating?: object; readonly validating?: object }) {
  const client = new MemoryKube();
  for (const [place, object] of [
    [MUTATING, objects.mutating],
    [VALIDATING, objects.validating],
  ] as const) {
    if (object !== undefined) {
      await client.create(place, { metadata: { name: "haechi" }, ...object });
    }
  }
  const world = { ca: "CA ONE", isReady: true, placed: 0, repairs: 0, changes: 0 };
  const keeper = new WebhookKeeper({
    client,
    configuration: { admission: ADMISSION } as never,
    caBundle: () => Promise.resolve(world.ca),
    isGateReady: () => Promise.resolve(world.isReady),
    onInPlace: () => Promise.resolve(void (world.placed += 1)),
    metrics: { webhookRepairs: { inc: () => void (world.repairs += 1) } } as never,
    clock: { now: () => new Date() },
    log: LOG,
    onChange: () => void (world.changes += 1),
  });
  await eventually(() => Promise.resolve(world.changes >= Object.keys(objects).length ? true : undefined), 2);
  return { client, keeper, world };
}

async function webhooksOf(client: MemoryKube, place: typeof MUTATING | typeof VALIDATING): Promise<unknown> {
  return (await client.get(place))["webhooks"];
}

function wanted(ca: string) {
  const { webhookName, webhookAddress, ...admission } = ADMISSION;
  return buildWebhookConfigurations({
    name: webhookName,
    address: webhookAddress,
    ...admission,
    caBundle: ca,
    timeoutSeconds: 10,
  });
}

const EMPTY = { mutating: { webhooks: [] }, validating: {} };

describe("webhook configurations", () => {
  it("that are not there are not created", async () => {
    const { client, keeper, world } = await keeperOver({});
    await keeper.keep(signal);
    expect(client.calls).toEqual([]);
    expect(world.placed).toBe(0);
    await keeper[Symbol.asyncDispose]();
  });

  it("are not filled before a gate answers, and then are", async () => {
    const { client, keeper, world } = await keeperOver(EMPTY);
    world.isReady = false;
    await keeper.keep(signal);
    expect(await webhooksOf(client, MUTATING)).toEqual([]);
    expect(world.placed).toBe(0);
    world.isReady = true;
    await keeper.keep(signal);
    expect(await webhooksOf(client, MUTATING)).toEqual(wanted("CA ONE").mutating.webhooks);
    expect(await webhooksOf(client, VALIDATING)).toEqual(wanted("CA ONE").validating.webhooks);
    expect(world).toMatchObject({ placed: 1, repairs: 0 });
    await keeper[Symbol.asyncDispose]();
  });

  it("are put right and counted when somebody changed them, also while the gate does not answer", async () => {
    const { mutating, validating } = wanted("CA ONE");
    const weakened = mutating.webhooks.map((each) => ({ ...each, failurePolicy: "Ignore" }));
    const { client, keeper, world } = await keeperOver({
      mutating: { webhooks: weakened },
      validating: { webhooks: validating.webhooks },
    });
    world.isReady = false;
    await keeper.keep(signal);
    expect(await webhooksOf(client, MUTATING)).toEqual(mutating.webhooks);
    expect(world.repairs).toBe(1);
    expect(client.calls.filter(({ method }) => method === "merge")).toHaveLength(1);
    await keeper[Symbol.asyncDispose]();
  });

  it("get the new authority of a rotation", async () => {
    const { client, keeper, world } = await keeperOver(EMPTY);
    await keeper.keep(signal);
    const seen = world.changes;
    world.ca = "CA ONE\nCA TWO";
    await eventually(() => Promise.resolve(seen > 0 ? true : undefined), 2);
    await eventually(async () => {
      await keeper.keep(signal);
      const hooks = JSON.stringify(await webhooksOf(client, VALIDATING));
      return hooks === JSON.stringify(wanted(world.ca).validating.webhooks) ? true : undefined;
    }, 2);
    await keeper[Symbol.asyncDispose]();
  });

  it("that were released in an emergency are left alone, also when it happens in between", async () => {
    const released = { metadata: { name: "haechi", annotations: { [RELEASED_ANNOTATION]: "true" } }, webhooks: [] };
    const { client, keeper, world } = await keeperOver({ mutating: released, validating: {} });
    await keeper.keep(signal);
    expect(await webhooksOf(client, MUTATING)).toEqual([]);
    expect(world.placed).toBe(0);
    await keeper[Symbol.asyncDispose]();

    const other = await keeperOver(EMPTY);
    const patch = other.client.patch.bind(other.client);
    other.client.patch = async (...call) => {
      other.client.patch = patch;
      await patch(call[0], "merge", { metadata: { annotations: { [RELEASED_ANNOTATION]: "true" } } });
      return await patch(...call);
    };
    await other.keeper.keep(signal);
    expect(await webhooksOf(other.client, MUTATING)).toEqual([]);
    await other.keeper[Symbol.asyncDispose]();
  });

  it("a failure of the API server is told to whoever asked", async () => {
    const { client, keeper } = await keeperOver(EMPTY);
    client.failure = new KubeError("UNREACHABLE", "no connection");
    await expect(keeper.keep(signal)).rejects.toMatchObject({ code: "UNREACHABLE" });
    client.failure = undefined;
    await keeper[Symbol.asyncDispose]();
  });
});
