// SPDX-License-Identifier: Apache-2.0
import type { FetchedManifest } from "#image-source";
import { parseManifest } from "#oci";
import type { JobNoteCode } from "../../registry-jobs/job-note.ts";
import type { RegistryJobRun } from "../../registry-jobs/registry-job-worker.ts";
import type { PromotionPosition } from "./promotion-position.ts";

type Step = Extract<JobNoteCode, "judging" | "copying" | "attaching" | "tagging">;

/** How far a promotion is: its steps, of which the copying counts as many times as the image has manifests. */
export class PromotionProgress {
  readonly #run: Pick<RegistryJobRun, "report">;
  readonly #manifests: number;
  readonly #doneBefore: Readonly<Record<Step, number>>;
  readonly #total: number;

  constructor(run: Pick<RegistryJobRun, "report">, { bytes, mediaType }: FetchedManifest) {
    this.#run = run;
    const manifest = parseManifest(bytes, mediaType);
    this.#manifests = manifest.kind === "index" ? manifest.manifests.length + 1 : 1;
    this.#doneBefore = { judging: 0, copying: 1, attaching: this.#manifests + 1, tagging: this.#manifests + 2 };
    this.#total = this.#manifests + 3;
  }

  /** A step begins; the position is where it goes on after a restart. */
  async note(code: Step, position?: PromotionPosition): Promise<void> {
    await this.#run.report({
      message: { code, params: {} },
      done: this.#doneBefore[code],
      total: this.#total,
      unit: "items",
      ...(position === undefined ? {} : { position }),
    });
  }

  /** Manifests that were copied; with those that are attached they may be more than the image has. */
  async noteManifests(manifests: number, next: "image" | "attached"): Promise<void> {
    const position: PromotionPosition = { next, manifests, problems: [] };
    const done = next === "image" ? { done: 1 + Math.min(manifests, this.#manifests) } : {};
    await this.#run.report({ ...done, position });
  }

  async finish(): Promise<void> {
    await this.#run.report({ done: this.#total });
  }
}
