// SPDX-License-Identifier: Apache-2.0
import { createHash } from "node:crypto";
import { type ExpressionBuilder, type Selectable, sql } from "kysely";
import type { Digest } from "#base";
import type { UsedException } from "#policy";
import type {
  AdmissionStanding,
  ExceptionUse,
  RunningImage,
  RunningImageCounts,
  RunningImageQuery,
  RunningVerdict,
  StoredRunningImage,
  WorkloadStore,
} from "./running-image.ts";
import type { Schema } from "./schema.ts";
import { storableText, withoutNul } from "./storable-text.ts";
import type { StoreContext } from "./store-context.ts";

const MAX_NAME_CHARACTERS = 2_000;
/** The record keeps the worst reasons (they are sorted). */
const MAX_REASONS = 100;
const MAX_BATCH = 200;
/** Groups of equal uses that one question reads. */
const MAX_USE_GROUPS = 20_000;

const NOT_UNGATED: readonly AdmissionStanding[] = ["admitted", "pending"];

/** What runs, kept for all processes of the cluster; only the leading controller writes. */
export function createWorkloadStore({ db, clusterId, clock }: StoreContext): WorkloadStore {
  return {
    async load() {
      const rows = await db
        .selectFrom("running_image")
        .selectAll()
        .where("gone_at", "is", null)
        .orderBy("id")
        .execute();
      return rows.map(toRunningImage);
    },

    async save(images) {
      for (let start = 0; start < images.length; start += MAX_BATCH) {
        const rows = images.slice(start, start + MAX_BATCH).map((image) => toRow(clusterId, image));
        await db
          .insertInto("running_image")
          .values(rows)
          .onConflict((conflict) =>
            conflict.column("key").doUpdateSet((row) => ({
              containers: row.ref("excluded.containers"),
              pod_count: row.ref("excluded.pod_count"),
              pods: row.ref("excluded.pods"),
              standing: row.ref("excluded.standing"),
              verdict: row.ref("excluded.verdict"),
              outcome: row.ref("excluded.outcome"),
              announced: row.ref("excluded.announced"),
              judged_at: row.ref("excluded.judged_at"),
              changed_at: row.ref("excluded.changed_at"),
              gone_at: row.ref("excluded.gone_at"),
            })),
          )
          .execute();
      }
    },

    async prune({ goneBefore, keep }) {
      const { numDeletedRows } = await db
        .deleteFrom("running_image")
        .where("gone_at", "is not", null)
        .where((row) =>
          row.or([
            row("gone_at", "<", goneBefore),
            row(
              "id",
              "not in",
              row
                .selectFrom("running_image")
                .select("id")
                .where("gone_at", "is not", null)
                .orderBy("gone_at", "desc")
                .orderBy("id", "desc")
                .limit(keep),
            ),
          ]),
        )
        .executeTakeFirstOrThrow();
      return Number(numDeletedRows);
    },

    async list(query) {
      const matching = db.selectFrom("running_image").where((row) => row.and(conditionsOf(row, query)));
      const [{ total }, rows] = await Promise.all([
        matching.select((row) => row.fn.countAll<number>().as("total")).executeTakeFirstOrThrow(),
        matching
          .selectAll()
          .orderBy(sql`case outcome when 'deny' then 0 when 'undecided' then 1 when 'allow' then 3 else 2 end`)
          .orderBy("id", "desc")
          .limit(query.limit)
          .offset(query.offset ?? 0)
          .execute(),
      ]);
      return { total: Number(total), images: rows.map(toRunningImage) };
    },

    async find(id) {
      const row = await db.selectFrom("running_image").selectAll().where("id", "=", id).executeTakeFirst();
      return row === undefined ? undefined : toRunningImage(row);
    },

    async count() {
      const { rows } = await sql<Record<keyof RunningImageCounts, number>>`
        select count(*) filter (where outcome = 'allow') as "allow",
          count(*) filter (where outcome = 'deny') as "deny",
          count(*) filter (where outcome = 'undecided') as "undecided",
          count(*) filter (where outcome is null) as "unjudged",
          count(*) filter (where standing not in ('admitted', 'pending')) as "neverAdmitted"
        from running_image where gone_at is null`.execute(db);
      const [counts] = rows;
      return {
        allow: Number(counts?.allow ?? 0),
        deny: Number(counts?.deny ?? 0),
        undecided: Number(counts?.undecided ?? 0),
        unjudged: Number(counts?.unjudged ?? 0),
        neverAdmitted: Number(counts?.neverAdmitted ?? 0),
      };
    },

    async findAdmitted(images) {
      const found = new Set<(typeof images)[number]>();
      for (let start = 0; start < images.length; start += MAX_BATCH) {
        const batch = images.slice(start, start + MAX_BATCH);
        const { rows } = await sql<{ readonly place: number }>`
          select asked.place::int as place
          from jsonb_to_recordset(${JSON.stringify(
            batch.map(({ namespace, reference, digest }, place) => ({
              place,
              namespace,
              reference: storableText(reference, MAX_NAME_CHARACTERS),
              digest: digest ?? null,
            })),
          )}::text::jsonb) as asked(place int, namespace text, reference text, digest text)
          where exists (
            select 1 from decided_image i join decision d on d.content_id = i.content_id
            where i.gate = 'admission' and i.digest = asked.digest and d.namespace = asked.namespace)
          or exists (
            select 1 from decided_image i join decision d on d.content_id = i.content_id
            where md5(i.reference) = md5(asked.reference) and i.reference = asked.reference
              and i.gate = 'admission' and d.namespace = asked.namespace)`.execute(db);
        for (const { place } of rows) {
          const image = batch[place];
          if (image !== undefined) {
            found.add(image);
          }
        }
      }
      return found;
    },

    async exceptionUses(since) {
      const { rows } = await sql<{ readonly exceptions: string; readonly uses: number; readonly last: Date }>`
        select i.exceptions, count(*) as uses, max(d.decided_at) as last
        from decided_image i join decision d on d.content_id = i.content_id
        where i.exceptions is not null and d.decided_at >= ${since}
        group by i.exceptions order by last desc limit ${MAX_USE_GROUPS}`.execute(db);
      return addUp(rows.map((row) => ({ ...row, exceptions: JSON.parse(row.exceptions) as readonly UsedException[] })));
    },

    async countByException() {
      // Only verdicts that name one are read whole; the word alone may also stand in a reason.
      const rows = await db
        .selectFrom("running_image")
        .select("verdict")
        .where("gone_at", "is", null)
        .where("verdict", "like", '%"exceptions":%')
        .limit(MAX_USE_GROUPS)
        .execute();
      const groups = rows.map(({ verdict }) => ({
        exceptions: (JSON.parse(verdict ?? "{}") as Partial<RunningVerdict>).exceptions ?? [],
        uses: 1,
        last: clock.now(),
      }));
      return addUp(groups).map(({ uses, lastUsedAt: _now, ...exception }) => ({ ...exception, images: uses }));
    },

    async gateReadySince() {
      const noted = await db.selectFrom("gate_start").select("ready_at").executeTakeFirst();
      if (noted !== undefined) {
        return noted.ready_at;
      }
      const first = await db
        .selectFrom("decision")
        .innerJoin("decided_image", "decided_image.content_id", "decision.content_id")
        .select("decision.decided_at")
        .where("decided_image.gate", "=", "admission")
        .orderBy("decision.id")
        .limit(1)
        .executeTakeFirst();
      return first?.decided_at;
    },

    async noteGateReady() {
      await db
        .insertInto("gate_start")
        .values({ cluster_id: clusterId, ready_at: clock.now() })
        .onConflict((conflict) => conflict.column("cluster_id").doNothing())
        .execute();
    },
  };
}

function conditionsOf(row: ExpressionBuilder<Schema, "running_image">, query: RunningImageQuery) {
  const { namespace, outcome, neverAdmitted, digest, registries, text, withGone } = query;
  const part = `%${withoutNul(text ?? "").replaceAll(/[\\%_]/g, String.raw`\$&`)}%`;
  return [
    ...(withGone === true ? [] : [row("gone_at", "is", null)]),
    ...(namespace === undefined ? [] : [row("namespace", "=", withoutNul(namespace))]),
    ...(outcome === undefined ? [] : [row("outcome", "=", outcome)]),
    ...(neverAdmitted === true ? [row("standing", "not in", NOT_UNGATED)] : []),
    ...(digest === undefined ? [] : [row("digest", "=", digest)]),
    ...(registries === undefined
      ? []
      : [
          sql<boolean>`(case when reference like '%/%' then split_part(lower(reference), '/', 1) else '' end = any(${registries.names.map(withoutNul)}::text[])) = ${registries.isOneOf}`,
        ]),
    ...(text === undefined || text === ""
      ? []
      : [
          row.or([
            row("reference", "ilike", part),
            row("owner_name", "ilike", part),
            row("namespace", "ilike", part),
            row("digest", "ilike", part),
            row("verdict", "ilike", part),
          ]),
        ]),
  ];
}

/** Uses by exception, of groups of decisions that used the same ones. */
function addUp(
  groups: readonly { readonly exceptions: readonly UsedException[]; readonly uses: number; readonly last: Date }[],
): readonly ExceptionUse[] {
  const uses = new Map<string, ExceptionUse>();
  for (const group of groups) {
    const last = group.last.toISOString();
    for (const { name, namespace } of group.exceptions) {
      const key = JSON.stringify([namespace, name]);
      const known = uses.get(key);
      uses.set(key, {
        ...(namespace === undefined ? {} : { namespace }),
        name,
        uses: (known?.uses ?? 0) + Number(group.uses),
        lastUsedAt: known === undefined || known.lastUsedAt < last ? last : known.lastUsedAt,
      });
    }
  }
  return [...uses.values()];
}

type Row = Selectable<Schema["running_image"]>;

function toRow(clusterId: string, image: RunningImage) {
  const { verdict, owner } = image;
  return {
    cluster_id: clusterId,
    key: keyOf(image),
    namespace: storableText(image.namespace, MAX_NAME_CHARACTERS),
    owner_api_version: storableText(owner.apiVersion, MAX_NAME_CHARACTERS),
    owner_kind: storableText(owner.kind, MAX_NAME_CHARACTERS),
    owner_name: storableText(owner.name, MAX_NAME_CHARACTERS),
    owner_uid: storableText(owner.uid, MAX_NAME_CHARACTERS),
    reference: storableText(image.reference, MAX_NAME_CHARACTERS),
    digest: image.digest ?? null,
    containers: JSON.stringify(image.containers),
    pod_count: image.podCount,
    pods: JSON.stringify(image.pods),
    standing: image.standing,
    verdict:
      verdict === undefined
        ? null
        : JSON.stringify({ ...verdict, reasons: verdict.reasons.slice(0, MAX_REASONS) } satisfies RunningVerdict),
    outcome: verdict?.outcome ?? null,
    announced: image.announced ?? null,
    judged_at: image.judgedAt ?? null,
    changed_at: image.changedAt ?? null,
    first_seen_at: image.firstSeenAt,
    gone_at: image.goneAt ?? null,
  };
}

function keyOf({ namespace, owner, reference, digest }: RunningImage): string {
  const parts = [namespace, owner.apiVersion, owner.kind, owner.name, owner.uid, reference, digest ?? ""];
  return createHash("sha256").update(JSON.stringify(parts)).digest("hex");
}

function toRunningImage(row: Row): StoredRunningImage {
  return {
    id: row.id,
    namespace: row.namespace,
    owner: {
      apiVersion: row.owner_api_version,
      kind: row.owner_kind,
      name: row.owner_name,
      uid: row.owner_uid,
    },
    reference: row.reference,
    ...(row.digest === null ? {} : { digest: row.digest as Digest }),
    containers: JSON.parse(row.containers) as readonly string[],
    podCount: row.pod_count,
    pods: JSON.parse(row.pods) as RunningImage["pods"],
    standing: row.standing,
    ...(row.verdict === null ? {} : { verdict: JSON.parse(row.verdict) as RunningVerdict }),
    ...(row.judged_at === null ? {} : { judgedAt: row.judged_at.toISOString() }),
    ...(row.changed_at === null ? {} : { changedAt: row.changed_at.toISOString() }),
    ...(row.announced === null ? {} : { announced: row.announced }),
    firstSeenAt: row.first_seen_at.toISOString(),
    ...(row.gone_at === null ? {} : { goneAt: row.gone_at.toISOString() }),
  };
}
