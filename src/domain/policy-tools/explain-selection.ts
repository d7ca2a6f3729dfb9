// SPDX-License-Identifier: Apache-2.0
import { matchRepositoryName, type PolicyDocument, type PolicyQuestion, selectEntry, spellingsOf } from "#policy";

/** Why an entry judges the image, or why not. */
export type EntryFate =
  /** The one entry that judges. */
  | "won"
  /** Of a mandatory document: applies beside it. */
  | "mandatory"
  /** The winner names the image in full. */
  | "not-exact"
  /** The winner's name has more literal characters. */
  | "less-specific"
  /** Equally specific, and the winner's name has no wildcard. */
  | "wildcard"
  /** Equally specific, and the winner's object comes first by name. */
  | "later-object"
  /** Equally specific, in one object, and the winner stands before it. */
  | "later-entry"
  /** A policy of its level cannot be read, so nothing of that level decides. */
  | "unreadable-level"
  /** The namespace has policies of its own, so those of the cluster do not count. */
  | "other-level"
  /** The name does not fit the image. */
  | "no-match";

/** One entry that could have judged the image. */
export interface ExplainedEntry {
  readonly document: PolicyDocument;
  /** Place in `spec.repositories`. */
  readonly index: number;
  readonly name: string;
  readonly fate: EntryFate;
  /** Literal characters of the name, where it fits. */
  readonly specificity?: number;
}

/** How the entry for an image was found. */
export interface ExplainedSelection {
  readonly state: ReturnType<typeof selectEntry>["state"];
  /** Which documents compete: those of the namespace, or of the cluster. */
  readonly level: PolicyDocument["kind"];
  /** Entries that fit: the winner first, then mandatory ones, then those that lost, the best first. */
  readonly entries: readonly ExplainedEntry[];
  /** How many entries of that level do not fit. */
  readonly misses: number;
}

const FATES: readonly EntryFate[] = [
  "won",
  "mandatory",
  "not-exact",
  "less-specific",
  "wildcard",
  "later-object",
  "later-entry",
  "unreadable-level",
  "other-level",
  "no-match",
];

/** Which entry judges the image, and why each other one that fits does not. The selection itself is `selectEntry`'s. */
export function explainSelection(question: PolicyQuestion): ExplainedSelection {
  const selection = selectEntry(question);
  const { namespace, policies } = question;
  const spellings = spellingsOf(question.reference, question.hostAliases ?? []);
  // those that speak of workloads only are no policies of images
  const speaking = policies.filter((each) => each.isWorkloadOnly !== true);
  const own = speaking.filter((each) => each.kind === "ImagePolicy" && each.namespace === namespace);
  const level = namespace !== undefined && own.length > 0 ? "ImagePolicy" : "ClusterImagePolicy";
  const visible = speaking.filter((each) => each.kind === "ClusterImagePolicy" || own.includes(each));
  const winner = selection.state === "selected" ? selection : undefined;
  const winnerMatch = winner === undefined ? undefined : matchRepositoryName(winner.entry.name, spellings);
  let misses = 0;
  const entries = visible.flatMap((document) =>
    document.repositories.flatMap((entry, index): readonly ExplainedEntry[] => {
      const match = matchRepositoryName(entry.name, spellings);
      if (match === undefined) {
        misses += document.kind === level ? 1 : 0;
        return [];
      }
      function fateOf(): EntryFate {
        if (entry === winner?.entry) {
          return "won";
        }
        if (winner?.mandatory.some((each) => each.entry === entry) === true) {
          return "mandatory";
        }
        if (document.kind !== level) {
          return "other-level";
        }
        if (winner === undefined || winnerMatch === undefined || match === undefined) {
          return "unreadable-level";
        }
        if (winnerMatch.isExact && !match.isExact) {
          return "not-exact";
        }
        if (winnerMatch.specificity !== match.specificity) {
          return "less-specific";
        }
        if (match.hasWildcard && !winnerMatch.hasWildcard) {
          return "wildcard";
        }
        return winner.document === document ? "later-entry" : "later-object";
      }
      return [{ document, index, name: entry.name, fate: fateOf(), specificity: match.specificity }];
    }),
  );
  return {
    state: selection.state,
    level,
    entries: entries.toSorted(
      (a, b) => FATES.indexOf(a.fate) - FATES.indexOf(b.fate) || (b.specificity ?? 0) - (a.specificity ?? 0),
    ),
    misses,
  };
}
