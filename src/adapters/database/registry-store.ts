// SPDX-License-Identifier: Apache-2.0
import { sql } from "kysely";
import type { Digest } from "#base";
import { keepContent } from "./content-lock.ts";
import { listImages } from "./list-images.ts";
import { makeScanPending } from "./make-scan-pending.ts";
import { manifestsWhere, referrersOf } from "./read-manifests.ts";
import { createRegistryRetentionStore } from "./registry-retention-store.ts";
import { createRegistryStorageStore } from "./registry-storage-store.ts";
import { removeContent } from "./remove-content.ts";
import { withoutNul } from "./storable-text.ts";
import type { Queries, StoreContext } from "./store-context.ts";
import type { ManifestRecord, RegistryStore } from "./stores.ts";

export function createRegistryStore(context: StoreContext): RegistryStore {
  const { db } = context;
  return {
    ...createRegistryStorageStore(context),
    ...createRegistryRetentionStore(context),

    async putManifest(record, tag, { needs, withScan = true, ifTag, whileKept } = {}) {
      try {
        return await db.transaction().execute(async (transaction) => {
          const missing = needs === undefined ? undefined : await findMissing(transaction, record, needs);
          return missing === undefined
            ? await putManifest(context, transaction, { record, tag, withScan, ifTag, whileKept })
            : { isNewScan: false, missing };
        });
      } catch (error) {
        if (error instanceof TagTaken) {
          return { isNewScan: false, taken: error.digest };
        }
        throw error;
      }
    },

    async findManifest(repository, reference) {
      const found = await manifestsWhere(
        db,
        repository,
        "digest" in reference
          ? sql`m.digest = ${withoutNul(reference.digest)}`
          : sql`m.digest = (select t.digest from tag t where t.repository_id = r.id and t.name = ${withoutNul(reference.tag)})`,
      );
      return found[0];
    },

    async findReferencing(repository, digest) {
      const { rows } = await sql<Pick<ManifestRecord, "digest" | "kind">>`
        select m.digest, m.kind from manifest m join repository r on r.id = m.repository_id
        where r.name = ${withoutNul(repository)} and exists (
          select 1 from manifest_reference f
          where f.repository_id = r.id and f.manifest_digest = m.digest and f.digest = ${digest})
        order by m.pushed_at, m.digest`.execute(db);
      return rows;
    },

    findReferrers: (repository, subject, page) => referrersOf(db, repository, { subject, page }),

    async findUnlinked(digest) {
      const { rows } = await sql<{ readonly missing: Digest | null }>`
        select (
          select f.digest from manifest_reference f
          where f.repository_id = m.repository_id and f.manifest_digest = m.digest and f.kind = 'blob' and not exists (
            select 1 from blob_link l where l.repository_id = f.repository_id and l.digest = f.digest)
          order by f.position limit 1) as missing
        from manifest m where m.digest = ${digest}`.execute(db);
      return rows.some(({ missing }) => missing === null) ? undefined : (rows[0]?.missing ?? undefined);
    },

    async listTags(repository, { last, limit }) {
      // No join: so the index gives the page in its order, however many tags there are.
      const rows = await db
        .selectFrom("tag")
        .select("name")
        .where("repository_id", "=", (query) =>
          query.selectFrom("repository").select("id").where("name", "=", withoutNul(repository)),
        )
        .$if(last !== undefined, (query) => query.where("name", ">", withoutNul(last ?? "")))
        .orderBy("name")
        .limit(limit)
        .execute();
      return rows.map((row) => row.name);
    },

    async listRepositories({ last, limit }) {
      const rows = await db
        .selectFrom("repository")
        .select("name")
        .$if(last !== undefined, (query) => query.where("name", ">", withoutNul(last ?? "")))
        .orderBy("name")
        .limit(limit)
        .execute();
      return rows.map((row) => row.name);
    },

    async hasRepository(repository) {
      const row = await db
        .selectFrom("repository")
        .select("id")
        .where("name", "=", withoutNul(repository))
        .executeTakeFirst();
      return row !== undefined;
    },

    async findHolder(digest) {
      const { rows } = await sql<{ readonly repository: string; readonly kind: "manifest" | "blob" }>`
        select r.name as repository, h.kind from (
          select repository_id, 'manifest' as kind, 0 as rank from manifest where digest = ${digest}
          union all
          select repository_id, 'blob', 1 from blob_link where digest = ${digest}
        ) h join repository r on r.id = h.repository_id order by h.rank, r.name limit 1`.execute(db);
      return rows[0];
    },

    async linkBlob(repository, blob, whileKept) {
      return await db.transaction().execute(async (transaction) => {
        const repositoryId = await ensureRepository(context, transaction, { name: repository, keeping: blob.digest });
        if (whileKept !== undefined && !(await whileKept())) {
          return false;
        }
        await transaction
          .insertInto("blob_link")
          .values({
            cluster_id: context.clusterId,
            repository_id: repositoryId,
            digest: blob.digest,
            size_bytes: blob.sizeBytes,
            linked_at: context.clock.now(),
          })
          .onConflict((conflict) =>
            conflict
              .columns(["repository_id", "digest"])
              .doUpdateSet({ linked_at: (row) => row.ref("excluded.linked_at") }),
          )
          .execute();
        return true;
      });
    },

    async findBlobLink(repository, digest) {
      const row = await db
        .selectFrom("blob_link")
        .innerJoin("repository", "repository.id", "blob_link.repository_id")
        .select("blob_link.size_bytes")
        .where("repository.name", "=", withoutNul(repository))
        .where("blob_link.digest", "=", digest)
        .executeTakeFirst();
      return row === undefined ? undefined : { sizeBytes: row.size_bytes };
    },

    async listBlobRepositories(digest, limit) {
      const rows = await db
        .selectFrom("blob_link")
        .innerJoin("repository", "repository.id", "blob_link.repository_id")
        .select("repository.name")
        .where("blob_link.digest", "=", digest)
        .orderBy("repository.name")
        .limit(limit)
        .execute();
      return rows.map((row) => row.name);
    },

    async listTagsOf(repository, digest) {
      const rows = await db
        .selectFrom("tag")
        .innerJoin("repository", "repository.id", "tag.repository_id")
        .select("tag.name")
        .where("repository.name", "=", withoutNul(repository))
        .where("tag.digest", "=", digest)
        .orderBy("tag.name")
        .execute();
      return rows.map((row) => row.name);
    },

    async deleteTag(repository, tag, only) {
      // as often as times come from outside: a Date has milliseconds
      const pushedThen =
        only?.pushedAt === undefined
          ? sql`true`
          : sql`date_trunc('milliseconds', t.pushed_at) = ${only.pushedAt}::timestamptz`;
      const isIt = only === undefined ? sql`true` : sql`t.digest = ${only.digest} and ${pushedThen}`;
      const { rows } = await sql<{ readonly digest: Digest }>`
        delete from tag t using repository r
        where r.id = t.repository_id and r.name = ${withoutNul(repository)} and t.name = ${withoutNul(tag)} and ${isIt}
        returning t.digest`.execute(db);
      return rows[0]?.digest;
    },

    deleteManifest: (repository, digest, options) =>
      removeContent(context, "manifest", { repository, digest, ...options }),
    unlinkBlob: (repository, digest) => removeContent(context, "blob_link", { repository, digest }),

    listImages: (page) => listImages(db, page),
  };
}

/** Undoes the transaction. */
class TagTaken extends Error {
  readonly digest: Digest;

  constructor(digest: Digest) {
    super("the tag leads to something else");
    this.digest = digest;
  }
}

/**
 * The id of the repository, made when it is new. It is held until the transaction ends, so that nobody removes it as an empty one meanwhile;
 * and so are the bytes of `keeping`.
 */
async function ensureRepository(
  context: StoreContext,
  queries: Queries,
  { name, keeping }: { readonly name: string; readonly keeping: Digest },
): Promise<number> {
  const find = sql<{ readonly id: number }>`
    select id, ${keepContent(keeping)} from repository where name = ${name} for key share`;
  const [known] = (await find.execute(queries)).rows;
  if (known !== undefined) {
    return known.id;
  }
  await queries
    .insertInto("repository")
    .values({ cluster_id: context.clusterId, name, created_at: context.clock.now() })
    .onConflict((conflict) => conflict.column("name").doNothing())
    .execute();
  // Not RETURNING: when another push made it meanwhile, nothing is inserted, and a new statement sees what it committed.
  const [made] = (await find.execute(queries)).rows;
  if (made === undefined) {
    throw new Error("the repository was removed while it was made");
  }
  return made.id;
}

/**
 * Takes the rows of everything that the manifest needs, so that neither a deletion nor a collection takes it away before the
 * push is stored; a digest that the repository does not have, if any.
 */
async function findMissing(
  queries: Queries,
  record: ManifestRecord,
  needs: "everything" | "blobs",
): Promise<Digest | undefined> {
  const found = new Set<string>();
  for (const kind of ["blob", "manifest"] as const) {
    const digests = record.references.filter((each) => each.kind === kind).map(({ digest }) => digest);
    if (digests.length > 0) {
      const table = sql.table(kind === "blob" ? "blob_link" : "manifest");
      const { rows } = await sql<{ readonly digest: Digest }>`
        select c.digest from ${table} c
        where c.repository_id = (select id from repository where name = ${record.repository})
          and c.digest = any(${digests}::text[])
        order by c.digest for key share of c`.execute(queries);
      for (const { digest } of rows) {
        found.add(`${kind} ${digest}`);
      }
    }
  }
  return record.references.find(
    ({ digest, kind, isForeign }) =>
      !found.has(`${kind} ${digest}`) && isForeign !== true && (kind === "blob" || needs === "everything"),
  )?.digest;
}

/**
 * Every push takes its rows in one order (repository, manifest, tag, scan), so that pushes wait for each other and never
 * deadlock. The row of the tag serialises two pushes of it.
 */
async function putManifest(
  context: StoreContext,
  queries: Queries,
  pushed: {
    readonly record: ManifestRecord;
    readonly tag: string | undefined;
    readonly withScan: boolean;
    readonly ifTag: { readonly from: Digest | undefined } | undefined;
    readonly whileKept: (() => Promise<void>) | undefined;
  },
): Promise<{ readonly isNewScan: boolean }> {
  const { record, tag, withScan, ifTag, whileKept } = pushed;
  const repositoryId = await ensureRepository(context, queries, { name: record.repository, keeping: record.digest });
  await whileKept?.();
  const { numInsertedOrUpdatedRows } = await queries
    .insertInto("manifest")
    .values({
      cluster_id: context.clusterId,
      repository_id: repositoryId,
      digest: record.digest,
      media_type: record.mediaType,
      kind: record.kind,
      size_bytes: record.sizeBytes,
      artifact_type: record.artifactType === undefined ? null : withoutNul(record.artifactType),
      subject: record.subject ?? null,
      platform: record.platform === undefined ? null : withoutNul(record.platform),
      pushed_by: record.pushedBy,
      pushed_at: record.pushedAt,
    })
    .onConflict((conflict) => conflict.columns(["repository_id", "digest"]).doNothing())
    .executeTakeFirstOrThrow();
  // The digest fixes the references, so a manifest that was there has them already.
  if (numInsertedOrUpdatedRows === 1n && record.references.length > 0) {
    await insertReferences(context, queries, repositoryId, record);
  }
  if (tag !== undefined) {
    const { numInsertedOrUpdatedRows: moved } = await queries
      .insertInto("tag")
      .values({
        cluster_id: context.clusterId,
        repository_id: repositoryId,
        name: tag,
        digest: record.digest,
        pushed_by: record.pushedBy,
        pushed_at: record.pushedAt,
      })
      .onConflict((conflict) => {
        const update = conflict.columns(["repository_id", "name"]).doUpdateSet({
          digest: (row) => row.ref("excluded.digest"),
          pushed_by: (row) => row.ref("excluded.pushed_by"),
          pushed_at: (row) => row.ref("excluded.pushed_at"),
        });
        // judged while the row is ours: after whoever else was moving it
        return ifTag === undefined
          ? update
          : update.where("tag.digest", "in", [record.digest, ifTag.from ?? record.digest]);
      })
      .executeTakeFirstOrThrow();
    if (moved === 0n) {
      const { digest } = await queries
        .selectFrom("tag")
        .select("digest")
        .where("repository_id", "=", repositoryId)
        .where("name", "=", tag)
        .executeTakeFirstOrThrow();
      throw new TagTaken(digest as Digest);
    }
  }
  if (record.kind === "image") {
    // read from another registry before: from now on our own scanner looks after it
    await queries
      .updateTable("scan")
      .set({ origin: null })
      .where("digest", "=", record.digest)
      .where("origin", "is not", null)
      .execute();
  }
  // whoever pushes again after a scan failed (a full disk, a crash) asks for another try
  const isNewScan =
    record.kind === "image" &&
    withScan &&
    (await makeScanPending(context, queries, {
      digest: record.digest,
      from: "failed",
      options: { reason: "push", requestedBy: record.pushedBy },
    }));
  return { isNewScan };
}

/** One statement with arrays: a manifest may have 2,000 references and a statement at most 65,535 parameters. */
async function insertReferences(
  context: StoreContext,
  queries: Queries,
  repositoryId: number,
  record: ManifestRecord,
): Promise<void> {
  await sql`
    insert into manifest_reference (cluster_id, repository_id, manifest_digest, position, digest, kind, size_bytes)
    select ${context.clusterId}::uuid, ${repositoryId}::bigint, ${record.digest}::text, u.position - 1, u.digest, u.kind, u.size_bytes
    from unnest(
      ${record.references.map((each) => each.digest)}::text[],
      ${record.references.map((each) => each.kind)}::text[],
      ${record.references.map((each) => each.sizeBytes)}::bigint[]
    ) with ordinality as u (digest, kind, size_bytes, position)`.execute(queries);
}
