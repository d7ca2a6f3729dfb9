// SPDX-License-Identifier: Apache-2.0
import type { Database, DatabaseLog } from "#database";
import { createSettingsTree, type PrefixQuota, type ResolvedSettings, type SettingsTree } from "#registry";
import { readSettings, type StoredSettings } from "./read-settings.ts";

/** Should an event ever be lost without anybody noticing. */
const REFRESH_MS = 60_000;
const FIRST_RETRY_MS = 200;
const LAST_RETRY_MS = 10_000;

/** The registry's settings as this process knows them: every process within a second after somebody changed them. */
export interface RegistrySettings extends Disposable {
  /** What holds for a repository. Answers at once; the same object until something changes. */
  of(repository: string): ResolvedSettings;
  /** Every quota that the repository counts for, the shortest prefix first. */
  quotasOf(repository: string): readonly PrefixQuota[];
  /** False: somebody switched the registry off, and nothing of its protocol is answered. */
  readonly isServiceOn: boolean;
  /** The same object until something changes. */
  readonly tree: SettingsTree;
  /** Prefixes whose document cannot be read; the strictest settings hold there. */
  readonly problems: ReadonlyMap<string, string>;
  /** Reads them again now: whoever wrote sees what was written. Rejects when the database does. */
  refresh(): Promise<void>;
  /** Calls back after each change, until the returned function is called. */
  subscribe(onChange: () => void): () => void;
}

/** Reads the settings and follows them. Rejects when they cannot be read the first time; later, what was read last stays in force. */
export async function openRegistrySettings(options: {
  readonly database: Pick<Database, "registryObjects" | "events">;
  readonly log: Pick<DatabaseLog, "error">;
}): Promise<RegistrySettings> {
  const { database, log } = options;
  const listeners = new Set<() => void>();
  let stored: StoredSettings | undefined;
  let tree = createSettingsTree([]);
  let reading: Promise<void> | undefined;
  let isStale = false;
  let retry: NodeJS.Timeout | undefined;
  let isClosed = false;

  async function read(): Promise<void> {
    const found = await readSettings(database.registryObjects);
    if (isClosed || found.text === stored?.text) {
      return;
    }
    stored = found;
    tree = createSettingsTree(found.prefixes);
    for (const [prefix, problem] of found.problems) {
      log.error({ prefix, problem }, "settings of the registry cannot be read; the strictest ones hold for the prefix");
    }
    for (const onChange of listeners) {
      onChange();
    }
  }

  /** What changes while it is being read is read once more, and those who ask meanwhile wait for that. */
  async function refresh(): Promise<void> {
    isStale = true;
    reading ??= (async () => {
      try {
        while (isStale) {
          isStale = false;
          await read();
        }
      } finally {
        reading = undefined;
      }
    })();
    await reading;
  }

  function follow(delayMs: number = FIRST_RETRY_MS): void {
    clearTimeout(retry);
    refresh().catch((error: unknown) => {
      if (!isClosed) {
        log.error({ err: error }, "the settings of the registry could not be read again; the last ones stay in force");
        retry = setTimeout(() => follow(Math.min(delayMs * 2, LAST_RETRY_MS)), delayMs);
        retry.unref();
      }
    });
  }

  // Before reading: what changes in between is heard of.
  const unsubscribe = database.events.subscribe(
    (event) => {
      if (event.type === "registry-changed" && (event.kind === "settings" || event.kind === "service")) {
        follow();
      }
    },
    () => follow(),
  );
  try {
    await refresh();
  } catch (error) {
    unsubscribe();
    throw error;
  }
  const timer = setInterval(() => follow(), REFRESH_MS);
  timer.unref();

  return {
    of: (repository) => tree.resolve(repository),
    quotasOf: (repository) => tree.quotasOf(repository),
    get isServiceOn() {
      return stored?.isServiceOn ?? true;
    },
    get tree() {
      return tree;
    },
    get problems() {
      return stored?.problems ?? new Map<string, string>();
    },
    refresh,
    subscribe(onChange) {
      listeners.add(onChange);
      return () => void listeners.delete(onChange);
    },
    [Symbol.dispose]() {
      isClosed = true;
      unsubscribe();
      clearInterval(timer);
      clearTimeout(retry);
      listeners.clear();
    },
  };
}
