// SPDX-License-Identifier: Apache-2.0
import { expect, it } from "vitest";
import { testDigest } from "../../../test/support/contracts/database.ts";
import { describeWithDatabases, query } from "../../../test/support/postgres.ts";

describeWithDatabases("what two processes do with the bytes of one digest", ({ open }) => {
  const digest = testDigest("blob");
  const blob = { digest, sizeBytes: 1 };

  it("is not removed while the other one links it, nor afterwards", async () => {
    const a = await open();
    const b = await open({ url: a.connectionString });
    const looking = Promise.withResolvers<void>();
    const looked = Promise.withResolvers<boolean>();
    const linking = a.registry.linkBlob("team/app", blob, () => {
      looking.resolve();
      return looked.promise;
    });
    await looking.promise;
    let removals = 0;
    const removing = b.registry.removeUnheld(digest, () => Promise.resolve(++removals));
    looked.resolve(true);
    expect(await linking).toBe(true);
    expect(await removing).toBeUndefined();
    expect(removals).toBe(0);
  });

  it("is not linked while the other one removes it, but looked for afterwards", async () => {
    const a = await open();
    const b = await open({ url: a.connectionString });
    // a repository that is there, and one that is not
    await a.registry.linkBlob("team/app", { digest: testDigest("other"), sizeBytes: 1 });
    for (const repository of ["team/app", "team/new"]) {
      let isThere = true;
      const removing = Promise.withResolvers<void>();
      const removed = Promise.withResolvers<void>();
      const removal = b.registry.removeUnheld(digest, async () => {
        removing.resolve();
        await removed.promise;
        isThere = false;
        return true;
      });
      await removing.promise;
      const linking = a.registry.linkBlob(repository, blob, () => Promise.resolve(isThere));
      removed.resolve();
      expect(await removal).toBe(true);
      expect(await linking).toBe(false);
      expect(await a.registry.findBlobLink(repository, digest)).toBeUndefined();
    }
  });

  it("is asked about once more before it goes for good, and not after the lock is lost", async () => {
    const a = await open();
    const removed = await a.registry.removeUnheld(digest, (mayGo) => mayGo());
    expect(removed).toBe(true);
    const b = await open({ url: a.connectionString });
    const removal = b.registry.removeUnheld(digest, async (mayGo) => {
      // as when the process stood still for longer than the server waits for a transaction
      await query(
        a.connectionString,
        "select pg_terminate_backend(pid) from pg_stat_activity where state = 'idle in transaction' and datname = current_database()",
      );
      return await mayGo();
    });
    await expect(removal).rejects.toThrow();
  });

  it("is kept for a snapshot that somebody makes", async () => {
    const a = await open();
    const b = await open({ url: a.connectionString });
    await a.registryJobs.create({ kind: "snapshot", target: "all", parameters: {}, requestedBy: "test" });
    const job = await a.registryJobs.claim(["snapshot"]);
    expect(await b.registry.removeUnheld(digest, () => Promise.resolve(true))).toBeUndefined();
    await a.registryJobs.finish(job?.id ?? 0, { state: "done" });
    expect(await b.registry.removeUnheld(digest, () => Promise.resolve(true))).toBe(true);
  });

  it("says of a process whether it lives", async () => {
    const a = await open();
    const b = await open({ url: a.connectionString });
    expect(await a.processes.isAlive(b.processes.own)).toBe(true);
    await b[Symbol.asyncDispose]();
    await expect.poll(() => a.processes.isAlive(b.processes.own)).toBe(false);
    expect(await a.processes.isAlive(a.processes.own)).toBe(true);
  });
});
