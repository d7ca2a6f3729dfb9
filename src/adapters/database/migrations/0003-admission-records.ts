// SPDX-License-Identifier: Apache-2.0
import { type Kysely, sql } from "kysely";
import type { Migration } from "kysely/migration";

/**
 * Decisions say what they were about, and admission remembers what it let run. Names and references may be longer than
 * an index entry, so that keys are digests of them. A denial is a row of its own: records of several replicas arrive in
 * any order, and one that is late must not bring back what was denied meanwhile.
 */
const STATEMENTS: readonly string[] = [
  `alter table decision
    add column kind text,
    add column name text,
    add column operation text,
    add column webhook text,
    add column policy_generation text,
    add column exceptions text,
    add column passed_as text`,
  "create index decision_namespace on decision (namespace, id desc)",
  "create index decision_digest on decision (digest, id desc)",
  "create index decision_decided_at on decision using brin (decided_at)",
  `create table known_image (
    cluster_id uuid not null,
    key_digest text collate "C" primary key,
    lookup_digest text collate "C" not null,
    denied_by_reference text collate "C" not null,
    denied_by_digest text collate "C" not null,
    namespace text not null,
    reference text not null,
    digest text not null,
    policy_generation text not null,
    admitted_at timestamptz not null
  )`,
  "create index known_image_lookup on known_image (lookup_digest, admitted_at desc)",
  "create index known_image_admitted_at on known_image (admitted_at)",
  `create table denied_image (
    cluster_id uuid not null,
    key_digest text collate "C" primary key,
    denied_at timestamptz not null
  )`,
  "create index denied_image_denied_at on denied_image (denied_at)",
  `create table admitted_owner (
    cluster_id uuid not null,
    key_digest text collate "C" primary key,
    owner_digest text collate "C" not null,
    uid text not null,
    namespace text not null,
    images text not null,
    used_at timestamptz not null
  )`,
  "create index admitted_owner_owner on admitted_owner (owner_digest, used_at desc)",
  "create index admitted_owner_used_at on admitted_owner (used_at)",
];

export const admissionRecords: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    for (const statement of STATEMENTS) {
      await sql.raw(statement).execute(db);
    }
  },
};
