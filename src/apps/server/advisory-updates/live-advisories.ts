// SPDX-License-Identifier: Apache-2.0

import type { Advisory, AdvisoryDatabaseInfo, AdvisorySource, Exploitation, SupportPeriod } from "#advisories";
import { type AdvisoryDatabase, identityOfDatabase, openAdvisoryDatabase } from "#advisory-db";
import type { Distribution } from "#packages";

/** The advisory database of the process, whatever version of it is in use at the moment. */
export interface LiveAdvisories extends AdvisorySource, Disposable {
  readonly info: AdvisoryDatabaseInfo;
  /** The folder that is in use; scans that start now open it. */
  readonly file: string;
  /**
   * Calls back after another version was opened, until the returned function is called: findings made with the version
   * before are then out of date. Not for a version with the same content.
   */
  subscribe(onChange: (info: AdvisoryDatabaseInfo) => void): () => void;
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
  readonly #listeners = new Set<(info: AdvisoryDatabaseInfo) => void>();
  #opened: Opened;
  #isClosed = false;

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

  supportOf(distribution: Distribution): SupportPeriod | undefined {
    return this.#opened.database.supportOf(distribution);
  }

  subscribe(onChange: (info: AdvisoryDatabaseInfo) => void): () => void {
    this.#listeners.add(onChange);
    return () => this.#listeners.delete(onChange);
  }

  async reload(): Promise<boolean> {
    const file = await this.#choose();
    // before opening: a version that comes in between is then seen the next time
    const identity = identityOfDatabase(file);
    if (this.#isClosed || (file === this.#opened.file && identity === this.#opened.identity)) {
      return false;
    }
    const database = openAdvisoryDatabase(file);
    const before = this.#opened;
    this.#opened = { file, identity, database };
    before.database[Symbol.dispose]();
    if (before.database.info.digest === database.info.digest) {
      return false;
    }
    for (const listener of this.#listeners) {
      listener(database.info);
    }
    return true;
  }

  [Symbol.dispose](): void {
    this.#isClosed = true;
    this.#listeners.clear();
    this.#opened.database[Symbol.dispose]();
  }
}
