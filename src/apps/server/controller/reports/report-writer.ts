// SPDX-License-Identifier: Apache-2.0
import { setTimeout as delay, setImmediate as nextTurn } from "node:timers/promises";
import type { Logger } from "pino";
import type { RunningImage } from "#database";
import type { KubeClient } from "#kube";
import type { Translate } from "#messages";
import type { ControllerMetrics } from "../controller-metrics.ts";
import { hasCode } from "../kube-codes.ts";
import {
  CONTENT_ANNOTATION,
  REPORT_KINDS,
  type RenderedReport,
  type ReportKind,
  type ReportSubject,
  reportName,
} from "./render-report.ts";
import { reportResults } from "./report-results.ts";

/** How often it is asked whether a kind that was not there is installed now. */
const ABSENT_MS = 300_000;
/** Writes go out in small groups: the API server has others to serve. */
const BATCH = 10;
const PAUSE_MS = 100;
/** Then others get their turn: rendering is work for the processor. */
const RENDERED_AT_ONCE = 25;

export interface ReportWriterOptions {
  readonly client: KubeClient;
  readonly translate: Translate;
  readonly metrics: Pick<ControllerMetrics, "reports">;
  readonly log: Pick<Logger, "info" | "warn">;
  readonly monotonicMs?: () => number;
}

/** What lies in the cluster of one kind: `namespace/name` → hash of its content. */
interface Written {
  hashes: Map<string, string> | undefined;
  /** Not asked again before. */
  absentUntilMs: number;
}

/** Keeps one report per workload in the cluster, of each kind that is installed. */
export class ReportWriter {
  readonly #options: ReportWriterOptions;
  readonly #written = new Map<ReportKind, Written>(
    REPORT_KINDS.map((kind) => [kind, { hashes: undefined, absentUntilMs: 0 }]),
  );

  readonly #rendered = new Map<
    string,
    { readonly parts: readonly unknown[]; readonly hashes: Map<ReportKind, string> }
  >();

  constructor(options: ReportWriterOptions) {
    this.#options = options;
  }

  /** Writes what changed since it was last written, and removes what is about nothing any more. Throws when the API server fails. */
  async write(images: Iterable<RunningImage>, signal: AbortSignal): Promise<void> {
    const subjects = bySubject(images);
    for (const key of this.#rendered.keys()) {
      if (!subjects.has(key)) {
        this.#rendered.delete(key);
      }
    }
    for (const kind of REPORT_KINDS) {
      const hashes = await this.#hashesOf(kind, signal);
      if (hashes !== undefined) {
        await this.#writeKind(kind, hashes, subjects, signal);
      }
    }
  }

  async #writeKind(
    kind: ReportKind,
    hashes: Map<string, string>,
    subjects: ReadonlyMap<string, Subject>,
    signal: AbortSignal,
  ): Promise<void> {
    const wanted = new Set<string>();
    const toWrite: Subject[] = [];
    let rendered = 0;
    for (const [key, subject] of subjects) {
      const place = `${subject.subject.namespace}/${reportName(subject.subject.owner)}`;
      wanted.add(place);
      if (hashes.get(place) !== this.#hashOf(kind, key, subject)) {
        toWrite.push(subject);
      }
      rendered += 1;
      if (rendered % RENDERED_AT_ONCE === 0) {
        await nextTurn();
      }
    }
    await inGroups(toWrite, signal, (each) => this.#put(kind, hashes, this.#render(kind, each), signal));
    const stale = [...hashes.keys()].filter((place) => !wanted.has(place));
    await inGroups(stale, signal, (place) => this.#remove(kind, hashes, place, signal));
  }

  /** The hash of what the report should say; rendered only when its images are other objects than the last time. */
  #hashOf(kind: ReportKind, key: string, subject: Subject): string {
    const parts = subject.images.flatMap(({ verdict, standing, containers, changedAt }) => [
      verdict,
      standing,
      containers,
      changedAt,
    ]);
    const known = this.#rendered.get(key);
    if (known !== undefined && isSame(known.parts, parts)) {
      const hash = known.hashes.get(kind);
      if (hash !== undefined) {
        return hash;
      }
      known.hashes.set(kind, this.#render(kind, subject).hash);
      return known.hashes.get(kind) ?? "";
    }
    const { hash } = this.#render(kind, subject);
    this.#rendered.set(key, { parts, hashes: new Map([[kind, hash]]) });
    return hash;
  }

  #render(kind: ReportKind, { subject, images }: Subject): RenderedReport {
    return kind.render(subject, reportResults(images, this.#options.translate));
  }

  async #put(
    kind: ReportKind,
    hashes: Map<string, string>,
    { name, namespace, hash, object }: RenderedReport,
    signal: AbortSignal,
  ): Promise<void> {
    const { client, metrics, log } = this.#options;
    try {
      await client.patch({ resource: kind.resource, namespace, name }, "apply", object, { signal });
      metrics.reports.inc({ kind: kind.name, result: "written" });
    } catch (error) {
      if (hasCode(error, "NOT_FOUND")) {
        // The kind was uninstalled, or the namespace is gone.
        this.#forget(kind);
        return;
      }
      if (!hasCode(error, "INVALID", "FORBIDDEN", "LIMIT_EXCEEDED")) {
        throw error;
      }
      // One that the API server does not take must not hold back the others, nor be sent again and again.
      metrics.reports.inc({ kind: kind.name, result: "refused" });
      log.warn({ err: error, kind: kind.name, namespace, name }, "a report is refused by the API server");
    }
    hashes.set(`${namespace}/${name}`, hash);
  }

  async #remove(kind: ReportKind, hashes: Map<string, string>, key: string, signal: AbortSignal): Promise<void> {
    const [namespace = "", name = ""] = key.split("/");
    await this.#options.client.remove({ resource: kind.resource, namespace, name }, { signal });
    this.#options.metrics.reports.inc({ kind: kind.name, result: "removed" });
    hashes.delete(key);
  }

  /** `undefined`: the kind is not installed. */
  async #hashesOf(kind: ReportKind, signal: AbortSignal): Promise<Map<string, string> | undefined> {
    const { client, log, monotonicMs = () => performance.now() } = this.#options;
    const written = this.#written.get(kind) ?? { hashes: undefined, absentUntilMs: 0 };
    this.#written.set(kind, written);
    if (written.hashes !== undefined || monotonicMs() < written.absentUntilMs) {
      return written.hashes;
    }
    try {
      const { items } = await client.list(
        { resource: kind.resource },
        { signal, query: { labelSelector: "app.kubernetes.io/managed-by=haechi" } },
      );
      // Others may use the label, too; what has no hash of ours is not ours to remove.
      written.hashes = new Map(
        items.flatMap(({ metadata: { namespace = "", name, annotations } }) => {
          const hash = annotations?.[CONTENT_ANNOTATION];
          return hash === undefined || !name.startsWith("haechi-") ? [] : [[`${namespace}/${name}`, hash] as const];
        }),
      );
      log.info({ kind: kind.name, reports: written.hashes.size }, "reports of this kind are written");
    } catch (error) {
      if (!hasCode(error, "NOT_FOUND", "FORBIDDEN")) {
        throw error;
      }
      if (hasCode(error, "FORBIDDEN")) {
        log.warn({ err: error, kind: kind.name }, "reports of this kind may not be written");
      }
      written.absentUntilMs = monotonicMs() + ABSENT_MS;
    }
    return written.hashes;
  }

  #forget(kind: ReportKind): void {
    this.#written.set(kind, { hashes: undefined, absentUntilMs: 0 });
  }
}

interface Subject {
  readonly subject: ReportSubject;
  readonly images: RunningImage[];
}

/** Only what was judged: a report that says nothing yet would only be written twice. */
function bySubject(images: Iterable<RunningImage>): ReadonlyMap<string, Subject> {
  const subjects = new Map<string, Subject>();
  for (const image of images) {
    if (image.verdict === undefined) {
      continue;
    }
    const { namespace, owner } = image;
    const key = JSON.stringify([namespace, owner.uid]);
    const known = subjects.get(key) ?? { subject: { namespace, owner }, images: [] };
    known.images.push(image);
    subjects.set(key, known);
  }
  for (const { images: members } of subjects.values()) {
    members.sort((left, right) => (sortText(left) < sortText(right) ? -1 : 1));
  }
  return subjects;
}

function isSame(left: readonly unknown[], right: readonly unknown[]): boolean {
  return left.length === right.length && left.every((each, index) => each === right[index]);
}

function sortText({ reference, digest }: RunningImage): string {
  return `${reference} ${digest ?? ""}`;
}

async function inGroups<T>(items: readonly T[], signal: AbortSignal, work: (item: T) => Promise<void>): Promise<void> {
  for (let start = 0; start < items.length && !signal.aborted; start += BATCH) {
    await Promise.all(items.slice(start, start + BATCH).map(work));
    if (start + BATCH < items.length) {
      await delay(PAUSE_MS, undefined, { signal, ref: false }).catch(() => undefined);
    }
  }
}
