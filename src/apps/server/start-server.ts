// SPDX-License-Identifier: Apache-2.0
import { randomUUID } from "node:crypto";
import { mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import type { Logger } from "pino";
import { Counter } from "prom-client";
import { ensureBundledDatabase } from "#advisory-db";
import { type Clock, messageOf } from "#base";
import { type Configuration, chooseAdvisoryFile, registryNamesOf, VERSION } from "#configuration";
import { openDatabase, readOrCreateSecretKey } from "#database";
import { createTranslate } from "#messages";
import { createTelemetry } from "#telemetry";
import { startAdmission } from "./admission/index.ts";
import { openLiveAdvisories, startAdvisoryUpdates, withDatabaseInUse } from "./advisory-updates/index.ts";
import { startApi } from "./api/index.ts";
import { openClusterComponents } from "./cluster/index.ts";
import { type ConnectedCluster, connectCluster } from "./connect-cluster.ts";
import type { RunningRole, ServerContext } from "./context.ts";
import { startController } from "./controller/index.ts";
import { ServerError } from "./errors.ts";
import { ensureFirstAdministrator } from "./first-administrator.ts";
import { HarborScans } from "./harbor-scanner/harbor-scans.ts";
import { createRemoteImages } from "./images/index.ts";
import { createJudge } from "./judge/index.ts";
import { listening } from "./listening.ts";
import { openReachedBlobs } from "./open-reached-blobs.ts";
import { openRegistryBlobs, storesBlobs } from "./open-registry-blobs.ts";
import { registerPolicyMetrics } from "./policy-metrics.ts";
import { fixedPolicies, poolPolicies, readFilePolicies } from "./read-gate-policies.ts";
import { openForeignFindings } from "./registry/external-scan/index.ts";
import {
  createLocalInspectToken,
  openProxyCache,
  openRegistryContent,
  type RunningRegistry,
  startRegistry,
} from "./registry/index.ts";
import { keepLocalSettings, openRegistrySettings, policiesWithSettings } from "./registry/settings/index.ts";
import { openDamageRecord, registerStorageMetrics } from "./registry/storage/index.ts";
import { bindStoredCredentials } from "./registry/upstream/bind-stored-credentials.ts";
import { startRegistryJobs } from "./registry-jobs/index.ts";
import { startScanJobs } from "./scan-jobs/index.ts";
import { openSignatureVerifier } from "./signatures/index.ts";
import { renderStartupBanner, type StartupFacts } from "./startup-banner.ts";
import { openServerStatements, withStatements } from "./suppressions/index.ts";
import { startWebhooks } from "./webhooks/index.ts";

/** What a server is started with. */
export interface ServerOptions {
  readonly configuration: Configuration;
  /** Plain text for the person at the terminal; never the log, since it holds the first password. */
  readonly print: (text: string) => void;
  /** `performance.now()` at the start of the process. */
  readonly startedAt: number;
  /** Aborted when the server shall stop: after `shutdown.delay` it takes nothing new. */
  readonly stopping: AbortSignal;
}

const clock: Clock = { now: () => new Date() };

/**
 * Opens everything, starts the roles, waits until `stopping` aborts, then drains all listeners together and closes the
 * rest in the opposite order.
 */
export async function startServer(options: ServerOptions): Promise<void> {
  const { configuration, stopping: leaving } = options;
  const telemetry = createTelemetry({ level: configuration.log.level });
  const { log } = telemetry;
  const translate = createTranslate(configuration.language);
  const lostDecisions = new Counter({
    name: "haechi_decisions_lost_total",
    help: "Decisions that could not be recorded because the queue was full",
    registers: [telemetry.metrics],
  });
  const stopping = new AbortController();
  await using resources = new AsyncDisposableStack();

  await makeDataFolder(configuration.dataDir);
  const registryNames = registryNamesOf(configuration);
  const files = await readFilePolicies(configuration, registryNames[0] ?? "", log);
  // First, since it needs no other part, and its answers come while the database starts.
  const cluster = await connectCluster({ configuration, files, telemetry, clock });
  if (cluster !== undefined) {
    resources.use(cluster);
  }
  let bundled: Promise<string> | undefined;
  const advisories = resources.use(
    await openLiveAdvisories(() =>
      chooseAdvisoryFile(configuration, (cacheDir) => (bundled ??= ensureBundledDatabase(cacheDir))),
    ),
  );
  const stored = resources.use(
    await openDatabase({
      ...configuration.database,
      dataDir: configuration.dataDir,
      secretKey: await readOrCreateSecretKey(configuration.secretKeyFile),
      secretKeyFile: configuration.secretKeyFile,
      clock,
      log,
      onDecisionsLost: (count) => lostDecisions.inc(count),
      signal: leaving,
    }),
  );
  const settings = resources.use(await openRegistrySettings({ database: stored, log }));
  const policies = resources.use(
    policiesWithSettings(cluster?.policies ?? fixedPolicies(poolPolicies(files)), settings, registryNames[0] ?? ""),
  );
  registerPolicyMetrics(telemetry, policies);
  const statements = resources.use(
    await openServerStatements({
      files: configuration.scan.vex,
      log,
      onChange: () => {
        stored.events
          .publish({ type: "statements-changed" })
          .catch((error: unknown) =>
            log.error({ err: error }, "verdicts are made with the new statements within a minute"),
          );
      },
    }),
  );
  const foreign = resources.use(openForeignFindings({ database: stored, log }));
  const current = withDatabaseInUse(stored.scans, () => advisories.info);
  const database = { ...stored, scans: withStatements(foreign.wrap(current), statements.current, clock) };
  const layoutDir = join(configuration.dataDir, "registry");
  const damage = resources.use(await openDamageRecord({ database, telemetry, clock }));
  const blobs = await openRegistryBlobs({ configuration, folder: layoutDir, log, clock, damage, database });
  resources.use(damage.follow(blobs));
  const verifier = resources.use(await openSignatureVerifier({ configuration, database, telemetry, clock }));
  resources.use(await startAdvisoryUpdates({ settings: configuration, live: advisories, verifier, telemetry, clock }));
  const images = resources.use(
    createRemoteImages({
      configuration,
      database,
      // read anew by each scan: another version may be in use by then
      get advisoryFile() {
        return advisories.file;
      },
      telemetry,
      clock,
    }),
  );
  const harborScans =
    configuration.harborScanner.registries.length === 0
      ? undefined
      : resources.use(
          new HarborScans({
            configuration,
            database,
            get advisoryFile() {
              return advisories.file;
            },
            telemetry,
            clock,
          }),
        );
  const judge = createJudge({
    database,
    blobs: storesBlobs(configuration)
      ? blobs
      : resources.use(await openReachedBlobs({ configuration, database, clock })),
    policies,
    verifier,
    get advisories() {
      return advisories.info;
    },
    clock,
    telemetry,
    registryNames,
    images,
    nodePlatforms: () => cluster?.view.nodePlatforms ?? [],
  });
  resources.defer(() => judge[Symbol.dispose]());
  const has = new Set(configuration.roles);
  if (has.has("registry") || has.has("api")) {
    await bindStoredCredentials({ database: stored, settings, log });
  }
  const content = has.has("registry")
    ? resources.use(openRegistryContent({ database, blobs, clock, settings })).content
    : undefined;
  const named = { ...configuration, registry: { ...configuration.registry, names: registryNames } };
  const parts = { configuration: named, database, settings, telemetry, clock };
  const context: ServerContext = {
    configuration: named,
    database,
    blobs,
    judge,
    settings,
    reportDamage: damage.report,
    ...(harborScans === undefined ? {} : { harborScans }),
    ...(content === undefined
      ? {}
      : {
          content,
          proxyCache: resources.use(openProxyCache(parts, content, () => cluster?.view.nodePlatforms ?? [])),
        }),
    telemetry,
    clock,
    ...(cluster === undefined
      ? {}
      : {
          cluster: cluster.view,
          clusterHealth: () => cluster.health(),
          clusterComponents: resources.use(
            openClusterComponents({
              client: cluster.view.client,
              nodes: { current: () => cluster.nodes() },
              advisories,
              telemetry,
              clock,
            }),
          ),
        }),
    leaving,
    stopping: stopping.signal,
  };

  const listeners: RunningRole[] = [];
  async function start(name: "console" | "admission", begin: () => Promise<RunningRole>): Promise<RunningRole> {
    const role = await listening(configuration.listen[name], `listen.${name}`, translate, begin);
    listeners.push(role);
    return role;
  }
  async function startAnyRegistry(): Promise<RunningRegistry> {
    const role = await startRegistry(context, undefined, (setting, begin) => {
      const address = configuration.listen[setting] ?? { host: "", port: 0 };
      return listening(address, `listen.${setting}`, translate, begin);
    });
    listeners.push(role);
    return role;
  }
  if (has.has("scanner")) {
    const jobs = await startScanJobs(context, {
      layoutDir,
      get advisoryFile() {
        return advisories.file;
      },
      advisories,
    });
    resources.defer(() => jobs.stop());
  }
  // Scans go on while pulls that wait for them are drained.
  resources.defer(() => stopAll(listeners));
  await cluster?.waitForPolicies(leaving);
  const registry = has.has("registry") ? await startAnyRegistry() : undefined;
  if (context.content !== undefined) {
    registerStorageMetrics(telemetry.metrics, {
      store: database.registry,
      damagedBlobs: database.damagedBlobs,
      blobs,
      log,
    });
    const jobs = await startRegistryJobs(context, { content: context.content });
    resources.defer(() => jobs.stop());
    const webhooks = startWebhooks(context);
    resources.defer(() => webhooks.stop());
  }
  const admission = has.has("gate") ? await start("admission", () => startAdmission(context)) : undefined;
  if (has.has("controller")) {
    const controller = await startController(context);
    resources.defer(() => controller.stop());
  }
  // the console's listener also answers health and metrics, so it runs with every set of roles
  const api = await start("console", () => startApi(context));
  if (registry !== undefined) {
    resources.use(await writeLocalInspectToken(context, registry));
    const { dataDir } = configuration;
    resources.use(await keepLocalSettings({ dataDir, registryNames, settings, log }));
  }

  // Last, so that a start that fails (a busy port) does not make a password that nobody ever gets to see.
  const firstPassword = await ensureFirstAdministrator(database.accounts, configuration.admin.passwordFile);
  const seconds = ((performance.now() - options.startedAt) / 1000).toFixed(1);
  options.print(
    renderStartupBanner(
      {
        version: VERSION,
        seconds,
        urls: {
          console: api.url,
          ...(registry === undefined ? {} : { registry: registry.addresses.map(({ url }) => url).join("   ") }),
          ...(admission === undefined ? {} : { admission: admission.url }),
        },
        ...(cluster === undefined ? {} : { cluster: clusterFacts(cluster) }),
        ...(firstPassword === undefined ? {} : { firstPassword }),
        advisories: advisories.info,
        dataDir: configuration.dataDir,
      },
      translate,
    ),
  );
  log.info({ version: VERSION, seconds: Number(seconds), roles: configuration.roles }, "ready");
  await aborted(leaving);
  await goOnServing(configuration.shutdown.delayMs, log);
  stopping.abort(leaving.reason);
  options.print(`${translate("server.stopping")}\n`);
  await resources.disposeAsync();
  log.info("stopped");
  options.print(`${translate("server.stopped")}\n`);
}

function clusterFacts({ view, policies }: ConnectedCluster): NonNullable<StartupFacts["cluster"]> {
  const { server } = view.client;
  return policies.isReady ? { server, policies: policies.current().admission.documents.length } : { server };
}

async function makeDataFolder(dataDir: string): Promise<void> {
  try {
    // others may pass through (the account of the embedded PostgreSQL must), but not look around
    await mkdir(dataDir, { recursive: true, mode: 0o711 });
  } catch (error) {
    throw new ServerError("DATA_FOLDER_UNUSABLE", `cannot make the data folder: ${messageOf(error)}`, { cause: error });
  }
}

/** Lets `haechi scan` of the same account on this machine read refused images; valid while this process lives. */
async function writeLocalInspectToken(context: ServerContext, registry: RunningRole): Promise<AsyncDisposable> {
  const folder = join(context.configuration.dataDir, "run");
  const path = join(folder, "local-inspect-token.json");
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const token = await createLocalInspectToken(context);
  const text = `${JSON.stringify({ registries: loopbackNames(context, registry), token })}\n`;
  // another process may share the folder: the last one to start is the one that `haechi scan` asks
  const own = `${path}.${randomUUID()}`;
  await writeFile(own, text, { mode: 0o600, flag: "wx" });
  await rename(own, path);
  return {
    async [Symbol.asyncDispose]() {
      if ((await readFile(path, "utf8").catch(() => "")) === text) {
        await rm(path, { force: true });
      }
    },
  };
}

/** The token never leaves this machine, so it is made out to names of this machine only. */
function loopbackNames(context: ServerContext, registry: RunningRole): readonly string[] {
  const names = [new URL(registry.url).host, ...context.configuration.registry.names];
  return [...new Set(names)].filter((name) => /^(?:localhost|127\.0\.0\.1|\[::1\])(?::\d+)?$/.test(name));
}

/** Each may take as long as its patience lasts: together they take as long as the longest. */
async function stopAll(roles: readonly RunningRole[]): Promise<void> {
  const outcomes = await Promise.allSettled(roles.map((role) => role.stop()));
  const failures = outcomes.flatMap((outcome) => (outcome.status === "rejected" ? [outcome.reason as unknown] : []));
  if (failures.length > 0) {
    throw new AggregateError(failures, "not every listener could be stopped");
  }
}

/** Who routes requests to us has to hear first that we are not ready any more: until then new ones come. */
async function goOnServing(delayMs: number, log: Pick<Logger, "info">): Promise<void> {
  if (delayMs > 0) {
    log.info({ delayMs }, "told to stop; serving until the delay is over");
    await pause(delayMs);
  }
}

async function aborted(signal: AbortSignal): Promise<void> {
  if (!signal.aborted) {
    await new Promise((resolve) => {
      signal.addEventListener("abort", resolve, { once: true });
    });
  }
}
