// SPDX-License-Identifier: Apache-2.0

import type {
  Advisory,
  AdvisoryDatabaseInfo,
  AdvisorySource,
  Exploitation,
  SeverityStatement,
  SupportPeriod,
} from "#advisories";
import {
  type AdvisoryDatabase,
  compareDatabases,
  type DatabaseChange,
  identityOfDatabase,
  openAdvisoryDatabase,
} from "#advisory-db";
import type { Distribution } from "#packages";

type OnChange = (info: AdvisoryDatabaseInfo, change: DatabaseChange | undefined) => void;

/** The advisory database of the process, whatever version of it is in use at the moment. */
export interface LiveAdvisories extends AdvisorySource, Disposable {
  readonly info: AdvisoryDatabaseInfo;
  /** The folder that is in use; scans that start now open it. */
  readonly file: string;
  /**
   * Calls back after another version was opened, until the returned function is called: findings made with the version
   * before are then out of date. Not for a version with the same content. `change` is what it says differently, where that can be told.
   */
  subscribe(onChange: OnChange): () => void;
  /**
   * Opens what is in use now, if it is another version. What cannot be opened throws, and the version before stays in use.
   * Returns whether the content changed.
   */
  reload(): Promise<boolean>;
}

/** Opens the database that `choose` names, and again whenever it names another folder or the folder has another version. */
export async function openLiveAdvisories(choose: () => Promise<string>): Promise<LiveAdvisories> {
  const file = await choose();
  const identity = identityOfDatabase(file);
  return new SwitchingAdvisories(choose, { file, identity, database: openAdvisoryDatabase(file) });
}

interface Opened {
  readonly file: string;
  readonly identity: string;
  readonly database: AdvisoryDatabase;
}

class SwitchingAdvisories implements LiveAdvisories {
  readonly #choose: () => Promise<string>;
  readonly #listeners = new Set<OnChange>();
  #opened: Opened;
  #isClosed = false;
  #reloading: Promise<unknown> = Promise.resolve();

  constructor(choose: () => Promise<string>, opened: Opened) {
    this.#choose = choose;
    this.#opened = opened;
  }

  get info(): AdvisoryDatabaseInfo {
    return this.#opened.database.info;
  }

  get file(): string {
    return this.#opened.file;
  }

  advisoriesFor(ecosystem: string, packageName: string): readonly Advisory[] {
    return this.#opened.database.advisoriesFor(ecosystem, packageName);
  }

  exploitationOf(cve: string): Exploitation | undefined {
    return this.#opened.database.exploitationOf(cve);
  }

  severitiesOf(cve: string): readonly SeverityStatement[] {
    return this.#opened.database.severitiesOf(cve);
  }

  supportOf(distribution: Distribution): SupportPeriod | undefined {
    return this.#opened.database.supportOf(distribution);
  }

  subscribe(onChange: OnChange): () => void {
    this.#listeners.add(onChange);
    return () => this.#listeners.delete(onChange);
  }

  /** One after the other: comparing takes a while, and what came before must be told before. */
  reload(): Promise<boolean> {
    const reloaded = this.#reloading.then(() => this.#reload());
    this.#reloading = reloaded.catch(() => undefined);
    return reloaded;
  }

  async #reload(): Promise<boolean> {
    const file = await this.#choose();
    // before opening: a version that comes in between is then seen the next time
    const identity = identityOfDatabase(file);
    if (this.#isClosed || (file === this.#opened.file && identity === this.#opened.identity)) {
      return false;
    }
    const database = openAdvisoryDatabase(file);
    using before = this.#opened.database;
    this.#opened = { file, identity, database };
    if (before.info.digest === database.info.digest) {
      return false;
    }
    const change = await compareDatabases(before, database).catch(() => {
      // one of them is damaged, or this was closed meanwhile: whoever asks takes everything for changed
      return undefined;
    });
    for (const listener of this.#listeners) {
      listener(database.info, change);
    }
    return true;
  }

  [Symbol.dispose](): void {
    this.#isClosed = true;
    this.#listeners.clear();
    this.#opened.database[Symbol.dispose]();
  }
}
