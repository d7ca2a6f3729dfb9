// SPDX-License-Identifier: Apache-2.0
import { spellingsOf } from "./image-spelling.ts";
import { matchRepositoryName, type NameMatch } from "./match-repository-name.ts";
import type { PolicyDocument, RepositoryEntry } from "./policy-document.ts";

/** The one entry that judges an image, or why there is none. */
export type EntrySelection =
  | { readonly state: "selected"; readonly document: PolicyDocument; readonly entry: RepositoryEntry }
  | { readonly state: "no-policy" }
  | { readonly state: "no-match"; readonly level: PolicyDocument["kind"] };

interface Candidate {
  readonly document: PolicyDocument;
  readonly entry: RepositoryEntry;
  readonly index: number;
  readonly match: NameMatch;
}

/**
 * Selects the entry for an image (gate.md, "Meaning" 1 and 2): the ImagePolicies of the namespace if it has any, else
 * the ClusterImagePolicies; their entries are pooled and exactly one wins. The order of `policies` has no effect.
 */
export function selectEntry(image: {
  readonly reference: string;
  readonly namespace?: string;
  readonly policies: readonly PolicyDocument[];
  readonly hostAliases?: readonly string[];
}): EntrySelection {
  const { namespace, policies } = image;
  const ofNamespace =
    namespace === undefined
      ? []
      : policies.filter((each) => each.kind === "ImagePolicy" && each.namespace === namespace);
  const level = ofNamespace.length > 0 ? ofNamespace : policies.filter((each) => each.kind === "ClusterImagePolicy");
  if (level.length === 0) {
    return { state: "no-policy" };
  }
  const spellings = spellingsOf(image.reference, image.hostAliases ?? []);
  const candidates = level.flatMap((document) =>
    document.repositories.flatMap((entry, index) => {
      const match = matchRepositoryName(entry.name, spellings);
      return match === undefined ? [] : [{ document, entry, index, match }];
    }),
  );
  const winner = candidates.toSorted(compareCandidates)[0];
  return winner === undefined
    ? { state: "no-match", level: level === ofNamespace ? "ImagePolicy" : "ClusterImagePolicy" }
    : { state: "selected", document: winner.document, entry: winner.entry };
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

function compareText(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
