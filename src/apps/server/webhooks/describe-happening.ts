// SPDX-License-Identifier: Apache-2.0
import { type Digest, parseDigest } from "#base";
import type { Database, Happening, RegistryJobRecord } from "#database";
import type { ServerContext } from "../context.ts";
import { renderJobNote } from "../registry-jobs/index.ts";
import { type DescribedEvent, MAX_LISTED } from "./cloud-event.ts";

/** A client that is refused asks again and again: one actor and image is one event in this time, as is the pulling of one image. */
const REPEAT_MS = 10 * 60_000;
const MAX_TEXT = 1_000;

type Kind<K extends Happening["kind"]> = Extract<Happening, { readonly kind: K }>;
type Context = Pick<ServerContext, "configuration" | "settings"> & {
  readonly database: Pick<Database, "registry" | "scans">;
};

/** What receivers are told of it; `undefined`: nothing. */
export async function describeHappening(context: Context, happening: Happening): Promise<DescribedEvent | undefined> {
  switch (happening.kind) {
    case "audit":
      return await describeAudit(context, happening);
    case "pull":
      return describePull(context, happening);
    case "scan":
      return await describeScan(context, happening);
    case "job":
    case "approval":
      return describeJob(context, happening);
    default:
      return happening satisfies never;
  }
}

async function describeAudit(context: Context, happening: Kind<"audit">): Promise<DescribedEvent | undefined> {
  const { key, at, action, actor, target } = happening;
  if (action === "quota-reached") {
    const [prefix = ""] = target.split(" ", 1);
    const name = prefix === "*" ? "" : prefix;
    return { key, at, type: "quota.reached", subject: prefix, repositories: [name], data: { prefix: name, actor } };
  }
  if (action === "blob-damaged" || action === "blob-missing") {
    const digest = parseDigest(target.split(" ", 1).join(""));
    if (digest === undefined) {
      return undefined;
    }
    const { images, repositories } = await holdersOf(context, digest);
    const condition = action === "blob-damaged" ? "damaged" : "missing";
    return { key, at, type: "blob.damaged", subject: digest, repositories, data: { digest, condition, images } };
  }
  const named = parseName(target);
  if (named === undefined) {
    return undefined;
  }
  const { repository, tag, digest } = named;
  const about = {
    repository,
    ...(tag === undefined ? {} : { tag }),
    digest,
    reference: referenceOf(context, named),
    actor,
  };
  const subject = tag === undefined ? `${repository}@${digest}` : `${repository}:${tag}`;
  if (action !== "manifest-pushed") {
    return { key, at, type: "image.deleted", subject, repositories: [repository], data: about };
  }
  const record = await context.database.registry.findManifest(repository, { digest });
  return {
    key,
    at,
    type: "image.pushed",
    subject,
    repositories: [repository],
    data: {
      ...about,
      ...(record === undefined ? {} : { kind: record.kind, mediaType: record.mediaType }),
      ...(record?.artifactType === undefined ? {} : { artifactType: record.artifactType }),
      ...(record?.subject === undefined ? {} : { attachedTo: record.subject }),
    },
  };
}

function describePull(context: Context, happening: Kind<"pull">): DescribedEvent | undefined {
  const { at, outcome, actor, reference, digest, reasons, policy } = happening;
  const name = reference.slice(reference.indexOf("/") + 1);
  const repository = name.split(/[:@]/, 1).join("");
  const undecided = context.settings.of(repository).settings.undecided ?? context.configuration.registry.undecided;
  const isLet = outcome === "allow" || (outcome === "undecided" && undecided === "allow");
  const period = Math.floor(Date.parse(at) / REPEAT_MS);
  const common = { at, subject: name, repositories: [repository] };
  const about = { repository, reference, ...(digest === undefined ? {} : { digest }) };
  if (isLet) {
    const key = `pulled ${reference} ${digest ?? ""} ${period}`;
    return { ...common, key, type: "image.pulled", data: { ...about, actor } };
  }
  const key = `denied ${actor} ${reference} ${digest ?? ""} ${period}`;
  const why = { outcome, reasons: reasons.slice(0, MAX_LISTED), ...(policy === undefined ? {} : { policy }) };
  return { ...common, key, type: "pull.denied", data: { ...about, actor, ...why } };
}

async function describeScan(context: Context, happening: Kind<"scan">): Promise<DescribedEvent | undefined> {
  const { key, at, digest, state, message } = happening;
  const { images, repositories } = await holdersOf(context, digest);
  if (state === "unsupported" || repositories.length === 0) {
    // nothing that runs, or an image of another registry
    return undefined;
  }
  const data = { digest, images, state };
  if (state === "failed") {
    const why = message === undefined ? {} : { message: message.slice(0, MAX_TEXT) };
    return { key, at, type: "image.scan_failed", subject: digest, repositories, data: { ...data, ...why } };
  }
  const report = (await context.database.scans.find(digest))?.report;
  const severities: Record<string, number> = {};
  for (const { severity } of report?.findings ?? []) {
    severities[severity] = (severities[severity] ?? 0) + 1;
  }
  const found = { vulnerabilities: severities, isComplete: report?.inventory.status === "complete" };
  return { key, at, type: "image.scanned", subject: digest, repositories, data: { ...data, ...found } };
}

function describeJob({ configuration }: Context, { kind, key, at, job }: Kind<"job" | "approval">): DescribedEvent {
  const repositories = repositoriesOf(job);
  const subject = `${job.kind}/${job.id}`;
  const about = { job: job.id, kind: job.kind, target: job.target, requestedBy: job.requestedBy };
  const common = { key, at, subject, repositories };
  if (kind === "approval") {
    return { ...common, type: "approval.requested", data: about };
  }
  const data = {
    ...about,
    state: job.state,
    ...(job.message === undefined
      ? {}
      : {
          message: renderJobNote(job.message, configuration.language).slice(0, MAX_TEXT),
          messageCode: job.message.code,
        }),
    ...(job.decidedBy === undefined ? {} : { decidedBy: job.decidedBy }),
  };
  return { ...common, type: job.state === "failed" ? "job.failed" : "job.finished", data };
}

/** What of this registry a job is about: the repository it names, both ends of a promotion, the prefix of a retention or restoration. */
function repositoriesOf({ kind, parameters }: Pick<RegistryJobRecord, "kind" | "parameters">): readonly string[] {
  const said = (parameters ?? {}) as Readonly<Record<string, unknown>>;
  const isPromotion = kind === "promote";
  const named = [
    said["repository"],
    said["prefix"],
    isPromotion ? said["from"] : undefined,
    // with `registry` it goes to another one, where the same name means something else
    isPromotion && said["registry"] === undefined ? said["to"] : undefined,
  ];
  return named.filter((each): each is string => typeof each === "string" && each !== "");
}

async function holdersOf(
  { database }: Context,
  digest: Digest,
): Promise<{ readonly images: readonly string[]; readonly repositories: readonly string[] }> {
  const holders = await database.registry.findHolders(digest, MAX_LISTED);
  const images = holders.flatMap(({ repository, tags }) =>
    tags.length === 0 ? [`${repository}@${digest}`] : tags.map((tag) => `${repository}:${tag}`),
  );
  return { images: images.slice(0, MAX_LISTED), repositories: holders.map(({ repository }) => repository) };
}

/** `team/app:1.0@sha256:…` or `team/app@sha256:…`, as the audit log says it. */
function parseName(
  target: string,
): { readonly repository: string; readonly tag?: string; readonly digest: Digest } | undefined {
  const at = target.lastIndexOf("@");
  const digest = parseDigest(target.slice(at + 1));
  const [repository = "", tag] = target.slice(0, Math.max(0, at)).split(":");
  return digest === undefined || repository === ""
    ? undefined
    : { repository, digest, ...(tag === undefined ? {} : { tag }) };
}

function referenceOf(
  { configuration }: Context,
  { repository, tag, digest }: { readonly repository: string; readonly tag?: string; readonly digest: Digest },
): string {
  const name = `${configuration.registry.names[0] ?? ""}/${repository}`;
  return tag === undefined ? `${name}@${digest}` : `${name}:${tag}`;
}
