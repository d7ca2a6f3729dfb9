// SPDX-License-Identifier: Apache-2.0
import { once } from "node:events";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { expect, it } from "vitest";
import { ensureServingCertificate } from "#tls";
import { MemoryKube } from "../../../../test/support/memory-kube.ts";
import { isGateReady } from "./gate-readiness.ts";

const { signal } = new AbortController();
const SLICES = {
  resource: { group: "discovery.k8s.io", version: "v1", plural: "endpointslices", isNamespaced: true },
  namespace: "haechi-system",
} as const;

function memorySecrets() {
  const values = new Map<string, Uint8Array>();
  return {
    get: (name: string) => Promise.resolve(values.get(name)),
    set: (name: string, value: Uint8Array) => Promise.resolve(void values.set(name, value)),
    async getOrCreate(name: string, create: () => Promise<Uint8Array>) {
      const value = values.get(name) ?? (await create());
      values.set(name, value);
      return value;
    },
    rotate: () => Promise.resolve(),
  };
}

it.each([
  { name: "without any endpoint", endpoints: undefined, want: false },
  {
    name: "whose Pods are not ready",
    endpoints: [{ conditions: { ready: false } }, { conditions: {} }, null],
    want: false,
  },
  {
    name: "with one Pod that is ready",
    endpoints: [{ conditions: { ready: false } }, { conditions: { ready: true } }],
    want: true,
  },
])("a service $name: $want", async ({ endpoints, want }) => {
  const client = new MemoryKube();
  for (const [name, service] of [
    ["a", "haechi-gate"],
    ["b", "other"],
  ] as const) {
    const labels = { "kubernetes.io/service-name": service };
    const slice = {
      metadata: { name, namespace: SLICES.namespace, labels },
      endpoints: service === "other" ? [{ conditions: { ready: true } }] : endpoints,
    };
    await client.create(SLICES, slice);
  }
  const address = "service:haechi-system/haechi-gate:443";
  expect(await isGateReady({ client, address, caBundle: () => Promise.resolve("") }, signal)).toBe(want);
});

it("behind a URL counts only who has a certificate of our authority", async () => {
  const clock = { now: () => new Date() };
  const own = await ensureServingCertificate({ secrets: memorySecrets(), listener: "admission", names: [], clock });
  const other = await ensureServingCertificate({ secrets: memorySecrets(), listener: "admission", names: [], clock });
  const server = createServer({ cert: own.certPem, key: own.keyPem });
  server.on("tlsClientError", () => undefined);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  async function ask(ca: string, host: string): Promise<boolean> {
    const options = {
      client: new MemoryKube(),
      address: `https://${host}:${port}`,
      caBundle: () => Promise.resolve(ca),
    };
    return await isGateReady(options, signal);
  }
  expect(await ask(other.caPem, "127.0.0.1")).toBe(false);
  expect(await ask(own.caPem, "127.0.0.1")).toBe(true);
  expect(await ask(own.caPem, "localhost")).toBe(true);
  server.close();
  server.closeAllConnections();
  await once(server, "close");
  expect(await ask(own.caPem, "127.0.0.1")).toBe(false);
});
