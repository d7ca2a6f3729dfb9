// SPDX-License-Identifier: Apache-2.0
import { compareText } from "#base";
import { type ImageSpelling, spellingsOf } from "./image-spelling.ts";
import { matchRepositoryName, type NameMatch } from "./match-repository-name.ts";
import type { CompatibleSpelling, PolicyDocument, RepositoryEntry } from "./policy-document.ts";

/** An entry, and the document that it stands in. */
export interface SelectedEntry {
  readonly document: PolicyDocument;
  readonly entry: RepositoryEntry;
}

/** The one entry that judges an image, or why there is none; beside it, an entry of each mandatory document that matches. */
export type EntrySelection =
  | ({ readonly state: "selected"; readonly mandatory: readonly SelectedEntry[] } & SelectedEntry)
  | { readonly state: "no-policy" }
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

interface Candidate {
  readonly document: PolicyDocument;
  readonly entry: RepositoryEntry;
  readonly index: number;
  readonly match: NameMatch;
}

/**
 * Selects the entry for an image (gate.md, "Meaning" 1 and 2): the ImagePolicies of the namespace if it has any, else
 * the ClusterImagePolicies; their entries are pooled and exactly one wins. Of each mandatory ClusterImagePolicy the best
 * entry applies beside it. Those do not compete, or one that asks for little of a narrow name would switch off what a
 * wider one asks for; only where there is no other policy of the cluster are they chosen from. The order of `policies`
 * has no effect.
 */
export function selectEntry(image: PolicyQuestion): EntrySelection {
  const { namespace, policies } = image;
  const ofNamespace =
    namespace === undefined
      ? []
      : policies.filter((each) => each.kind === "ImagePolicy" && each.namespace === namespace);
  const ofCluster = policies.filter((each) => each.kind === "ClusterImagePolicy");
  const competing = ofCluster.filter((each) => each.mandatory !== true);
  const level = [ofNamespace, competing].find((each) => each.length > 0) ?? ofCluster;
  if (level.length === 0) {
    return { state: "no-policy" };
  }
  const spellings = spellingsOf(image.reference, image.hostAliases ?? []);
  const winner = bestOf(level, spellings);
  if (winner === undefined) {
    return {
      state: "no-match",
      level: level === ofNamespace ? "ImagePolicy" : "ClusterImagePolicy",
      ...commonSpelling(level),
    };
  }
  const mandatory = ofCluster
    .filter((document) => document.mandatory === true)
    .flatMap((document) => bestOf([document], spellings) ?? [])
    .filter(({ entry }) => entry !== winner.entry)
    .toSorted((a, b) => compareText(a.document.name, b.document.name) || compareText(a.entry.name, b.entry.name));
  return { state: "selected", ...winner, mandatory };
}

function bestOf(documents: readonly PolicyDocument[], spellings: readonly ImageSpelling[]): SelectedEntry | undefined {
  const candidates = documents.flatMap((document) =>
    document.repositories.flatMap((entry, index): readonly Candidate[] => {
      const match = matchRepositoryName(entry.name, spellings);
      return match === undefined ? [] : [{ document, entry, index, match }];
    }),
  );
  const winner = candidates.toSorted(compareCandidates)[0];
  return winner === undefined ? undefined : { document: winner.document, entry: winner.entry };
}

/** The older spelling in which all of the documents are written. */
function commonSpelling(documents: readonly PolicyDocument[]): { readonly spelling?: CompatibleSpelling } {
  const [first, ...others] = new Set(documents.map((document) => document.spelling));
  return first === undefined || others.length > 0 ? {} : { spelling: first };
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
