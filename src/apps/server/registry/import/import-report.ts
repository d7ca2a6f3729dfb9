// SPDX-License-Identifier: Apache-2.0
import { z } from "zod";

/** Images that are named one by one; the counts have all. */
const MAX_ENTRIES = 500;
const MAX_TEXT = 500;

export type ImportOutcome = "copied" | "present" | "skipped" | "failed";

/** What became of an image; of those that were copied or there only the number is told. */
export interface ImportEntry {
  readonly image: string;
  readonly outcome: ImportOutcome;
  readonly why: string;
}

/** How far an import is, in a form that survives a restart. */
export interface ImportProgress {
  readonly counts: Readonly<Record<ImportOutcome, number>>;
  /** Bytes that had to be fetched. */
  readonly bytes: number;
  readonly entries: readonly ImportEntry[];
  /** Of what is attached to images and could not be copied. */
  readonly problems: number;
}

export const importProgressSchema: z.ZodType<ImportProgress> = z.object({
  counts: z.object({ copied: z.int(), present: z.int(), skipped: z.int(), failed: z.int() }),
  bytes: z.number(),
  entries: z
    .array(
      z.object({ image: z.string(), outcome: z.enum(["copied", "present", "skipped", "failed"]), why: z.string() }),
    )
    .max(MAX_ENTRIES),
  problems: z.int(),
});

/** Counts what becomes of the images. */
export class ImportReport {
  readonly #counts: Record<ImportOutcome, number>;
  readonly #entries: ImportEntry[];
  #bytes: number;
  #problems: number;

  constructor(before?: ImportProgress) {
    this.#counts = { ...(before?.counts ?? { copied: 0, present: 0, skipped: 0, failed: 0 }) };
    this.#entries = [...(before?.entries ?? [])];
    this.#bytes = before?.bytes ?? 0;
    this.#problems = before?.problems ?? 0;
  }

  /** `why` is told for what was skipped or failed, and for what is attached to what was copied. */
  note(image: string, outcome: ImportOutcome, why: string = ""): void {
    this.#counts[outcome] += 1;
    if (why !== "") {
      this.#tell({ image, outcome, why: why.slice(0, MAX_TEXT) });
    }
  }

  noteBytes(bytes: number): void {
    this.#bytes += bytes;
  }

  noteProblem(image: string, why: string): void {
    this.#problems += 1;
    this.#tell({ image, outcome: "skipped", why: why.slice(0, MAX_TEXT) });
  }

  get done(): number {
    const { copied, present, skipped, failed } = this.#counts;
    return copied + present + skipped + failed;
  }

  get progress(): ImportProgress {
    return {
      counts: { ...this.#counts },
      bytes: this.#bytes,
      entries: [...this.#entries],
      problems: this.#problems,
    };
  }

  /** What failed is told before what was skipped, when there is no room for both. */
  #tell(entry: ImportEntry): void {
    if (this.#entries.length < MAX_ENTRIES) {
      this.#entries.push(entry);
      return;
    }
    const milder = this.#entries.findIndex(({ outcome }) => outcome !== "failed");
    if (entry.outcome === "failed" && milder !== -1) {
      this.#entries[milder] = entry;
    }
  }
}
