// SPDX-License-Identifier: Apache-2.0
import { compareText } from "#base";
import type { Candidate } from "./entry-index.ts";
import { spellingsOf } from "./image-spelling.ts";
import type { CompatibleSpelling, PolicyDocument, RepositoryEntry } from "./policy-document.ts";
import { indexOf, type PolicyIndex, type PolicyLevel } from "./policy-index.ts";

/** An entry, and the document that it stands in. */
export interface SelectedEntry {
  readonly document: PolicyDocument;
  readonly entry: RepositoryEntry;
}

/** What applies beside the entry that won. */
export interface Beside {
  /** The best entry of each mandatory document that matches. */
  readonly mandatory: readonly SelectedEntry[];
  /** Documents that would count and cannot be read. */
  readonly broken: readonly PolicyDocument[];
}

/** The one entry that judges an image, or why there is none; and what applies beside it. */
export type EntrySelection =
  | ({ readonly state: "selected" } & Beside & SelectedEntry)
  | ({ readonly state: "broken" } & Beside)
  | { readonly state: "no-policy"; readonly spelling?: CompatibleSpelling }
  | { readonly state: "no-match"; readonly level: PolicyDocument["kind"]; readonly spelling?: CompatibleSpelling };

/** An image as it is asked about, and the policies in force. */
export interface PolicyQuestion {
  /** The image as written by whoever asked, e.g. `127.0.0.1:5000/team/app:1.0`. */
  readonly reference: string;
  /** The namespace of the workload; absent at the registry, in a build, on the command line. */
  readonly namespace?: string;
  readonly policies: readonly PolicyDocument[];
  /**
   * Names (host, host:port) of one registry, the main one first: a reference that uses one of them is matched as if it
   * used any, so that nobody escapes an entry through another name of the same registry.
   */
  readonly hostAliases?: readonly string[];
}

/**
 * Selects the entry for an image (gate.md, "Meaning" 1 and 2): the ImagePolicies of the namespace if it has any, else
 * the ClusterImagePolicies; their entries are pooled and exactly one wins. Of each mandatory ClusterImagePolicy the best
 * entry applies beside it. Those do not compete, or one that asks for little of a narrow name would switch off what a
 * wider one asks for; only where there is no other policy of the cluster are they chosen from. The order of `policies`
 * has no effect. A document that cannot be read could hold a better entry than all others, so nothing is selected at its level.
 */
export function selectEntry(image: PolicyQuestion): EntrySelection {
  const { namespace, policies, reference, hostAliases = [] } = image;
  const index = indexOf(policies);
  const level = levelOf(index, namespace);
  if (level.documents.length === 0) {
    return { state: "no-policy", ...index.spelling };
  }
  const spellings = spellingsOf(reference, hostAliases);
  const winner = level.broken.length > 0 ? undefined : bestOf(level.entries.findCandidates(spellings));
  const broken = [...new Set([...level.broken, ...index.mandatory.broken])].toSorted(compareDocuments);
  if (winner === undefined && level.broken.length === 0) {
    return { state: "no-match", level: level.kind, ...level.spelling };
  }
  const mandatory = bestOfEach(index.mandatory.entries.findCandidates(spellings)).filter(
    ({ entry }) => entry !== winner?.entry,
  );
  return winner === undefined
    ? { state: "broken", mandatory, broken }
    : { state: "selected", ...winner, mandatory, broken };
}

/**
 * The older spelling in whose words a denial is expected that no entry made: that of all documents of the level that
 * counts for the namespace; where it has none, that of all documents that there are anywhere.
 */
export function spellingFor(
  policies: readonly PolicyDocument[],
  namespace: string | undefined,
): { readonly spelling?: CompatibleSpelling } {
  const index = indexOf(policies);
  const level = levelOf(index, namespace);
  return level.documents.length === 0 ? index.spelling : level.spelling;
}

/** What applies beside an entry, for an image that has none and passes all the same: an exception from that is none from these. */
export function selectBeside({ policies, reference, hostAliases = [] }: PolicyQuestion): Beside {
  const { mandatory } = indexOf(policies);
  return {
    mandatory: bestOfEach(mandatory.entries.findCandidates(spellingsOf(reference, hostAliases))),
    broken: mandatory.broken.toSorted(compareDocuments),
  };
}

/** The entries that judge: the one that won, and those of mandatory documents. */
export function judgingEntries(selection: EntrySelection): readonly SelectedEntry[] {
  switch (selection.state) {
    case "selected":
      return [selection, ...selection.mandatory];
    case "broken":
      return selection.mandatory;
    default:
      return [];
  }
}

function bestOf(candidates: readonly Candidate[]): SelectedEntry | undefined {
  const winner = candidates.toSorted(compareCandidates)[0];
  return winner === undefined ? undefined : { document: winner.document, entry: winner.entry };
}

function bestOfEach(candidates: readonly Candidate[]): readonly SelectedEntry[] {
  return [...Map.groupBy(candidates, ({ document }) => document).values()]
    .flatMap((found) => bestOf(found) ?? [])
    .toSorted((a, b) => compareDocuments(a.document, b.document) || compareText(a.entry.name, b.entry.name));
}

function compareDocuments(a: PolicyDocument, b: PolicyDocument): number {
  return compareText(a.name, b.name);
}

function levelOf(index: PolicyIndex, namespace: string | undefined): PolicyLevel {
  return (namespace === undefined ? undefined : index.namespaces.get(namespace)) ?? index.cluster;
}

function compareCandidates(a: Candidate, b: Candidate): number {
  return (
    Number(b.match.isExact) - Number(a.match.isExact) ||
    b.match.specificity - a.match.specificity ||
    Number(a.match.hasWildcard) - Number(b.match.hasWildcard) ||
    compareText(a.document.name, b.document.name) ||
    a.index - b.index ||
    // Two objects of one name cannot exist in a cluster; in files they must still not depend on the order of reading.
    compareText(JSON.stringify(a.entry), JSON.stringify(b.entry))
  );
}
