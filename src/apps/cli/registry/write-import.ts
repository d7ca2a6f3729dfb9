// SPDX-License-Identifier: Apache-2.0
import { z } from "zod";
import { isMessageId, type Translate } from "#messages";
import type { CommandContext, Invocation } from "../command.ts";
import { renderRows } from "../render-rows.ts";
import type { RegistryJobAnswer } from "./registry-job-answer.ts";
import { renderJob } from "./render-jobs.ts";
import { writeAnswer } from "./write-answer.ts";

/** What the server says came of an import; fields of a later server are passed over. */
interface ImportAnswer {
  readonly isDryRun: boolean;
  readonly counts: Readonly<Record<"copied" | "present" | "skipped" | "failed", number>>;
  readonly repositories?:
    | readonly { readonly from: string; readonly to: string; readonly images: number }[]
    | undefined;
  readonly entries: readonly { readonly image: string; readonly outcome: string; readonly why: string }[];
  readonly settings: readonly { readonly prefix: string; readonly outcome: string }[];
  readonly accounts: readonly { readonly kind: string; readonly name: string; readonly role: string }[];
  /** Servers before this version wrote English sentences. */
  readonly notes: readonly (string | ImportNoteAnswer)[];
}

interface ImportNoteAnswer {
  readonly code: string;
  readonly params: Readonly<Record<string, string | number>>;
}

const importAnswer: z.ZodType<ImportAnswer> = z.object({
  isDryRun: z.boolean(),
  counts: z.object({ copied: z.number(), present: z.number(), skipped: z.number(), failed: z.number() }),
  repositories: z.array(z.object({ from: z.string(), to: z.string(), images: z.number() })).optional(),
  entries: z.array(z.object({ image: z.string(), outcome: z.string(), why: z.string() })),
  settings: z.array(z.object({ prefix: z.string(), outcome: z.string() })),
  accounts: z.array(z.object({ kind: z.string(), name: z.string(), role: z.string() })),
  notes: z.array(
    z.union([
      z.string(),
      z.object({ code: z.string(), params: z.record(z.string(), z.union([z.string(), z.number()])) }),
    ]),
  ),
});

/** Writes what came of an import, or how the job stands, as `--format` and `--output` say. */
export function writeImport(job: RegistryJobAnswer, invocation: Invocation, context: CommandContext): void {
  const { translate } = context;
  const parsed = importAnswer.safeParse(job.result);
  writeAnswer(invocation, context, {
    json: job,
    render: () => (parsed.success ? renderImport(parsed.data, translate) : renderJob(job, translate)),
  });
}

function renderImport(answer: ImportAnswer, translate: Translate): string {
  const { repositories = [], entries, settings, accounts, notes, counts } = answer;
  const head = answer.isDryRun
    ? translate("registryTransfer.import.plan", { repositories: repositories.length, images: sum(repositories) })
    : translate("registryTransfer.import.done", counts);
  const parts = [
    renderRows(repositories.map(({ from, to, images }) => [from, "→", to, String(images)])),
    renderRows(entries.map(({ outcome, image, why }) => [outcome, image, why])),
    titled(
      translate("registryTransfer.import.settings"),
      settings.map(({ prefix, outcome }) => [prefix, outcome]),
    ),
    titled(
      translate("registryTransfer.import.accounts"),
      accounts.map(({ kind, name, role }) => [kind, name, role]),
    ),
    titled(
      translate("registryTransfer.import.notes"),
      notes.map((note) => [renderNote(note, translate)]),
    ),
  ];
  return [`${head}\n`, ...parts.filter((part) => part !== "")].join("\n");
}

/** A code that only a later server knows is told as it is. */
function renderNote(note: string | ImportNoteAnswer, translate: Translate): string {
  if (typeof note === "string") {
    return note;
  }
  const id = `registryTransfer.note.${note.code}`;
  return isMessageId(id) ? translate(id, note.params) : `${note.code} ${JSON.stringify(note.params)}`;
}

function titled(title: string, rows: readonly (readonly string[])[]): string {
  return rows.length === 0 ? "" : `${title}\n${renderRows(rows, "  ")}`;
}

function sum(repositories: readonly { readonly images: number }[]): number {
  return repositories.reduce((total, { images }) => total + images, 0);
}
