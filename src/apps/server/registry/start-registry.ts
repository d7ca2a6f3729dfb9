// SPDX-License-Identifier: Apache-2.0
import type { RunningRole, ServerContext } from "../context.ts";
import { createAuthenticator } from "./access/authenticator.ts";
import { openAccounts, type RegistryAccounts } from "./access/open-accounts.ts";
import { openRegistryContent } from "./content/open-registry-content.ts";
import { createHandler, type RegistryHandler } from "./create-handler.ts";
import { DecisionLog } from "./gate/decision-log.ts";
import { PullGate } from "./gate/pull-gate.ts";
import { PullTimes } from "./gate/pull-times.ts";
import { RecentPushes } from "./gate/recent-pushes.ts";
import { anonymousPullAt, hostAndPort, type RegistryListener, registryListeners } from "./listeners.ts";
import { createRegistryMetrics } from "./metrics.ts";
import { type OpenListener, openListener, type RegistryPatience } from "./open-listener.ts";
import { openProxyCache } from "./proxy-cache/open-proxy-cache.ts";
import type { RegistryParts } from "./registry-parts.ts";

const PATIENCE: RegistryPatience = { headersMs: 20_000, idleMs: 120_000, drainMs: 10_000 };

/** The registry at work, with the address of each of its listeners. */
export interface RunningRegistry extends RunningRole {
  readonly addresses: readonly { readonly kind: RegistryListener["kind"]; readonly url: string }[];
}

/** Opens one listener; whoever starts the registry may explain why an address cannot be opened. */
export type OpenAddress = <T>(setting: RegistryListener["setting"], begin: () => Promise<T>) => Promise<T>;

/**
 * Starts the registry on its configured addresses and resolves when it listens; rejects with the system's error when it
 * cannot. `stop` takes no new requests, lets those in flight finish for ten seconds and closes.
 */
export async function startRegistry(
  context: ServerContext,
  patience: RegistryPatience = PATIENCE,
  openAddress: OpenAddress = (_, begin) => begin(),
): Promise<RunningRegistry> {
  const { configuration, clock, database, telemetry, leaving } = context;
  const listeners = registryListeners(configuration);
  await using resources = new AsyncDisposableStack();
  const content = context.content ?? resources.use(openRegistryContent(context)).content;
  const pulls = resources.use(new PullTimes({ store: database.registry, clock, log: telemetry.log }));
  const proxyCache = context.proxyCache ?? resources.use(openProxyCache(context, content));
  const accounts = resources.use(await openAccounts(context));
  let listeningAt = hostAndPort(listeners[0]?.address ?? { host: "localhost", port: 0 });
  const handlerFor = createHandlersOf(context, {
    content,
    proxyCache,
    pulls,
    accounts,
    registryName: () => configuration.registry.names[0] ?? listeningAt,
  });
  const idleMs = patience.idleMs + configuration.registry.scanWaitMs;
  const open: { readonly listener: RegistryListener; readonly running: OpenListener }[] = [];
  await using opening = new AsyncDisposableStack();
  for (const listener of listeners) {
    const running = await openAddress(listener.setting, () =>
      openListener(listener, {
        handler: handlerFor(listener),
        patience: { ...patience, idleMs },
        log: telemetry.log,
        clock,
        leaving,
      }),
    );
    opening.defer(() => running.stop());
    open.push({ listener, running });
  }
  const [first] = open;
  if (first === undefined) {
    throw new Error("the registry has no address to listen on");
  }
  listeningAt = hostAndPort({ ...first.listener.address, port: first.running.port });
  opening.move();
  const held = resources.move();
  const addresses = open.map(({ listener, running: { port } }) => ({
    kind: listener.kind,
    url: `${listener.certificateFiles === undefined ? "http" : "https"}://${hostAndPort({ ...listener.address, port })}`,
  }));
  return {
    name: "registry",
    url: addresses[0]?.url ?? "",
    addresses,
    async stop() {
      try {
        await Promise.all(open.map(({ running }) => running.stop()));
      } finally {
        await held.disposeAsync();
      }
    },
  };
}

/** What answers at a listener: the same registry everywhere, apart from what may be read there without an account. */
function createHandlersOf(
  context: ServerContext,
  shared: Pick<RegistryParts, "content" | "pulls"> & {
    readonly proxyCache: RegistryParts["proxyCache"] | undefined;
    readonly accounts: RegistryAccounts;
    readonly registryName: () => string;
  },
): (listener: RegistryListener) => RegistryHandler {
  const { configuration, database, clock, telemetry } = context;
  const metrics = createRegistryMetrics(telemetry.metrics);
  const { content, proxyCache, pulls, accounts, registryName } = shared;
  const { manifests, blobCatalog } = content.parts;
  const pushes = new RecentPushes(clock);
  const parts: Omit<RegistryParts, "authenticator"> = {
    configuration: configuration.registry,
    language: configuration.language,
    settings: context.settings,
    store: database.registry,
    audit: database.audit,
    events: database.events,
    blobs: context.blobs,
    content,
    ...(proxyCache === undefined ? {} : { proxyCache }),
    pulls,
    manifests,
    blobCatalog,
    tokens: accounts.options.tokens,
    pushes,
    metrics,
    clock,
    log: telemetry.log,
    gate: new PullGate({
      judge: context.judge,
      configuration: configuration.registry,
      settings: context.settings,
      registryName,
      manifests,
      blobCatalog,
      pushes,
      decisions: new DecisionLog(database.decisions, clock),
      audit: database.audit,
      metrics,
      clock,
    }),
  };
  return (listener) => {
    const anonymousPull = anonymousPullAt(listener, configuration.registry, context.settings);
    return createHandler({
      ...parts,
      authenticator: createAuthenticator({ ...accounts.options, metrics, anonymousPull }),
    });
  };
}
